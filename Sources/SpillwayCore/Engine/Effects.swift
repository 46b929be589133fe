/// What a step wants done to the world: records to write, and what to count. The caller writes them in one transaction.
///
/// Its buffers are reused: a decision keeps the storage of its lists from one step to the next, so that the steady
/// state allocates nothing here.
package struct Effects: Sendable {
    /// Decisions; only the first ``decisionCount`` are of this step.
    package private(set) var decisions: [Decision] = []
    /// How many decisions the step took.
    package private(set) var decisionCount = 0
    /// Tasks to send to their job topics.
    package var dispatches: [TaskDispatch] = []
    /// Attempts to take back, at the job topic that they were sent to.
    package var cancellations: [TaskCancellation] = []
    /// Ends of jobs.
    package var results: [JobResult] = []
    /// Changes of the state, for the changelog.
    package var state: [StateChange] = []
    /// Changes of the tables that every instance reads.
    package var views: [ViewChange] = []
    /// What happened, for metrics and logs, in order. Nothing of it is written.
    package var occurrences: [Occurrence] = []
    /// Events that came again and had no effect.
    package var duplicates = 0
    /// Outcomes and cancellations that had no effect, by why; indexed by ``IgnoredOutcome/rawValue``.
    package var ignored: [Int] = Array(repeating: 0, count: IgnoredOutcome.allCases.count)

    /// No effects.
    package init() {}

    /// Forgets everything and keeps the storage.
    package mutating func reset() {
        self.decisionCount = 0
        self.dispatches.removeAll(keepingCapacity: true)
        self.cancellations.removeAll(keepingCapacity: true)
        self.results.removeAll(keepingCapacity: true)
        self.state.removeAll(keepingCapacity: true)
        self.views.removeAll(keepingCapacity: true)
        self.occurrences.removeAll(keepingCapacity: true)
        self.duplicates = 0
        for index in self.ignored.indices { self.ignored[index] = 0 }
    }

    /// Whether there is something to write.
    package var isEmpty: Bool {
        self.decisionCount == 0 && self.dispatches.isEmpty && self.cancellations.isEmpty && self.results.isEmpty
            && self.state.isEmpty && self.views.isEmpty
    }

    /// Adds a decision and has it filled in, reusing the storage of one of an earlier step.
    mutating func addDecision<Answer>(_ fill: (inout Decision) -> Answer) -> Answer {
        if self.decisionCount == self.decisions.count {
            self.decisions.append(
                Decision(
                    id: CauseID(partition: 0, offset: 0, ordinal: 0), action: .hold, at: 0, jobID: "", workflowIDs: [],
                    slot: 0, requiredCores: 0, placement: Placement(), reason: .selected))
        }
        self.decisionCount += 1
        return fill(&self.decisions[self.decisionCount - 1])
    }

    /// Fills in more of the decision that was added last.
    mutating func withLastDecision(_ fill: (inout Decision) -> Void) {
        fill(&self.decisions[self.decisionCount - 1])
    }

    /// Takes back the decision that was added last.
    mutating func dropLastDecision() {
        self.decisionCount -= 1
    }

    mutating func ignore(_ why: IgnoredOutcome) {
        self.ignored[why.rawValue] += 1
    }
}

/// Why an outcome or a cancellation had no effect. Safe as a metric's label.
package enum IgnoredOutcome: Int, Sendable, CaseIterable {
    case unknownJob, endedJob, unknownTask, otherAttempt, repeated, conflict
    /// Of an attempt whose lease was over: only its completion counts.
    case expired

    /// The label.
    package var word: String {
        switch self {
        case .unknownJob: "unknown_job"
        case .endedJob: "ended_job"
        case .unknownTask: "unknown_task"
        case .otherAttempt: "other_attempt"
        case .repeated: "repeated"
        case .conflict: "conflict"
        case .expired: "expired"
        }
    }
}

/// One change of the state, in the order in which it happened.
package enum StateChange: Equatable, Sendable {
    case put(StateRecord)
    /// Nothing is to be remembered of the job itself any more.
    case forgetJob(jobID: String)
    /// The job's end says all that there is to say of the task.
    case forgetTask(jobID: String, slot: Int, workflowID: String)
}

/// One change of the tables that every instance reads.
package enum ViewChange: Equatable, Sendable {
    case put(ViewRecord)
    /// The datacenter takes work again.
    case undrained(datacenterID: String)
}

/// An attempt that its site must not start, or must stop (contract/records.md, `task.cancelled`).
package struct TaskCancellation: Equatable, Sendable {
    /// The task.
    package var task: TaskID
    /// Which attempt.
    package var attempt: Int
    /// That attempt's token.
    package var leaseToken: CauseID
    /// The key that the dispatch had.
    package var routingKey: String
    /// Where it was sent.
    package var datacenterID: String
    /// With which runtime.
    package var runtime: String
    /// Why it is taken back.
    package var reason: String

    /// A cancellation of one attempt.
    package init(
        task: TaskID, attempt: Int, leaseToken: CauseID, routingKey: String, datacenterID: String, runtime: String,
        reason: String
    ) {
        self.task = task
        self.attempt = attempt
        self.leaseToken = leaseToken
        self.routingKey = routingKey
        self.datacenterID = datacenterID
        self.runtime = runtime
        self.reason = reason
    }
}
