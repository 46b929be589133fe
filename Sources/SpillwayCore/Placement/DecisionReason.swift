/// Why a decision is what it is: the closed set of contract/records.md, safe as a metric's label.
package enum DecisionReason: String, Sendable, CaseIterable {
    // The spillover evaluator's answers, in the order in which it asks (design section 5.5).
    case spilloverDisabled = "spillover_disabled"
    case capacityStale = "capacity_stale"
    case primaryHasCapacity = "primary_has_capacity"
    case primaryWaitAcceptable = "primary_wait_acceptable"
    case noSpilloverWithCapacity = "no_spillover_with_capacity"
    case improvementInsufficient = "improvement_insufficient"
    case spilloverImprovesWaitTime = "spillover_improves_wait_time"
    // Everything else.
    case selected
    case initializing
    case noUsableDatacenter = "no_usable_datacenter"
    case noCapacity = "no_capacity"
    case tooManyOpenJobs = "too_many_open_jobs"
    case unknownRuntime = "unknown_runtime"
    case nextDatacenter = "next_datacenter"
    case nextRuntime = "next_runtime"
    case retrySameTarget = "retry_same_target"
    case leaseExpired = "lease_expired"
    case datacenterLost = "datacenter_lost"
    // Of a `fail` only.
    case notRetryable = "not_retryable"
    case exhausted
    case jobBudgetExhausted = "job_budget_exhausted"
    case workflowBudgetExhausted = "workflow_budget_exhausted"
    case deadline
}

/// Why a datacenter is no candidate. In records the first that fits, in this order.
package enum ExclusionReason: Int, Sendable, CaseIterable {
    case stale, lost, draining, unhealthy, tooSmall, noRuntime, noTopic, circuitOpen, alreadyTried

    /// The word in records.
    package var word: String {
        switch self {
        case .stale: "stale"
        case .lost: "lost"
        case .draining: "draining"
        case .unhealthy: "unhealthy"
        case .tooSmall: "too_small"
        case .noRuntime: "no_runtime"
        case .noTopic: "no_topic"
        case .circuitOpen: "circuit_open"
        case .alreadyTried: "already_tried"
        }
    }
}

/// What a decision does.
package enum DecisionAction: String, Sendable, CaseIterable {
    /// Sent where cores are free.
    case dispatch
    /// Sent to wait in the datacenter's own queue.
    case queue
    /// Kept here until there is something to choose.
    case hold
    /// Ended.
    case fail
}

/// What a decision is about.
package enum DecisionKind: String, Sendable {
    case place, retry, fallback, evacuate
}
