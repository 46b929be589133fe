extension Duration {
    /// Whole milliseconds for librdkafka, rounded up so that a short wait isn't none; what is below zero is zero.
    var wholeMilliseconds: Int32 {
        let (seconds, attoseconds) = self.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < Int64(Int32.max / 1000) else { return Int32.max }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

/// A moment until which a call of several steps may take.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(after timeout: Duration) {
        self.end = ContinuousClock.now.advanced(by: timeout)
    }

    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: self.end)) }
    var hasPassed: Bool { ContinuousClock.now >= self.end }
}
