/// Timers by time, then in the order in which they were set, so that equal times fire the same way on every run.
struct TimerHeap<Payload> {
    private struct Entry {
        var at: UnixSeconds
        var serial: UInt64
        var payload: Payload

        func isBefore(_ other: Entry) -> Bool {
            self.at != other.at ? self.at < other.at : self.serial < other.serial
        }
    }

    private var entries: [Entry] = []
    private var serial: UInt64 = 0

    /// When the first one is due. `nil`: there is none.
    var next: UnixSeconds? { self.entries.first?.at }

    var count: Int { self.entries.count }

    mutating func insert(_ payload: Payload, at time: UnixSeconds) {
        self.entries.append(Entry(at: time, serial: self.serial, payload: payload))
        self.serial += 1
        var index = self.entries.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard self.entries[index].isBefore(self.entries[parent]) else { break }
            self.entries.swapAt(index, parent)
            index = parent
        }
    }

    /// Takes out the first timer that is due at the time or before it.
    mutating func pop(dueAt time: UnixSeconds) -> (at: UnixSeconds, payload: Payload)? {
        guard let first = self.entries.first, first.at <= time else { return nil }
        let last = self.entries.removeLast()
        if !self.entries.isEmpty {
            self.entries[0] = last
            self.sink(0)
        }
        return (first.at, first.payload)
    }

    /// Drops the timers that nobody waits for any more.
    mutating func keep(where isWanted: (Payload) -> Bool) {
        self.entries.removeAll { !isWanted($0.payload) }
        for index in stride(from: self.entries.count / 2 - 1, through: 0, by: -1) { self.sink(index) }
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in (2 * index + 1)...(2 * index + 2)
            where child < self.entries.count && self.entries[child].isBefore(self.entries[least]) {
                least = child
            }
            guard least != index else { return }
            self.entries.swapAt(index, least)
            index = least
        }
    }
}
