/// How one datacenter stands, for metrics and the status page.
package struct DatacenterStatus: Equatable, Sendable {
    /// Its figures, with its health after the hold-down.
    package var capacity: DatacenterCapacity
    /// Whether it is configured, and not only heard from.
    package var isConfigured: Bool
    /// Whether a heartbeat of it was read.
    package var isHeard: Bool
    /// Whether its heartbeats are older than the threshold.
    package var isStale: Bool
    /// Whether it is silent for longer than its heartbeats' interval allows, for the panic rule.
    package var isLate: Bool
    /// Whether it counts as lost.
    package var isLost: Bool
    /// Whether it was drained: by configuration or by an event.
    package var isDrained: Bool
    /// Its managers that take new work, drain, stop, and whose heartbeat is older than the threshold.
    package var activeManagers: Int
    package var drainingManagers: Int
    package var stoppingManagers: Int
    package var staleManagers: Int
    /// Dispatches that were sent to queue there and that no heartbeat knows, of this instance.
    package var queuedReservations: Int
    /// Round trip time in milliseconds, configured or learned.
    package var rttMilliseconds: Double?
    /// As of the last `dispatch` decision (contract/records.md, `spillway_capacity_overcommit_ratio`).
    package var overcommitRatio: Double
    /// The wait for one core, `+∞` if endless.
    package var waitSeconds: Seconds
    /// The age of its newest heartbeat. `nil`: none was heard.
    package var ageSeconds: Seconds?
}

extension Fleet {
    /// How every datacenter stands, by id.
    package mutating func statuses(now: UnixSeconds) -> [DatacenterStatus] {
        var statuses: [DatacenterStatus] = []
        for index in self.table.byID where self.datacenters[index].isListed {
            statuses.append(self.status(index, now: now))
        }
        return statuses
    }

    /// How one datacenter stands. `nil`: nobody knows it.
    package mutating func status(of datacenterID: String, now: UnixSeconds) -> DatacenterStatus? {
        guard let index = self.indices[datacenterID] else { return nil }
        return self.status(index, now: now)
    }

    /// The figures of a datacenter. `nil`: nobody knows it.
    package func capacity(of datacenterID: String, now: UnixSeconds) -> DatacenterCapacity? {
        self.indices[datacenterID].map { self.capacity($0, now: now) }
    }

    /// The wait for so many cores in a datacenter, as section 4 of the design has it. `+∞` where it is unknown.
    package mutating func wait(for cores: Int, in datacenterID: String, now: UnixSeconds) -> Seconds {
        guard let index = self.indices[datacenterID] else { return .infinity }
        return self.datacenters[index].wait(for: cores, now: now, self.reservations)
    }

    private func capacity(_ index: Int, now: UnixSeconds) -> DatacenterCapacity {
        let datacenter = self.datacenters[index]
        let figures = datacenter.figures
        var capacity = DatacenterCapacity(
            datacenterID: datacenter.id, totalCores: figures.totalCores, availableCores: figures.availableCores)
        capacity.reservedCores = datacenter.reservedCores
        capacity.pendingWorkflowCount = figures.pendingWorkflowCount
        capacity.pendingDurationSeconds = figures.pendingDurationSeconds
        capacity.activeRemainingSeconds = figures.activeRemainingSeconds
        capacity.health = datacenter.health
        capacity.lastUpdated = datacenter.newest == -.infinity ? 0 : datacenter.newest
        capacity.workerCount = figures.workerCount
        capacity.healthyWorkerCount = figures.healthyWorkerCount
        capacity.managerCount = figures.managerCount
        capacity.aliveManagerCount = figures.aliveManagerCount
        capacity.freeingSchedule = datacenter.mergedSchedule(asOf: capacity.lastUpdated)
        return capacity
    }

    private mutating func status(_ index: Int, now: UnixSeconds) -> DatacenterStatus {
        let datacenter = self.datacenters[index]
        var (active, draining, stopping, stale) = (0, 0, 0, 0)
        for manager in datacenter.managers {
            guard manager.isFresh else {
                stale += 1
                continue
            }
            switch manager.state {
            case .active: active += 1
            case .draining: draining += 1
            case .stopping: stopping += 1
            }
        }
        return DatacenterStatus(
            capacity: self.capacity(index, now: now), isConfigured: datacenter.isConfigured,
            isHeard: datacenter.hasBeenHeard, isStale: datacenter.isStale, isLate: datacenter.isLate,
            isLost: datacenter.isLost, isDrained: datacenter.isDrained, activeManagers: active,
            drainingManagers: draining, stoppingManagers: stopping, staleManagers: stale,
            queuedReservations: datacenter.queue.count, rttMilliseconds: datacenter.roundTripMilliseconds,
            overcommitRatio: datacenter.overcommitRatio,
            waitSeconds: self.datacenters[index].wait(for: 1, now: now, self.reservations),
            ageSeconds: datacenter.newest == -.infinity ? nil : datacenter.age(now: now))
    }
}

extension DatacenterView {
    /// The freeing schedules of the managers that count, in one, with offsets from a time.
    fileprivate func mergedSchedule(asOf time: UnixSeconds) -> [CoresFreeing] {
        if let snapshot = self.snapshot { return snapshot.capacity.freeingSchedule }
        var merged = CoresTimeline()
        for manager in self.managers where manager.isFresh && manager.state == .active {
            for entry in manager.schedule {
                merged.insert(
                    entry.cores, at: max(0, entry.offsetSeconds - (time - manager.recordTimestamp)))
            }
        }
        var schedule: [CoresFreeing] = []
        merged.forEach { schedule.append(CoresFreeing(offsetSeconds: $0.time, cores: $0.cores)) }
        return schedule
    }
}
