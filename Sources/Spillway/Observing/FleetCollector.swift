import Metrics
import SpillwayCore

/// Carries how the fleet and the instance stand into the metrics, when somebody scrapes them.
struct FleetCollector: Sendable {
    let instance: SharedInstance
    let catalogue: Catalogue
    let health: RouterHealth

    /// Reads everything under one hold of the lock and books it outside.
    func collect() {
        let now = Clock.now()
        let (statuses, counts) = self.instance.lend { instance in
            (
                instance.fleet.statuses(now: now),
                (
                    open: instance.openJobs, held: instance.heldTasks, ended: instance.endedJobs,
                    panic: instance.fleet.isPanicking
                )
            )
        }
        self.catalogue.openJobs.set(counts.open)
        self.catalogue.heldTasks.set(counts.held)
        self.catalogue.rememberedJobs.set(counts.ended)
        self.catalogue.panic.set(counts.panic)
        self.catalogue.assignedPartitions.set(self.health.partitions)
        self.catalogue.ready.set(self.health.isReady)
        for status in statuses { self.book(status) }
        let known = Set(statuses.map(\.capacity.datacenterID))
        for family in self.families { family.removeAll { !known.contains($0[0]) } }
    }

    private var families: [Family<Gauge>] {
        [
            self.catalogue.overcommit, self.catalogue.health, self.catalogue.totalCores, self.catalogue.availableCores,
            self.catalogue.reservedCores, self.catalogue.pendingWorkflows, self.catalogue.estimatedWait,
            self.catalogue.roundTrip, self.catalogue.managers, self.catalogue.lastHeartbeat,
        ]
    }

    private func book(_ status: DatacenterStatus) {
        let name = status.capacity.datacenterID
        self.catalogue.totalCores[name].set(status.capacity.totalCores)
        self.catalogue.availableCores[name].set(status.capacity.availableCores)
        self.catalogue.reservedCores[name].set(status.capacity.reservedCores)
        self.catalogue.pendingWorkflows[name].set(status.capacity.pendingWorkflowCount)
        self.catalogue.estimatedWait[name].set(status.waitSeconds)
        self.catalogue.overcommit[name].set(status.overcommitRatio)
        self.catalogue.lastHeartbeat[name].set(status.capacity.lastUpdated)
        self.catalogue.managers[name, "active"].set(status.activeManagers)
        self.catalogue.managers[name, "draining"].set(status.drainingManagers)
        self.catalogue.managers[name, "stopping"].set(status.stoppingManagers)
        self.catalogue.managers[name, "stale"].set(status.staleManagers)
        if let rtt = status.rttMilliseconds { self.catalogue.roundTrip[name].set(rtt / 1000) }
        for health in Health.allCases {
            self.catalogue.health[name, health.word].set(health == status.capacity.health)
        }
    }
}
