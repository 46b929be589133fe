/// One attempt of a task on its way to a job topic (contract/records.md, "Output").
package struct TaskDispatch: Equatable, Sendable {
    /// The task.
    package var task: TaskID
    /// Which of the task's dispatches this is, from 1.
    package var attempt: Int
    /// Fences the attempt's outcomes.
    package var leaseToken: CauseID
    /// How long the lease runs from acceptance or renewal on.
    package var leaseSeconds: Seconds
    /// The first deadline: who reads the dispatch later doesn't start it.
    package var leaseUntil: UnixSeconds
    /// The key that outcomes come back with.
    package var routingKey: String
    /// Where to.
    package var datacenterID: String
    /// With which runtime.
    package var runtime: String
    /// The workflow: cores, duration, timeout and payload.
    package var workflow: Workflow
    /// The job's priority.
    package var priority: Priority
    /// The job's tenant.
    package var tenant: String?
    /// The reason of the decision that sent it.
    package var reason: DecisionReason

    /// A dispatch; every field must be known.
    package init(
        task: TaskID, attempt: Int, leaseToken: CauseID, leaseSeconds: Seconds, leaseUntil: UnixSeconds,
        routingKey: String, datacenterID: String, runtime: String, workflow: Workflow, priority: Priority,
        tenant: String?, reason: DecisionReason
    ) {
        self.task = task
        self.attempt = attempt
        self.leaseToken = leaseToken
        self.leaseSeconds = leaseSeconds
        self.leaseUntil = leaseUntil
        self.routingKey = routingKey
        self.datacenterID = datacenterID
        self.runtime = runtime
        self.workflow = workflow
        self.priority = priority
        self.tenant = tenant
        self.reason = reason
    }
}
