extension Fleet {
    /// Takes in a heartbeat. A manager's newest by incarnation and sequence wins, whatever the order of arrival.
    ///
    /// - Parameters:
    ///   - recordTimestamp: the broker's stamp, from which on the heartbeat ages.
    ///   - offset: the record's, which stands in for a sequence that is absent.
    package mutating func apply(
        _ heartbeat: ManagerHeartbeat, recordTimestamp: UnixSeconds, offset: Int64, now: UnixSeconds
    ) -> HeartbeatVerdict {
        self.advance(to: now)
        guard let index = self.indexIfRoom(of: heartbeat.datacenterID) else { return .refused }
        let sequence = heartbeat.sequence ?? offset
        let (place, isThere) = self.datacenters[index].place(of: heartbeat.managerID)
        if isThere {
            let old = (
                self.datacenters[index].managers[place].incarnation,
                self.datacenters[index].managers[place].sequence
            )
            let new = (heartbeat.incarnation, sequence)
            if new == old { return .repeated }
            if new < old { return .older }
        } else {
            guard self.managerCount < self.settings.managerLimit else {
                self.namesRefused += 1
                self.drop(index)
                return .refused
            }
            self.managerCount += 1
        }
        let isFresh = now - recordTimestamp <= self.settings.staleness
        if !self.datacenters[index].hasBeenHeard {
            self.changes.append(.datacenterAppeared(datacenterID: heartbeat.datacenterID))
        }
        if self.datacenters[index].base == nil { self.datacenters[index].base = recordTimestamp }
        let wasFresh = isThere && self.datacenters[index].managers[place].wasEverFresh
        let manager = self.view(
            of: heartbeat, sequence: sequence, recordTimestamp: recordTimestamp, wasEverFresh: isFresh || wasFresh,
            index: index)
        if isThere { self.unmentionRuntimes(of: place, in: index) }
        if isFresh { self.hasReadFreshHeartbeat = true }
        self.heartbeatsApplied += 1
        self.change(index) { $0.put(manager, at: place, isThere: isThere, wasFresh: isFresh) }
        self.lookAgain(index, changed: place, now: now)
        self.releaseAccepted(in: index, by: heartbeat.managerID, before: recordTimestamp)
        return .applied
    }

    /// Takes a manager out at once: its heartbeat's tombstone was read.
    package mutating func removeManager(datacenterID: String, managerID: String, now: UnixSeconds) {
        self.advance(to: now)
        guard let index = self.indices[datacenterID] else { return }
        let (place, isThere) = self.datacenters[index].place(of: managerID)
        guard isThere else { return }
        self.unmentionRuntimes(of: place, in: index)
        self.change(index) { $0.removeManager(at: place) }
        self.managerCount -= 1
        self.lookAgain(index, changed: nil, now: now)
    }

    /// Takes in the figures of a datacenter as a whole, in place of heartbeats (`spillway decide`).
    package mutating func apply(_ capacity: DatacenterCapacity, isHealthGiven: Bool, now: UnixSeconds) {
        let index = self.index(of: capacity.datacenterID)
        self.hasReadFreshHeartbeat = true
        self.change(index) { datacenter in
            datacenter.base = capacity.lastUpdated
            datacenter.snapshot = (capacity, isHealthGiven)
            datacenter.newest = capacity.lastUpdated
            datacenter.hasBeenHeard = true
            datacenter.freeing.removeAll()
            datacenter.figures = DatacenterFigures()
            datacenter.figures.hasSchedule = !capacity.freeingSchedule.isEmpty
            var left = max(0, capacity.totalCores - capacity.availableCores)
            for entry in capacity.freeingSchedule {
                let cores = min(left, entry.cores)
                datacenter.freeing.insert(cores, at: entry.offsetSeconds)
                datacenter.figures.scheduledCores += cores
                if cores > 0 { datacenter.figures.lastScheduled = entry.offsetSeconds }
                left -= cores
            }
        }
        self.lookAgain(index, changed: nil, now: now)
    }

    private mutating func view(
        of heartbeat: ManagerHeartbeat, sequence: Int64, recordTimestamp: UnixSeconds, wasEverFresh: Bool,
        index: Int
    ) -> ManagerView {
        var healthy = RuntimeSet()
        var named: [Int] = []
        if let reports = heartbeat.runtimes {
            for report in reports {
                guard let runtime = self.runtimes.intern(report.name) else { continue }
                self.runtimes.mention(runtime)
                named.append(runtime)
                if report.isHealthy { healthy.insert(runtime) }
            }
        } else {
            healthy = .all
        }
        var schedule: [CoresFreeing] = []
        var left = max(0, heartbeat.totalCores - heartbeat.availableCores)
        for entry in heartbeat.freeingSchedule {
            let cores = min(left, entry.cores)
            if cores > 0 { schedule.append(CoresFreeing(offsetSeconds: entry.offsetSeconds, cores: cores)) }
            if entry.cores > cores { self.scheduleCoresLeftOut += UInt64(entry.cores - cores) }
            left -= cores
        }
        let start = recordTimestamp - (self.datacenters[index].base ?? recordTimestamp)
        return ManagerView(
            managerID: heartbeat.managerID, incarnation: heartbeat.incarnation, sequence: sequence,
            recordTimestamp: recordTimestamp, state: heartbeat.state, workerCount: heartbeat.workerCount,
            healthyWorkerCount: heartbeat.healthyWorkerCount, totalCores: heartbeat.totalCores,
            availableCores: heartbeat.availableCores, pendingWorkflowCount: heartbeat.pendingWorkflowCount,
            pendingDurationSeconds: heartbeat.pendingDurationSeconds,
            activeRemainingSeconds: heartbeat.activeRemainingSeconds, schedule: schedule,
            reportsSchedule: !heartbeat.freeingSchedule.isEmpty, scheduledCores: schedule.reduce(0) { $0 + $1.cores },
            lastScheduled: schedule.last.map { start + $0.offsetSeconds } ?? -.infinity, healthyRuntimes: healthy,
            namedRuntimes: named, wasEverFresh: wasEverFresh)
    }

    /// A manager's heartbeat no longer counts for what it named.
    mutating func unmentionRuntimes(of place: Int, in index: Int) {
        for runtime in self.datacenters[index].managers[place].namedRuntimes { self.runtimes.unmention(runtime) }
    }
}
