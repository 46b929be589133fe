/// Mistakes that tests plant one at a time, to see that they are found. In a release
/// build none can be planted, and what asks for them is compiled away.
package enum PlantedFault: String, Sendable, CaseIterable {
    /// Outcomes aren't fenced by their token.
    case ignoresToken
    /// A late completion counts although a newer attempt has started.
    case takesOvertakenCompletion
    /// A late completion never counts.
    case ignoresLateCompletion
    /// Leases are reaped a second early.
    case reapsEarly
    /// Renewals go beyond the hard limit.
    case renewsForever
    /// A renewed lease is reaped by its first timer.
    case forgetsRenewal
    /// A restored lease has no grace.
    case hasNoGrace
    /// Re-executions cost nothing.
    case retriesForFree
    /// The workflow's limit isn't looked at.
    case ignoresWorkflowLimit
    /// What was used of the budget is forgotten with a restart.
    case forgetsBudget
    /// A failed task is sent again at once.
    case hasNoBackoff
    /// One execution more than there may be.
    case executesOnceMore
    /// A half-open circuit lets everyone through.
    case probesWithoutLimit
    /// An attempt that ends keeps its cores.
    case keepsReservation
    /// A repeated attempt takes no cores.
    case reservesNothing
    /// The site of an attempt that lapsed isn't told.
    case cancelsNothing
    /// What waits is dispatched after best effort has ended the job.
    case retriesAfterTheEnd
    /// A backoff isn't in the changelog.
    case losesBackoff
    /// What is held isn't queued again by a restore.
    case losesHeld
    /// The id of an ended job isn't remembered.
    case forgetsEnded
    /// A task falls back into a datacenter that another slot has.
    case sharesDatacenters
    /// A rejection after the start counts.
    case takesLateRejection
    /// A cancelled job's sites aren't told.
    case leavesCancelledRunning
    /// A job of several slots ends with the first that completes.
    case endsTooEarly
}

extension Engine {
    /// Whether a mistake was planted.
    @inline(__always)
    func has(_ fault: PlantedFault) -> Bool {
        #if DEBUG
            self.fault == fault
        #else
            false
        #endif
    }

    #if !DEBUG
        /// Nothing can be planted here.
        package var fault: PlantedFault? {
            get { nil }
            set {}
        }
    #endif
}
