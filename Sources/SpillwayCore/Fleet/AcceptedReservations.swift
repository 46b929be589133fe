/// Reservations that wait for a newer heartbeat, the one accepted first on top.
struct AcceptedReservations: Sendable {
    private struct Entry: Sendable {
        var at: UnixSeconds
        var id: ReservationID
    }

    private var heap: [Entry] = []

    var isEmpty: Bool { self.heap.isEmpty }

    mutating func push(_ id: ReservationID, at: UnixSeconds) {
        self.heap.append(Entry(at: at, id: id))
        var child = self.heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child].at < self.heap[parent].at else { return }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    /// How many wait, those included that were released in another way.
    var count: Int { self.heap.count }

    /// Leaves out those that were released in another way.
    mutating func keep(where isLive: (ReservationID) -> Bool) {
        let kept = self.heap.filter { isLive($0.id) }
        self.heap.removeAll(keepingCapacity: true)
        for entry in kept { self.push(entry.id, at: entry.at) }
    }

    /// Takes out the first that was accepted before a time.
    mutating func pop(before time: UnixSeconds) -> ReservationID? {
        guard let first = self.heap.first, first.at < time, let last = self.heap.popLast() else { return nil }
        guard !self.heap.isEmpty else { return first.id }
        self.heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < self.heap.count else { return first.id }
            if child + 1 < self.heap.count, self.heap[child + 1].at < self.heap[child].at { child += 1 }
            guard self.heap[child].at < self.heap[parent].at else { return first.id }
            self.heap.swapAt(child, parent)
            parent = child
        }
    }
}
