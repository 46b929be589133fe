/// What is known of one datacenter at one time: the sum of its managers (seeds/002, design section 4).
package struct DatacenterCapacity: Equatable, Sendable {
    /// The datacenter.
    package var datacenterID: String
    /// Cores of all fresh managers that take new work.
    package var totalCores: Int
    /// Of these, cores that run nothing by the heartbeats; reservations are not taken off.
    package var availableCores: Int
    /// Cores that decisions of this instance and the others have taken and no heartbeat knows yet.
    package var reservedCores: Int = 0
    /// Workflows in the managers' queues.
    package var pendingWorkflowCount: Int = 0
    /// Their declared durations together.
    package var pendingDurationSeconds: Seconds = 0
    /// Declared time left of what runs, together.
    package var activeRemainingSeconds: Seconds = 0
    /// The managers' freeing schedules in one, in ascending order, offsets from ``lastUpdated``.
    package var freeingSchedule: [CoresFreeing] = []
    /// The health by the counts.
    package var health: Health = .healthy
    /// When the newest heartbeat was written, by the broker's stamp.
    package var lastUpdated: UnixSeconds = 0
    /// Workers and managers, for the health rule.
    package var workerCount: Int = 0
    /// Workers that are well.
    package var healthyWorkerCount: Int = 0
    /// Managers that are configured or were seen, whichever is more.
    package var managerCount: Int = 0
    /// Managers whose heartbeat is fresh.
    package var aliveManagerCount: Int = 0

    /// How much of it is busy: 1 − available ÷ total, 1 without cores, within 0…1.
    package var utilization: Double {
        guard self.totalCores > 0 else { return 1 }
        return min(1, max(0, 1 - Double(self.availableCores) / Double(self.totalCores)))
    }

    /// A capacity with the two figures that everything else is compared with.
    package init(datacenterID: String, totalCores: Int, availableCores: Int) {
        self.datacenterID = datacenterID
        self.totalCores = totalCores
        self.availableCores = availableCores
    }
}

/// How well a datacenter is, best first (design section 4). A full one is busy, never unhealthy.
package enum Health: Int, Comparable, Sendable, CaseIterable {
    case healthy = 0
    case busy = 1
    case degraded = 2
    case unhealthy = 3

    /// Better compares as less.
    package static func < (left: Health, right: Health) -> Bool { left.rawValue < right.rawValue }

    /// The word in records, logs and labels.
    package var word: String {
        switch self {
        case .healthy: "healthy"
        case .busy: "busy"
        case .degraded: "degraded"
        case .unhealthy: "unhealthy"
        }
    }
}
