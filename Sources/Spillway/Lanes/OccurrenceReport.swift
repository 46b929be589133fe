import Metrics
import SpillwayCore

/// Carries what happened to jobs and targets into metrics and log, once the transaction that it happened in is committed.
struct OccurrenceReport {
    let catalogue: Catalogue
    let log: RouterLog

    /// Books and says one occurrence.
    func report(_ occurrence: Occurrence) {
        switch occurrence {
        case .retryTaken(let jobID):
            self.catalogue.retries.add()
            self.catalogue.recentJobs.admit(jobID)
            self.catalogue.retryBudgetConsumed[jobID].add()
        case .retryDenied(let jobID, let workflowID, let denial):
            self.catalogue.retryDenials[denial.scope.rawValue].add()
            self.catalogue.recentJobs.admit(jobID)
            self.catalogue.retryBudgetExhausted[jobID].add()
            self.log.warning(
                "RetryBudgetExhausted", "no retry left for workflow \(workflowID) of job \(jobID)", ("job_id", jobID),
                ("workflow_id", workflowID), ("reason", denial.text))
        case .attemptEnded(let datacenterID, let runtime, let outcome):
            self.catalogue.attemptsEnded[datacenterID, runtime, outcome.rawValue].add()
        case .started(_, let wait, let expected):
            if expected.isFinite { self.catalogue.waitError.observe(abs(wait - expected)) }
        case .bestEffortEnded(let jobID, let reason, let status, let completed, let slots):
            self.catalogue.bestEffortCompletions[reason.rawValue].add()
            self.catalogue.recentJobs.admit(jobID)
            self.catalogue.bestEffortRatio.own(jobID)?.set(Double(completed) / Double(max(1, slots)))
            self.catalogue.recentJobs.finish(jobID)
            self.log.info(
                "BestEffortCompletion", "best-effort job \(jobID) ended: \(status.rawValue)", ("job_id", jobID),
                ("reason", reason.rawValue), ("completed", "\(completed)"), ("slots", "\(slots)"))
        case .lateResult(let jobID, let datacenterID, let isMerged):
            self.catalogue.bestEffortLateResults[isMerged ? "update_result" : "log_only"].add()
            self.log.info(
                "LateDatacenterResult", "datacenter \(datacenterID) reported on job \(jobID) after its end",
                ("job_id", jobID), ("datacenter_id", datacenterID), ("merged", "\(isMerged)"))
        case .circuit(let datacenterID, let runtime, let state):
            self.catalogue.circuitTransitions[datacenterID, runtime, state.rawValue].add()
            self.log.warning(
                "CircuitChanged", "circuit of \(runtime) in \(datacenterID) is \(state.rawValue)",
                ("datacenter_id", datacenterID), ("runtime", runtime), ("state", state.rawValue))
        }
    }
}
