/// The newest gaps between heartbeats of the same manager, and their median.
struct GapWindow: Sendable {
    private var gaps: [Seconds] = []
    private var next = 0
    private(set) var median: Seconds?

    /// Takes in a gap, which replaces the oldest of eight. The median is known from the second on.
    mutating func add(_ gap: Seconds) {
        if self.gaps.count < 8 { self.gaps.append(gap) } else { self.gaps[self.next] = gap }
        self.next = (self.next + 1) % 8
        guard self.gaps.count >= 2 else { return }
        // The gap below which half of the others lie, found by counting: there are only eight.
        let (low, high) = ((self.gaps.count - 1) / 2, self.gaps.count / 2)
        self.median = (self.gap(ranked: low) + self.gap(ranked: high)) / 2
    }

    private func gap(ranked rank: Int) -> Seconds {
        for candidate in self.gaps {
            var below = 0
            var equal = 0
            for gap in self.gaps {
                if gap < candidate { below += 1 } else if gap == candidate { equal += 1 }
            }
            if below <= rank, rank < below + equal { return candidate }
        }
        return 0
    }
}
