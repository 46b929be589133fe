/// What is kept of a manager's newest heartbeat.
struct ManagerView: Sendable {
    let managerID: String
    var incarnation: Int64
    var sequence: Int64
    var recordTimestamp: UnixSeconds
    var state: ManagerState
    var workerCount: Int
    var healthyWorkerCount: Int
    var totalCores: Int
    var availableCores: Int
    var pendingWorkflowCount: Int
    var pendingDurationSeconds: Seconds
    var activeRemainingSeconds: Seconds
    /// Cut to the busy cores.
    var schedule: [CoresFreeing]
    /// Whether it sent one, however much of it was cut.
    var reportsSchedule: Bool
    var scheduledCores: Int
    /// When the schedule ends, after the datacenter's base.
    var lastScheduled: Double
    /// What it runs and says is well.
    var healthyRuntimes: RuntimeSet
    /// Indices of all runtimes that it names.
    var namedRuntimes: [Int]
    /// Whether any of its heartbeats was fresh when it was read. If not, no panic makes it count.
    var wasEverFresh: Bool
    /// Whether its heartbeat counts: set when the datacenter is looked at.
    var isFresh = false
}
