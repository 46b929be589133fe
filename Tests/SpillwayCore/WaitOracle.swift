/// The wait for N cores, worked out from scratch and slowly, as the design's section 4 words it.
struct WaitOracle {
    var total = 0
    var available = 0
    /// Offsets from now, not below 0.
    var schedule: [(offset: Double, cores: Int)] = []
    var isScheduleReported = false
    var activeSeconds = 0.0
    var pendingCount = 0
    var pendingSeconds = 0.0
    /// Reserved cores and in how many seconds they come free.
    var running: [(offset: Double, cores: Int)] = []
    /// Known dispatches in the queue, in order.
    var queued: [(cores: Int, seconds: Double)] = []

    func wait(for cores: Int) -> Double {
        let reserved = self.running.reduce(0) { $0 + $1.cores }
        if cores <= 0 { return 0 }
        if self.available - reserved >= cores, self.pendingCount == 0, self.queued.isEmpty { return 0 }
        if cores > self.total { return .infinity }
        if !self.isScheduleReported, reserved == 0, self.queued.isEmpty {
            return (self.activeSeconds + self.pendingSeconds) / Double(self.total)
        }
        var events = self.schedule + self.running
        let busy = self.total - self.available
        let uncovered = busy - self.schedule.reduce(0) { $0 + $1.cores }
        if uncovered > 0 {
            let last = self.schedule.map(\.offset).max() ?? 0
            events.append((max(last, self.activeSeconds / Double(busy)), uncovered))
        }
        var instant = 0.0
        func free(at time: Double) -> Int {
            var free = self.available - reserved
            for event in events where event.offset <= time { free += event.cores }
            return free
        }
        func start(_ needed: Int) -> Bool {
            while free(at: instant) < needed {
                guard let next = events.map(\.offset).filter({ $0 > instant }).min(), next < .infinity else {
                    return false
                }
                instant = next
            }
            return true
        }
        let each = self.pendingCount > 0 ? self.pendingSeconds / Double(self.pendingCount) : 0
        let pending = Array(repeating: (cores: 1, seconds: each), count: self.pendingCount)
        for work in pending + self.queued {
            let needed = min(work.cores, self.total)
            guard start(needed) else { return .infinity }
            // Occupied from now on, free again when it has run.
            events.append((instant, -needed))
            events.append((instant + work.seconds, needed))
        }
        return start(cores) ? instant : .infinity
    }
}
