/// Sums over managers of a datacenter whose heartbeats are fresh.
struct DatacenterFigures: Sendable {
    var totalCores = 0
    var availableCores = 0
    var pendingWorkflowCount = 0
    var pendingDurationSeconds: Seconds = 0
    var activeRemainingSeconds: Seconds = 0
    var workerCount = 0
    var healthyWorkerCount = 0
    var aliveManagerCount = 0
    /// Of those alive, managers that drain or stop.
    var leavingManagerCount = 0
    /// Configured managers or those seen, whichever is more. Of a datacenter only.
    var managerCount = 0
    var hasSchedule = false
    var scheduledCores = 0
    /// When the last scheduled cores come free, after the datacenter's base.
    var lastScheduled = -Double.infinity
    /// What managers that take work run well.
    var runtimes = RuntimeSet()
    /// The stamp of the oldest heartbeat, fresh or not. Of a group only.
    var oldest = UnixSeconds.infinity
    /// When time alone changes this.
    var due = UnixSeconds.infinity

    /// Adds a manager that is fresh.
    mutating func add(_ manager: ManagerView) {
        self.aliveManagerCount += 1
        self.workerCount += manager.workerCount
        self.healthyWorkerCount += manager.healthyWorkerCount
        self.pendingWorkflowCount += manager.pendingWorkflowCount
        self.pendingDurationSeconds += manager.pendingDurationSeconds
        self.activeRemainingSeconds += manager.activeRemainingSeconds
        // One that leaves is alive, but its cores are no longer there for new work (contract/records.md, `state`).
        guard manager.state == .active else {
            self.leavingManagerCount += 1
            return
        }
        self.totalCores += manager.totalCores
        self.availableCores += manager.availableCores
        self.hasSchedule = self.hasSchedule || manager.reportsSchedule
        self.scheduledCores += manager.scheduledCores
        self.lastScheduled = max(self.lastScheduled, manager.lastScheduled)
        self.runtimes.formUnion(manager.healthyRuntimes)
    }

    /// Adds the sums of a group of managers.
    mutating func add(_ group: DatacenterFigures) {
        self.aliveManagerCount += group.aliveManagerCount
        self.leavingManagerCount += group.leavingManagerCount
        self.workerCount += group.workerCount
        self.healthyWorkerCount += group.healthyWorkerCount
        self.pendingWorkflowCount += group.pendingWorkflowCount
        self.pendingDurationSeconds += group.pendingDurationSeconds
        self.activeRemainingSeconds += group.activeRemainingSeconds
        self.totalCores += group.totalCores
        self.availableCores += group.availableCores
        self.hasSchedule = self.hasSchedule || group.hasSchedule
        self.scheduledCores += group.scheduledCores
        self.lastScheduled = max(self.lastScheduled, group.lastScheduled)
        self.runtimes.formUnion(group.runtimes)
        self.due = min(self.due, group.due)
    }
}
