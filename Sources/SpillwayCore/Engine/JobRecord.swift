/// A job as the changelog has it.
package struct JobRecord: Equatable, Sendable {
    /// What was asked for.
    package var submission: JobSubmission
    /// Where and when: names and ages follow from it.
    package var input: InputPosition
    /// The ordinal of the next name (``CauseID``) that the job is given, unless a task's record says more.
    package var nextOrdinal: Int
    /// Slots that are held, and what was last said of them.
    package var held: [HeldSlot]
    /// Tasks that were dispatched. In the changelog: those that have no record of their own.
    package var tasks: [TaskRecord]
    /// How it ended, if best effort has ended it while leases go on. `nil`: it hasn't ended.
    package var conclusion: Conclusion?

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

    /// An end that is latched: late results change nothing of it.
    package struct Conclusion: Equatable, Sendable {
        /// How it ended.
        package var status: JobResult.Status
        /// Why.
        package var reason: String
        /// When.
        package var at: UnixSeconds
        /// The revision of the newest result that was written.
        package var revision: Int

        /// An end, whose result is written as revision 0.
        package init(status: JobResult.Status, reason: String, at: UnixSeconds, revision: Int = 0) {
            self.status = status
            self.reason = reason
            self.at = at
            self.revision = revision
        }
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
