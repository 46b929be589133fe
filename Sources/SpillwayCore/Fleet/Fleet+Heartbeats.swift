extension Fleet {
    /// Takes in a heartbeat. A manager's newest by incarnation and sequence wins, whatever the order of arrival.
    ///
    /// - Parameters:
    ///   - recordTimestamp: the broker's stamp, from which on the heartbeat ages.
    ///   - offset: the record's, which stands in for a sequence that is absent.
    package mutating func apply(
        _ heartbeat: ManagerHeartbeat, recordTimestamp: UnixSeconds, offset: Int64, now: UnixSeconds
    ) -> HeartbeatVerdict {
        let index = self.index(of: heartbeat.datacenterID)
        let sequence = heartbeat.sequence ?? offset
        let (place, isThere) = self.datacenters[index].place(of: heartbeat.managerID)
        if isThere {
            let known = self.datacenters[index].managers[place]
            let (old, new) = ((known.incarnation, known.sequence), (heartbeat.incarnation, sequence))
            if new == old { return .repeated }
            if new < old { return .older }
        }
        let isFresh = now - recordTimestamp <= self.settings.staleness
        let manager = self.view(
            of: heartbeat, sequence: sequence, recordTimestamp: recordTimestamp, isFresh: isFresh)
        if !self.datacenters[index].hasBeenHeard {
            self.changes.append(.datacenterAppeared(datacenterID: heartbeat.datacenterID))
        }
        if isFresh { self.hasReadFreshHeartbeat = true }
        self.change(index) { datacenter in
            if datacenter.base == nil { datacenter.base = recordTimestamp }
            if isThere {
                let old = datacenter.managers[place]
                datacenter.gaps.append(max(0, recordTimestamp - old.recordTimestamp))
                if datacenter.gaps.count > 8 { datacenter.gaps.removeFirst() }
                if old.isFresh { datacenter.schedule(of: old, isCounted: false) }
                datacenter.managers[place] = manager
            } else {
                datacenter.managers.insert(manager, at: place)
            }
            datacenter.hasBeenHeard = true
            if isFresh { datacenter.hasBeenFresh = true }
            datacenter.findNewest()
        }
        self.heartbeatsApplied += 1
        self.placementEpoch += 1
        self.releaseAccepted(in: index, by: heartbeat.managerID, before: recordTimestamp)
        self.lookAgain(index, now: now)
        return .applied
    }

    /// Takes a manager out at once: its heartbeat's tombstone was read.
    package mutating func removeManager(datacenterID: String, managerID: String, now: UnixSeconds) {
        guard let index = self.indices[datacenterID] else { return }
        let (place, isThere) = self.datacenters[index].place(of: managerID)
        guard isThere else { return }
        let manager = self.datacenters[index].managers[place]
        for runtime in manager.namedRuntimes { self.runtimes.unmention(runtime) }
        self.change(index) { datacenter in
            if manager.isFresh { datacenter.schedule(of: manager, isCounted: false) }
            datacenter.managers.remove(at: place)
            datacenter.findNewest()
        }
        self.placementEpoch += 1
        self.lookAgain(index, now: now)
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
            datacenter.schedule.removeAll()
            var left = max(0, capacity.totalCores - capacity.availableCores)
            for entry in capacity.freeingSchedule {
                let cores = min(left, entry.cores)
                datacenter.schedule.insert(cores, at: entry.offsetSeconds)
                left -= cores
            }
        }
        self.lookAgain(index, now: now)
    }

    private mutating func view(
        of heartbeat: ManagerHeartbeat, sequence: Int64, recordTimestamp: UnixSeconds, isFresh: Bool
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
        if let index = self.indices[heartbeat.datacenterID] {
            let (place, isThere) = self.datacenters[index].place(of: heartbeat.managerID)
            if isThere {
                for runtime in self.datacenters[index].managers[place].namedRuntimes {
                    self.runtimes.unmention(runtime)
                }
            }
        }
        var schedule: [CoresFreeing] = []
        var left = max(0, heartbeat.totalCores - heartbeat.availableCores)
        for entry in heartbeat.freeingSchedule {
            let cores = min(left, entry.cores)
            if cores > 0 { schedule.append(CoresFreeing(offsetSeconds: entry.offsetSeconds, cores: cores)) }
            if entry.cores > cores { self.scheduleCoresLeftOut += UInt64(entry.cores - cores) }
            left -= cores
        }
        return ManagerView(
            managerID: heartbeat.managerID, incarnation: heartbeat.incarnation, sequence: sequence,
            recordTimestamp: recordTimestamp, state: heartbeat.state, workerCount: heartbeat.workerCount,
            healthyWorkerCount: heartbeat.healthyWorkerCount, totalCores: heartbeat.totalCores,
            availableCores: heartbeat.availableCores, pendingWorkflowCount: heartbeat.pendingWorkflowCount,
            pendingDurationSeconds: heartbeat.pendingDurationSeconds,
            activeRemainingSeconds: heartbeat.activeRemainingSeconds, schedule: schedule, healthyRuntimes: healthy,
            namedRuntimes: named, wasFreshWhenRead: isFresh)
    }
}

extension DatacenterView {
    /// Where a manager stands or would stand.
    func place(of managerID: String) -> (place: Int, isThere: Bool) {
        var low = 0
        var high = self.managers.count
        while low < high {
            let middle = (low + high) / 2
            if self.managers[middle].managerID < managerID { low = middle + 1 } else { high = middle }
        }
        return (low, low < self.managers.count && self.managers[low].managerID == managerID)
    }
}
