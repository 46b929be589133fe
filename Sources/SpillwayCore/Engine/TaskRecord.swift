/// A task as the changelog has it: its newest attempt, how it stands, and what was tried before.
package struct TaskRecord: Equatable, Sendable {
    /// The slot.
    package var slot: Int
    /// The workflow.
    package var workflowID: String
    /// Which dispatch this is, from 1.
    package var attempt: Int
    /// Its fence: the ordinal of the lease token.
    package var tokenOrdinal: Int
    /// Its fence: the offset of the lease token, in the job's partition.
    package var tokenOffset: Int64 = 0
    /// Where it was sent.
    package var datacenterID: String
    /// With which runtime.
    package var runtime: String
    /// Whether it was sent to wait there.
    package var isQueued: Bool
    /// When it was sent.
    package var dispatchedAt: UnixSeconds
    /// The wait that the decision predicted; an endless one as `leases.hard_limit`.
    package var expectedWaitSeconds: Seconds = 0
    /// When its lease ends.
    package var leaseUntil: UnixSeconds
    /// How the newest attempt stands.
    package var phase: Phase
    /// How the task stands.
    package var standing: Standing = .running
    /// The offset of the record that the task stands so for: what its next decision by a timer names as its input.
    package var causeOffset: Int64 = 0
    /// The ordinal of the job's next name when this was written.
    package var nextOrdinal = 0
    /// Re-executions that the job's budget paid for it.
    package var retries = 0
    /// What was tried, once something was: empty while the first attempt lives.
    package var targets: [TargetRecord] = []
    /// Attempts that were given up while nobody knew how they had ended, as long as their completion counts.
    package var lapsed: [LapsedAttempt] = []
    /// Its fallback chain so far, oldest first, the newest `limits.chain_entries` of it.
    package var chain: [ChainEntry] = []
    /// What it gave, as JSON text, once it is completed.
    package var result: [UInt8]?

    /// How an attempt stands.
    package enum Phase: Equatable, Sendable {
        /// No word yet.
        case dispatched
        /// A manager took it, at a time by the broker's stamp. No manager is named if the outcome named none.
        case accepted(managerID: String?, at: UnixSeconds, isStarted: Bool)
        /// The attempt has ended: its reservation too.
        case over
    }

    /// How a task stands.
    package enum Standing: Equatable, Sendable {
        /// Its newest attempt lives.
        case running
        /// It is tried again after a backoff.
        case waiting(until: UnixSeconds)
        /// It waits here until there is something to choose.
        case held(DecisionReason)
        /// It is done.
        case completed
        /// It is given up, for a reason that may carry figures.
        case failed(reason: String)
        /// Somebody asked for its end.
        case cancelled
        /// The job ended while nothing of the task ran: it isn't tried again.
        case dropped
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

    /// Whether nothing more will happen to it.
    package var isTerminal: Bool {
        switch self.standing {
        case .completed, .failed, .cancelled, .dropped: true
        case .running, .waiting, .held: false
        }
    }

    /// Whether its newest attempt has a lease.
    package var isLive: Bool { self.phase != .over }

    /// Where its newest attempt was sent: elsewhere than it was completed, if an attempt that had lapsed did that.
    var newestDatacenterID: String {
        guard self.standing == .completed else { return self.datacenterID }
        return self.chain.last { $0.attempt == self.attempt }?.datacenterID ?? self.datacenterID
    }

    /// Whether its newest attempt has started, as far as it has said.
    var isStarted: Bool {
        if case .accepted(_, _, isStarted: true) = self.phase { true } else { false }
    }
}

/// What a task has tried in one datacenter with one runtime.
package struct TargetRecord: Equatable, Sendable {
    /// Where.
    package var datacenterID: String
    /// With which runtime.
    package var runtime: String
    /// Attempts there that weren't rejected; one that expired or was lost counts.
    package var executions = 0
    /// How often it refused for want of capacity, in a row.
    package var refusals = 0
    /// When it last did, by the broker's stamp.
    package var refusedAt: UnixSeconds = 0
    /// Whether it said that it doesn't know the runtime.
    package var isUnknown = false
    /// Whether the task's outcome there is in the statistics.
    package var isCounted = false

    /// Nothing tried yet.
    package init(datacenterID: String, runtime: String) {
        self.datacenterID = datacenterID
        self.runtime = runtime
    }
}

/// An attempt whose lease ended, or whose datacenter was lost, before it said how it ended.
package struct LapsedAttempt: Equatable, Sendable {
    /// Which attempt.
    package var attempt: Int
    /// Its fence: the offset of the lease token.
    package var tokenOffset: Int64
    /// Its fence: the ordinal of the lease token.
    package var tokenOrdinal: Int
    /// Where it was.
    package var datacenterID: String
    /// With which runtime.
    package var runtime: String

    /// An attempt that lapsed.
    package init(
        attempt: Int, tokenOffset: Int64, tokenOrdinal: Int, datacenterID: String, runtime: String
    ) {
        self.attempt = attempt
        self.tokenOffset = tokenOffset
        self.tokenOrdinal = tokenOrdinal
        self.datacenterID = datacenterID
        self.runtime = runtime
    }
}
