/// What one manager last said about its own workers (contract/records.md, "Input").
///
/// A datacenter is the sum of its managers' heartbeats: each reports the workers that are its own, never others'.
package struct ManagerHeartbeat: Equatable, Sendable {
    /// Which manager speaks. Unique within its datacenter.
    package var managerID: String
    /// The datacenter that the manager belongs to.
    package var datacenterID: String
    /// Grows with every start of the manager.
    package var incarnation: Int64 = 0
    /// Grows with every heartbeat of an incarnation. `nil` means that the record's offset stands in for it.
    package var sequence: Int64?
    /// The manager's own clock. Kept for the record; age is taken from the broker's stamp (design section 4).
    package var timestamp: UnixSeconds?
    /// Whether the manager says that it leads its datacenter.
    package var isLeader = false
    /// The term of that leadership.
    package var term: Int64 = 0
    /// Whether the manager takes new work.
    package var state: ManagerState = .active
    /// Workers that it knows.
    package var workerCount: Int
    /// Workers that it knows to be well.
    package var healthyWorkerCount: Int
    /// Cores of its workers.
    package var totalCores: Int
    /// Cores of its workers that run nothing, at most ``totalCores``.
    package var availableCores: Int
    /// Workflows that wait in its queue.
    package var pendingWorkflowCount = 0
    /// Declared duration of those together.
    package var pendingDurationSeconds: Seconds = 0
    /// Declared time that is left of what runs, together.
    package var activeRemainingSeconds: Seconds = 0
    /// When the next cores come free, from the record's timestamp on.
    package var estimatedCoresFreeAt: Seconds?
    /// How many come free then.
    package var estimatedCoresFreeing: Int?
    /// When busy cores come free, in ascending order. Empty: nothing is reported.
    package var freeingSchedule: [CoresFreeing] = []
    /// What it can run. `nil`: everything.
    package var runtimes: [RuntimeReport]?
    /// Records that wait in its queue, if it says.
    package var queueDepth: Int?

    /// A heartbeat with the fields that every heartbeat has; the others have their wire defaults.
    package init(
        managerID: String, datacenterID: String, workerCount: Int, healthyWorkerCount: Int, totalCores: Int,
        availableCores: Int
    ) {
        self.managerID = managerID
        self.datacenterID = datacenterID
        self.workerCount = workerCount
        self.healthyWorkerCount = healthyWorkerCount
        self.totalCores = totalCores
        self.availableCores = availableCores
    }
}

/// Whether a manager takes new work. One that drains or stops is alive, but its cores count for nothing new.
package enum ManagerState: String, Sendable {
    case active, draining, stopping
}

/// Cores that come free together.
package struct CoresFreeing: Hashable, Sendable {
    /// Seconds after the heartbeat's record timestamp.
    package var offsetSeconds: Seconds
    /// How many.
    package var cores: Int

    /// Makes an entry of a freeing schedule.
    package init(offsetSeconds: Seconds, cores: Int) {
        self.offsetSeconds = offsetSeconds
        self.cores = cores
    }
}

/// One runtime that a manager can run, and whether it is well there.
package struct RuntimeReport: Hashable, Sendable {
    /// The runtime's name.
    package var name: String
    /// False: skipped without waiting (design section 6).
    package var isHealthy: Bool

    /// Makes a report.
    package init(name: String, isHealthy: Bool = true) {
        self.name = name
        self.isHealthy = isHealthy
    }
}
