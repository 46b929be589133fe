/// Cores that come free at times, in order of time.
struct CoresTimeline: Sendable {
    struct Entry: Equatable, Sendable {
        var time: Double
        var cores: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var totalCores = 0

    var isEmpty: Bool { self.entries.isEmpty }
    var lastTime: Double? { self.entries.last?.time }

    mutating func insert(_ cores: Int, at time: Double) {
        guard cores > 0 else { return }
        self.totalCores += cores
        let index = self.firstIndex(notBefore: time)
        if index < self.entries.count, self.entries[index].time == time {
            self.entries[index].cores += cores
        } else {
            self.entries.insert(Entry(time: time, cores: cores), at: index)
        }
    }

    mutating func remove(_ cores: Int, at time: Double) {
        guard cores > 0 else { return }
        let index = self.firstIndex(notBefore: time)
        guard index < self.entries.count, self.entries[index].time == time else { return }
        self.totalCores -= cores
        self.entries[index].cores -= cores
        if self.entries[index].cores <= 0 { self.entries.remove(at: index) }
    }

    mutating func removeAll() {
        self.entries.removeAll(keepingCapacity: true)
        self.totalCores = 0
    }

    private func firstIndex(notBefore time: Double) -> Int {
        var low = 0
        var high = self.entries.count
        while low < high {
            let middle = (low + high) / 2
            if self.entries[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
