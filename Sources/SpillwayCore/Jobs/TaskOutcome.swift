/// What a site says of one attempt of a task (contract/records.md, `task.…`).
package struct TaskOutcome: Equatable, Sendable {
    /// The task, as the dispatch named it.
    package var taskID: String
    /// Which of the task's dispatches is meant.
    package var attempt: Int
    /// The dispatch's token: fences the outcome.
    package var leaseToken: String
    /// The key that the dispatch had.
    package var routingKey: String
    /// Where, if it says.
    package var datacenterID: String?
    /// Which manager, if it says.
    package var managerID: String?
    /// What happened.
    package var kind: Kind

    /// What happened to the attempt.
    package enum Kind: Equatable, Sendable {
        /// The manager took it. Not started: it waits in the manager's queue.
        case accepted(started: Bool)
        /// The manager doesn't take it.
        case rejected(RejectionReason)
        /// It still runs.
        case heartbeat(progress: Double?)
        /// It is done. The result is JSON text, or none.
        case completed(result: [UInt8]?)
        /// It failed.
        case failed(TaskError)
    }

    /// An outcome of an attempt.
    package init(taskID: String, attempt: Int, leaseToken: String, routingKey: String, kind: Kind) {
        self.taskID = taskID
        self.attempt = attempt
        self.leaseToken = leaseToken
        self.routingKey = routingKey
        self.kind = kind
    }
}

/// Why a manager doesn't take an attempt. Unknown texts, `draining` and `expired` count as `noCapacity`.
package enum RejectionReason: Equatable, Sendable {
    case noCapacity
    case unknownRuntime
    /// The agent runs or ran this attempt already: no effect.
    case duplicate
}

/// Why an attempt failed.
package struct TaskError: Equatable, Sendable {
    /// A short word of the agent's, such as `exit` or `timeout`. Empty if it gave none.
    package var errorClass: String
    /// For people. Empty if it gave none.
    package var message: String
    /// Whether another execution may help.
    package var isRetryable: Bool

    /// An error; one that says nothing is retryable.
    package init(errorClass: String = "", message: String = "", isRetryable: Bool = true) {
        self.errorClass = errorClass
        self.message = message
        self.isRetryable = isRetryable
    }
}
