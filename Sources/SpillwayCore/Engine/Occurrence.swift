/// Something that happened to a job or a target, for metrics and logs. Nothing is decided from it.
package enum Occurrence: Equatable, Sendable {
    /// The job's budget has paid for a re-execution (`retry_budget_consumed_total`).
    case retryTaken(jobID: String)
    /// It couldn't any more (`RetryBudgetExhausted`).
    case retryDenied(jobID: String, workflowID: String, RetryDenial)
    /// An attempt has ended.
    case attemptEnded(datacenterID: String, runtime: String, outcome: ChainEntry.Outcome)
    /// An attempt has started, so long after its dispatch, where such a wait was predicted.
    case started(datacenterID: String, waitSeconds: Seconds, expectedSeconds: Seconds)
    /// A best-effort job has ended (`BestEffortCompletion`).
    case bestEffortEnded(
        jobID: String, reason: BestEffort.Reason, status: JobResult.Status, completedSlots: Int, slots: Int)
    /// A datacenter has reported on a job that had ended, or where no slot of the job is any more
    /// (`LateDatacenterResult`). Merged: a new revision of the result says so.
    case lateResult(jobID: String, datacenterID: String, isMerged: Bool)
    /// A circuit has opened, or closed again.
    case circuit(datacenterID: String, runtime: String, state: CircuitState)
}
