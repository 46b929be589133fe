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
        self.bookTargets()
        let known = Set(statuses.map(\.capacity.datacenterID))
        for family in self.families { family.removeAll { !known.contains($0[0]) } }
    }

    /// Circuits and outcomes of every target that was tried.
    private func bookTargets() {
        let (targets, circuits) = self.instance.lend { instance in
            (
                instance.statistics.byTarget.map { (name: $0.target, figures: $0.figures) },
                instance.circuitStates.map { (name: $0.target, state: $0.state) }
            )
        }
        for target in targets {
            let (datacenterID, runtime) = (target.name.datacenterID, target.name.runtime)
            self.catalogue.runtimeOutcomes[datacenterID, runtime, "success"].raise(
                to: UInt64(target.figures.successes))
            self.catalogue.runtimeOutcomes[datacenterID, runtime, "failure"].raise(
                to: UInt64(target.figures.failures))
            let open = circuits.first { $0.name == target.name }?.state ?? .closed
            for state in CircuitState.allCases {
                self.catalogue.circuitState[datacenterID, runtime, state.rawValue].set(state == open)
            }
        }
        for circuit in circuits where !targets.contains(where: { $0.name == circuit.name }) {
            for state in CircuitState.allCases {
                self.catalogue.circuitState[circuit.name.datacenterID, circuit.name.runtime, state.rawValue].set(
                    state == circuit.state)
            }
        }
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
