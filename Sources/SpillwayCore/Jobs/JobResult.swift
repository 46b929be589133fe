/// How a job ended (contract/records.md, `results`).
package struct JobResult: Equatable, Sendable {
    /// The job.
    package var jobID: String
    /// Whether this is the job's end.
    package var isFinal = true
    /// 0 for the first record of a job, one more with every update.
    package var revision = 0
    /// How it ended.
    package var status: Status
    /// Why; may carry figures or a name in brackets.
    package var reason: String
    /// When it was submitted, by the broker's stamp.
    package var submittedAt: UnixSeconds
    /// When it ended.
    package var finishedAt: UnixSeconds
    /// Dispatches of all its tasks together.
    package var totalAttempts = 0
    /// Re-executions that its budget paid for.
    package var retriesConsumed = 0
    /// The status of each datacenter that a slot ended in.
    package var datacenters: [(datacenterID: String, status: TaskResult.Status)] = []
    /// Its tasks, by slot, then in the order of its workflows.
    package var tasks: [TaskResult]

    /// How a job ended.
    package enum Status: String, Sendable, CaseIterable {
        case succeeded, partial, failed, cancelled
    }

    /// Whether that counts as success.
    package var isSuccess: Bool { self.status == .succeeded || self.status == .partial }

    /// A result.
    package init(
        jobID: String, status: Status, reason: String, submittedAt: UnixSeconds, finishedAt: UnixSeconds,
        tasks: [TaskResult]
    ) {
        self.jobID = jobID
        self.status = status
        self.reason = reason
        self.submittedAt = submittedAt
        self.finishedAt = finishedAt
        self.tasks = tasks
    }

    /// Compares everything; written out as tuples have no conformance.
    package static func == (left: JobResult, right: JobResult) -> Bool {
        left.jobID == right.jobID && left.isFinal == right.isFinal && left.revision == right.revision
            && left.status == right.status && left.reason == right.reason && left.submittedAt == right.submittedAt
            && left.finishedAt == right.finishedAt && left.totalAttempts == right.totalAttempts
            && left.retriesConsumed == right.retriesConsumed && left.tasks == right.tasks
            && left.datacenters.elementsEqual(right.datacenters) {
                $0.datacenterID == $1.datacenterID && $0.status == $1.status
            }
    }
}

/// How one task of a job ended.
package struct TaskResult: Equatable, Sendable {
    /// The task.
    package var task: TaskID
    /// How it stands.
    package var status: Status
    /// Where its newest attempt ran, if it had one.
    package var datacenterID: String?
    /// With which runtime.
    package var runtime: String?
    /// Its dispatches.
    package var attempts = 0
    /// What it gave, as JSON text.
    package var result: [UInt8]?
    /// What was tried, oldest first.
    package var chain: [ChainEntry] = []

    /// How a task stands.
    package enum Status: String, Sendable {
        case completed, failed, cancelled, pending
    }

    /// A task's end.
    package init(task: TaskID, status: Status) {
        self.task = task
        self.status = status
    }
}

/// One link of a task's fallback chain.
package struct ChainEntry: Equatable, Sendable {
    /// Which attempt. `nil` of what was skipped.
    package var attempt: Int?
    /// Where, if anywhere.
    package var datacenterID: String?
    /// With which runtime, if any.
    package var runtime: String?
    /// How it ended.
    package var outcome: Outcome
    /// Why it failed or was skipped.
    package var error: String?
    /// When.
    package var at: UnixSeconds

    /// How an attempt ended.
    package enum Outcome: String, Sendable {
        case completed, failed, rejected, cancelled, skipped
        case leaseExpired = "lease_expired"
        case datacenterLost = "datacenter_lost"
    }

    /// A link.
    package init(
        attempt: Int?, datacenterID: String?, runtime: String?, outcome: Outcome, error: String? = nil,
        at: UnixSeconds
    ) {
        self.attempt = attempt
        self.datacenterID = datacenterID
        self.runtime = runtime
        self.outcome = outcome
        self.error = error
        self.at = at
    }
}
