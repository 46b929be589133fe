import SpillwayCore

/// A dispatch on its way through a site: it waits, or it runs.
struct SiteTask: Sendable {
    let dispatch: TaskDispatch
    let taskID: String
    /// How long it runs by its word, at the pace at which time passes here.
    let declared: Seconds
    let timeout: Seconds
    let fate: SimulatedBehaviour.Fate
    /// Until when the router waits to hear of it.
    var leaseUntil: UnixSeconds
    /// When the lease is to be renewed next.
    var renewAt: UnixSeconds
    /// When it started. `nil`: it waits.
    var startedAt: UnixSeconds?

    init(_ dispatch: TaskDispatch, _ behaviour: SimulatedBehaviour, now: UnixSeconds) {
        let taskID = "\(dispatch.task.jobID)/\(dispatch.task.slot)/\(dispatch.task.workflowID)"
        let speed = behaviour.speed > 0 ? behaviour.speed : 1
        self.dispatch = dispatch
        self.taskID = taskID
        self.declared = dispatch.workflow.durationSeconds / speed
        self.timeout = dispatch.workflow.timeoutSeconds / speed
        self.fate = behaviour.fate(ofTask: taskID, attempt: dispatch.attempt)
        self.leaseUntil = dispatch.leaseUntil
        self.renewAt = now + dispatch.leaseSeconds / 3
    }

    var key: AttemptKey { AttemptKey(taskID: self.taskID, attempt: self.dispatch.attempt) }
    var cores: Int { self.dispatch.workflow.cores }
    var isSilent: Bool { self.fate == .vanishes && self.startedAt != nil }

    /// When it ends. `nil` while it waits.
    var endsAt: UnixSeconds? {
        guard let startedAt = self.startedAt else { return nil }
        switch self.fate {
        case .ends(_, let stretch): return startedAt + self.declared * stretch
        case .vanishes: return startedAt + self.declared + self.timeout
        }
    }

    /// Lengthens the lease, where that is due.
    ///
    /// - Returns: whether the router is to be told.
    mutating func renew(now: UnixSeconds) -> Bool {
        guard now >= self.renewAt else { return false }
        self.renewAt = now + self.dispatch.leaseSeconds / 3
        self.leaseUntil = max(self.leaseUntil, now + self.dispatch.leaseSeconds)
        return true
    }

    /// A word about it.
    func outcome(_ kind: TaskOutcome.Kind, _ settings: SiteSettings) -> TaskOutcome {
        var outcome = TaskOutcome(
            taskID: self.taskID, attempt: self.dispatch.attempt, leaseToken: self.dispatch.leaseToken.text,
            routingKey: self.dispatch.routingKey, kind: kind)
        outcome.datacenterID = settings.datacenterID
        outcome.managerID = settings.managerID
        return outcome
    }
}
