/// When a job ends of whose slots some are enough (seeds/004, design section 6).
package struct BestEffort: Equatable, Sendable {
    /// Whether some are enough.
    package var isEnabled: Bool
    /// How many are enough.
    package var minDCs: Int
    /// When to wait no longer.
    package var deadline: UnixSeconds

    /// What a job asks for, with the settings for what it doesn't say.
    package init(_ submission: JobSubmission, submittedAt: UnixSeconds, settings: BestEffortSettings) {
        self.isEnabled = submission.bestEffort
        let asked = submission.bestEffortMinDCs > 0 ? submission.bestEffortMinDCs : settings.defaultMinDCs
        self.minDCs =
            submission.bestEffort ? min(max(1, asked), submission.datacenterCount) : submission.datacenterCount
        let seconds =
            submission.bestEffortDeadlineSeconds > 0
            ? submission.bestEffortDeadlineSeconds : settings.defaultDeadlineSeconds
        self.deadline = submittedAt + seconds
    }

    /// A rule as it is.
    package init(isEnabled: Bool, minDCs: Int, deadline: UnixSeconds) {
        self.isEnabled = isEnabled
        self.minDCs = minDCs
        self.deadline = deadline
    }

    /// Why a job ends. Safe as a metric's label.
    package enum Reason: String, Sendable, CaseIterable {
        case allReported = "all_reported"
        case minDCs = "min_dcs"
        case deadline
    }

    /// That a job ends.
    package struct Verdict: Equatable, Sendable {
        /// Why.
        package var reason: Reason
        /// Whether enough slots are completed.
        package var isSuccess: Bool
    }

    /// Asked on every result and at the deadline. `nil`: the job goes on.
    package func check(completed: Int, failed: Int, targets: Int, now: UnixSeconds) -> Verdict? {
        let isSuccess = completed >= max(1, self.minDCs)
        if completed + failed == targets { return Verdict(reason: .allReported, isSuccess: isSuccess) }
        guard self.isEnabled else { return nil }
        if completed >= self.minDCs { return Verdict(reason: .minDCs, isSuccess: isSuccess) }
        if now >= self.deadline { return Verdict(reason: .deadline, isSuccess: isSuccess) }
        return nil
    }
}

/// What holds where a job doesn't say (contract/spillway.yaml, `best_effort`).
package struct BestEffortSettings: Equatable, Sendable {
    /// `BEST_EFFORT_DEFAULT_MIN_DCS`
    package var defaultMinDCs = 1
    /// `BEST_EFFORT_DEFAULT_DEADLINE_SECONDS`
    package var defaultDeadlineSeconds: Seconds = 300
    /// `BEST_EFFORT_LATE_RESULT_POLICY`
    package var lateResultPolicy = LateResultPolicy.logOnly

    /// What becomes of a result that comes after the job's end.
    package enum LateResultPolicy: String, Sendable, CaseIterable {
        case logOnly = "log_only"
        case updateResult = "update_result"
    }

    /// The defaults of the contract.
    package init() {}
}
