/// Ends of jobs that never ran: refused, cancelled, or past their deadline.
extension Engine {
    /// Ends a job of which nothing runs, with a failed result. The decision has been written.
    mutating func fail(
        _ job: OpenJob, reason: DecisionReason, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        let submission = job.record.submission
        var text = reason.rawValue
        var chain: [ChainEntry] = []
        if reason == .unknownRuntime {
            let names = submission.runtimes ?? []
            text += " (\(names.first ?? ""))"
            for name in names {
                chain.append(
                    ChainEntry(
                        attempt: nil, datacenterID: nil, runtime: name, outcome: .skipped,
                        error: "unknown_runtime (\(name))", at: now))
            }
        }
        effects.results.append(
            Self.result(of: job, status: .failed, reason: text, open: .failed, chain: chain, at: now))
        self.end(job, at: now, instance: &instance, effects: &effects)
    }

    /// Ends a held job because somebody asked for it.
    mutating func cancel(
        _ jobID: String, reason: String?, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        switch self.jobs[jobID] {
        case nil: effects.ignore(.unknownJob)
        case .ended: effects.ignore(.endedJob)
        // What is dispatched as a whole has left this router's hands until outcomes are followed.
        case .open(let job) where job.record.held.isEmpty: effects.ignore(.endedJob)
        case .open(let job):
            effects.results.append(
                Self.result(of: job, status: .cancelled, reason: "cancelled", open: .cancelled, at: now))
            self.takeBack(job, reason: reason ?? "cancelled", effects: &effects)
            self.end(job, at: now, instance: &instance, effects: &effects)
        }
    }

    /// Ends a held job whose deadline has passed.
    mutating func expire(_ job: OpenJob, now: UnixSeconds, instance: inout Instance, effects: inout Effects) {
        guard job.isOpen, let slot = job.record.held.first?.slot else { return }
        let viewVersion = instance.fleet.version
        effects.addDecision { decision in
            decision.placement = Placement()
            decision.placement.viewVersion = viewVersion
            Self.describe(&decision, job: job, slot: slot, now: now)
            decision.action = .fail
            decision.reason = .deadline
        }
        effects.results.append(
            Self.result(
                of: job, status: .failed, reason: DecisionReason.deadline.rawValue, open: .pending, at: now))
        self.takeBack(job, reason: DecisionReason.deadline.rawValue, effects: &effects)
        self.end(job, at: now, instance: &instance, effects: &effects)
    }

    /// Tells the sites of the job's live attempts not to go on.
    private func takeBack(_ job: OpenJob, reason: String, effects: inout Effects) {
        for task in job.record.tasks where task.phase != .over {
            effects.cancellations.append(
                TaskCancellation(
                    task: TaskID(jobID: job.jobID, slot: task.slot, workflowID: task.workflowID),
                    attempt: task.attempt, leaseToken: job.name(task.tokenOrdinal), routingKey: job.jobID,
                    datacenterID: task.datacenterID, runtime: task.runtime, reason: reason))
        }
    }

    /// A job's result, every task of it standing the same way.
    private static func result(
        of job: OpenJob, status: JobResult.Status, reason: String, open: TaskResult.Status,
        chain: [ChainEntry] = [], at time: UnixSeconds
    ) -> JobResult {
        let submission = job.record.submission
        var tasks: [TaskResult] = []
        var attempts = 0
        var datacenters: [(datacenterID: String, status: TaskResult.Status)] = []
        for slot in 0..<submission.datacenterCount {
            for workflow in submission.workflows {
                var task = TaskResult(
                    task: TaskID(jobID: job.jobID, slot: slot, workflowID: workflow.workflowID), status: open)
                task.chain = chain
                if let index = job.taskIndex(slot: slot, workflowID: workflow.workflowID) {
                    let record = job.record.tasks[index]
                    task.datacenterID = record.datacenterID
                    task.runtime = record.runtime
                    task.attempts = record.attempt
                    attempts += record.attempt
                    if open == .cancelled {
                        task.chain.append(
                            ChainEntry(
                                attempt: record.attempt, datacenterID: record.datacenterID, runtime: record.runtime,
                                outcome: .cancelled, at: time))
                    }
                    if !datacenters.contains(where: { $0.datacenterID == record.datacenterID }) {
                        datacenters.append((record.datacenterID, open))
                    }
                }
                tasks.append(task)
            }
        }
        var result = JobResult(
            jobID: job.jobID, status: status, reason: reason, submittedAt: job.record.input.timestamp,
            finishedAt: time, tasks: tasks)
        result.totalAttempts = attempts
        result.datacenters = datacenters
        return result
    }
}
