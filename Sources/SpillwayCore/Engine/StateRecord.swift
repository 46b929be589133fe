/// What the changelog says of one key, so that a lane's state can be restored (design section 2, `state`).
///
/// A job has one record at its own key and, once a task differs from what that one says, one for the task. The later
/// record wins, and a job's record always repeats its tasks as they stand.
package enum StateRecord: Equatable, Sendable {
    /// A job that is held or has live leases.
    case job(JobRecord)
    /// One of its tasks, newer than the job's record.
    case task(jobID: String, TaskRecord)
    /// A job that has ended; its id is remembered against repetitions.
    case ended(jobID: String, at: UnixSeconds)
}

/// A job as the changelog has it.
package struct JobRecord: Equatable, Sendable {
    /// What was asked for.
    package var submission: JobSubmission
    /// Where and when: names and ages follow from it.
    package var input: InputPosition
    /// The ordinal of the next name (``CauseID``) that the job is given.
    package var nextOrdinal: Int
    /// Slots that are held, and what was last said of them.
    package var held: [HeldSlot]
    /// Tasks that were dispatched and whose lease hasn't ended.
    package var tasks: [TaskRecord]

    /// A job's record.
    package init(
        submission: JobSubmission, input: InputPosition, nextOrdinal: Int, held: [HeldSlot], tasks: [TaskRecord]
    ) {
        self.submission = submission
        self.input = input
        self.nextOrdinal = nextOrdinal
        self.held = held
        self.tasks = tasks
    }
}

/// A slot that waits here until there is something to choose.
package struct HeldSlot: Equatable, Sendable {
    /// The slot.
    package var slot: Int
    /// What the ledger last said of it: a new decision is written only when that changes.
    package var reason: DecisionReason

    /// A held slot.
    package init(slot: Int, reason: DecisionReason) {
        self.slot = slot
        self.reason = reason
    }
}

/// A task's newest attempt as the changelog has it.
package struct TaskRecord: Equatable, Sendable {
    /// The slot.
    package var slot: Int
    /// The workflow.
    package var workflowID: String
    /// Which dispatch this is, from 1.
    package var attempt: Int
    /// Its fence: the ordinal of the lease token; partition and offset are the submission's.
    package var tokenOrdinal: Int
    /// Where it was sent.
    package var datacenterID: String
    /// With which runtime.
    package var runtime: String
    /// Whether it was sent to wait there.
    package var isQueued: Bool
    /// When it was sent.
    package var dispatchedAt: UnixSeconds
    /// When its lease ends.
    package var leaseUntil: UnixSeconds
    /// How it stands.
    package var phase: Phase

    /// How an attempt stands.
    package enum Phase: Equatable, Sendable {
        /// No word yet.
        case dispatched
        /// A manager took it, at a time by the broker's stamp. No manager is named if the outcome named none.
        case accepted(managerID: String?, at: UnixSeconds, isStarted: Bool)
        /// The attempt has ended: its reservation too.
        case over
    }

    /// A task's record.
    package init(
        slot: Int, workflowID: String, attempt: Int, tokenOrdinal: Int, datacenterID: String, runtime: String,
        isQueued: Bool, dispatchedAt: UnixSeconds, leaseUntil: UnixSeconds, phase: Phase
    ) {
        self.slot = slot
        self.workflowID = workflowID
        self.attempt = attempt
        self.tokenOrdinal = tokenOrdinal
        self.datacenterID = datacenterID
        self.runtime = runtime
        self.isQueued = isQueued
        self.dispatchedAt = dispatchedAt
        self.leaseUntil = leaseUntil
        self.phase = phase
    }
}
