extension DatacenterView {
    /// The wait until so many cores are free at once and all that stands in front has started (design section 4, "Wait
    /// for N cores"). `+∞` for more than there are.
    func wait(for cores: Int, now: UnixSeconds, _ table: borrowing ReservationTable) -> Seconds {
        if self.canServe(cores) { return 0 }
        let total = self.figures.totalCores
        if cores > total { return .infinity }
        if !self.hasSchedule, self.reservedCores == 0, self.queue.isEmpty, self.remoteQueuedCount == 0 {
            return (self.figures.activeRemainingSeconds + self.figures.pendingDurationSeconds) / Double(total)
        }
        var simulation = QueueSimulation(freeCores: self.freeCores)
        self.addFreeing(to: &simulation, now: now)
        simulation.sort()
        let pending = self.figures.pendingWorkflowCount
        if pending > 0 {
            simulation.startPending(pending, each: self.figures.pendingDurationSeconds / Double(pending))
        }
        for share in self.remote {
            for queued in share.queued {
                simulation.start(cores: min(queued.cores, total), for: queued.durationSeconds)
            }
        }
        var index = self.queue.head
        while index >= 0 {
            let slot = table[index]
            simulation.start(cores: min(slot.cores, total), for: slot.durationSeconds)
            index = slot.next
        }
        return simulation.firstInstant(with: cores)
    }

    /// When busy and reserved cores come free, in seconds from now.
    private func addFreeing(to simulation: inout QueueSimulation, now: UnixSeconds) {
        let elapsed = now - (self.base ?? now)
        var lastOffset: Seconds = 0
        for entry in self.schedule.entries {
            lastOffset = max(0, entry.time - elapsed)
            simulation.add(entry.cores, at: lastOffset)
        }
        let busy = self.figures.totalCores - self.figures.availableCores
        let uncovered = busy - self.schedule.totalCores
        if uncovered > 0 {
            simulation.add(uncovered, at: max(lastOffset, self.figures.activeRemainingSeconds / Double(busy)))
        }
        for entry in self.running.entries { simulation.add(entry.cores, at: max(0, entry.time - elapsed)) }
        for share in self.remote {
            for entry in share.running { simulation.add(entry.cores, at: max(0, entry.until - now)) }
        }
    }
}

/// Plays the queue of a datacenter forward, first come first served. Times are seconds from its start.
struct QueueSimulation {
    private struct Group {
        var time: Seconds
        var cores: Int
    }

    /// Cores that come free, in order of time from `next` on.
    private var groups: [Group] = []
    private var next = 0
    /// Cores that are free at `time`; below 0 where more are reserved than free.
    private var free: Int
    /// When the last of the queue has started.
    private var time: Seconds = 0

    init(freeCores: Int) { self.free = freeCores }

    mutating func add(_ cores: Int, at time: Seconds) {
        if cores > 0 { self.groups.append(Group(time: time, cores: cores)) }
    }

    mutating func sort() { self.groups.sort { $0.time < $1.time } }

    /// Starts so many workflows of one core each.
    mutating func startPending(_ count: Int, each duration: Seconds) {
        // With no duration, they need a core, one after the other, and all of them at the same instant.
        if duration == 0 { return self.start(cores: 1, for: 0) }
        var left = count
        // Groups of cores that a workflow of this queue occupies: they come free in the order in which they were taken.
        // Their times are `shift` later than they say.
        var cycling: [Group] = []
        var head = 0
        var cyclingCores = 0
        var shift: Seconds = 0
        while true {
            if self.free > 0 {
                let started = min(self.free, left)
                self.free -= started
                left -= started
                cycling.append(Group(time: self.time + duration - shift, cores: started))
                cyclingCores += started
                if left == 0 { break }
            }
            // While nothing but this queue frees cores, it goes round and round.
            if head < cycling.count, left > cyclingCores, duration < .infinity {
                let last = cycling[cycling.count - 1].time + shift
                let foreign = self.next < self.groups.count ? self.groups[self.next].time : .infinity
                let rounds = min(
                    Double((left - 1) / cyclingCores), foreign == .infinity ? .infinity : (foreign - last) / duration)
                if rounds >= 1 {
                    let whole = Int(rounds)
                    shift += Double(whole) * duration
                    left -= whole * cyclingCores
                }
            }
            let cycle = head < cycling.count ? cycling[head].time + shift : .infinity
            if self.next < self.groups.count, self.groups[self.next].time <= cycle {
                self.time = max(self.time, self.groups[self.next].time)
                self.free += self.groups[self.next].cores
                self.next += 1
            } else if head < cycling.count {
                self.time = max(self.time, cycle)
                self.free += cycling[head].cores
                cyclingCores -= cycling[head].cores
                head += 1
            } else {
                // Nothing comes free any more.
                self.time = .infinity
                return
            }
        }
        self.groups.removeFirst(self.next)
        self.next = 0
        for group in cycling[head...] { self.groups.append(Group(time: group.time + shift, cores: group.cores)) }
        self.sort()
    }

    /// Starts work of so many cores as soon as all before it have started.
    mutating func start(cores: Int, for duration: Seconds) {
        guard cores > 0 else { return }
        while self.free < cores {
            guard self.next < self.groups.count else {
                self.time = .infinity
                return
            }
            self.time = max(self.time, self.groups[self.next].time)
            self.free += self.groups[self.next].cores
            self.next += 1
        }
        guard duration > 0 else { return }
        self.free -= cores
        let end = self.time + duration
        var low = self.next
        var high = self.groups.count
        while low < high {
            let middle = (low + high) / 2
            if self.groups[middle].time <= end { low = middle + 1 } else { high = middle }
        }
        self.groups.insert(Group(time: end, cores: cores), at: low)
    }

    /// The first instant, once all in front have started, at which so many cores are free.
    func firstInstant(with cores: Int) -> Seconds {
        var free = self.free
        var time = self.time
        var index = self.next
        while free < cores {
            guard index < self.groups.count else { return .infinity }
            time = max(time, self.groups[index].time)
            free += self.groups[index].cores
            index += 1
        }
        return time
    }
}
