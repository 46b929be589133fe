/// Ends of jobs.
extension Engine {
    /// Answers a job that is never taken up.
    mutating func fail(
        _ job: OpenJob, _ reason: DecisionReason, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        self.decideEnd(job, reason, now: now, instance, effects: &effects)
        self.failPlaced(job, reason, now: now, instance: &instance, effects: &effects)
    }

    /// Ends a job of which nothing runs, with a failed result. The decision has been written.
    mutating func failPlaced(
        _ job: OpenJob, _ reason: DecisionReason, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        let submission = job.record.submission
        var text = reason.rawValue
        var chain: [ChainEntry] = []
        if reason == .unknownRuntime {
            let names = self.runtimeOrder(of: job, instance)
            text += " (\(names.first ?? ""))"
            for name in names {
                chain.append(
                    ChainEntry(
                        attempt: nil, datacenterID: nil, runtime: name, outcome: .skipped,
                        error: "\(reason.rawValue) (\(name))", at: now))
            }
        }
        var result = self.result(of: job, status: .failed, reason: text, open: .failed, at: now)
        for index in result.tasks.indices { result.tasks[index].chain = chain }
        effects.results.append(result)
        self.countBestEffort(submission, reason: .allReported, status: .failed, completed: 0, effects: &effects)
        self.end(job, at: now, instance: &instance, effects: &effects)
    }

    /// Ends a job because somebody asked for it.
    mutating func cancel(
        _ jobID: String, reason: String?, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        switch self.jobs[jobID] {
        case nil: effects.ignore(.unknownJob)
        case .ended: effects.ignore(.endedJob)
        case .open(let job) where job.isConcluded: effects.ignore(.endedJob)
        case .open(let job):
            if !self.has(.leavesCancelledRunning) {
                self.takeBackAll(
                    job, reason: reason ?? "cancelled", now: now, instance: &instance, effects: &effects)
            }
            for (index, task) in job.record.tasks.enumerated() where !task.isTerminal {
                if case .held = task.standing { instance.heldTasks -= 1 }
                job.record.tasks[index].standing = .cancelled
            }
            effects.results.append(
                self.result(of: job, status: .cancelled, reason: "cancelled", open: .cancelled, at: now))
            self.end(job, at: now, instance: &instance, effects: &effects)
        }
    }

    /// Ends a job whose deadline has passed.
    mutating func expire(_ job: OpenJob, now: UnixSeconds, instance: inout Instance, effects: inout Effects) {
        self.decideEnd(job, .deadline, now: now, instance, effects: &effects)
        let reason = DecisionReason.deadline.rawValue
        self.takeBackAll(job, reason: reason, now: now, instance: &instance, effects: &effects)
        effects.results.append(self.result(of: job, status: .failed, reason: reason, open: .pending, at: now))
        self.countBestEffort(
            job.record.submission, reason: .deadline, status: .failed, completed: self.slots(of: job).completed,
            effects: &effects)
        self.end(job, at: now, instance: &instance, effects: &effects)
    }

    /// The decision of a job that ends as a whole: it is about slot 0.
    private func decideEnd(
        _ job: OpenJob, _ reason: DecisionReason, now: UnixSeconds, _ instance: borrowing Instance,
        effects: inout Effects
    ) {
        let viewVersion = instance.fleet.version
        effects.addDecision { decision in
            decision.placement = Placement()
            decision.placement.viewVersion = viewVersion
            Self.describe(&decision, job: job, slot: 0, now: now)
            decision.action = .fail
            decision.reason = reason
        }
    }

    /// Tells the sites of the job's live attempts not to go on.
    private mutating func takeBackAll(
        _ job: OpenJob, reason: String, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        for index in job.record.tasks.indices where job.record.tasks[index].isLive {
            self.takeBack(job, index, reason: reason, now: now, instance: &instance, effects: &effects)
        }
    }

    /// Ends a live attempt that its site has not ended. Where the task stands is the caller's.
    mutating func takeBack(
        _ job: OpenJob, _ index: Int, reason: String, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        if let reservation = job.reservations[index] { instance.fleet.release(reservation) }
        job.reservations[index] = nil
        instance.attemptPassed(job.target(of: task), token: job.token(task))
        job.record.tasks[index].phase = .over
        self.chain(
            job, index,
            ChainEntry(
                attempt: task.attempt, datacenterID: task.datacenterID, runtime: task.runtime, outcome: .cancelled,
                at: now))
        effects.occurrences.append(
            .attemptEnded(datacenterID: task.datacenterID, runtime: task.runtime, outcome: .cancelled))
        self.writeCancellation(job, task, reason: reason, effects: &effects)
    }

    func writeCancellation(_ job: OpenJob, _ task: TaskRecord, reason: String, effects: inout Effects) {
        effects.cancellations.append(
            TaskCancellation(
                task: job.taskID(task), attempt: task.attempt, leaseToken: job.token(task), routingKey: job.jobID,
                datacenterID: task.datacenterID, runtime: task.runtime, reason: reason))
    }

    // MARK: - Ends that follow from tasks

    /// A task has come to its end, or, after the job's, an attempt has. Writes what has changed.
    mutating func settle(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        guard job.isConcluded else {
            if !self.endIfDecided(job, now: now, instance: &instance, effects: &effects) {
                self.write(job, index, effects: &effects)
            }
            return
        }
        if self.reportLate(job, index, effects: &effects), job.hasLiveTasks {
            effects.state.append(.put(.job(job.recordToWrite)))
        }
        if job.hasLiveTasks {
            self.write(job, index, effects: &effects)
        } else {
            self.end(job, at: now, instance: &instance, effects: &effects)
        }
    }

    /// A datacenter has reported on a job that had ended: logged, or merged into a new revision of the result. Answers
    /// whether that was written.
    private func reportLate(_ job: OpenJob, _ index: Int, effects: inout Effects) -> Bool {
        let task = job.record.tasks[index]
        switch task.standing {
        case .completed, .failed: break
        case .running, .waiting, .held, .cancelled, .dropped: return false
        }
        let isMerged = self.settings.bestEffort.lateResultPolicy == .updateResult
        effects.occurrences.append(
            .lateResult(jobID: job.jobID, datacenterID: task.datacenterID, isMerged: isMerged))
        guard isMerged, var conclusion = job.record.conclusion else { return false }
        conclusion.revision += 1
        job.record.conclusion = conclusion
        var result = self.result(
            of: job, status: conclusion.status, reason: conclusion.reason, open: .pending, at: conclusion.at)
        result.revision = conclusion.revision
        effects.results.append(result)
        return true
    }

    /// Ends a job if enough is known of its slots. Answers whether it has.
    @discardableResult
    mutating func endIfDecided(
        _ job: OpenJob, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) -> Bool {
        let submission = job.record.submission
        var slots = self.slots(of: job)
        if self.has(.endsTooEarly), slots.completed > 0 { slots.failed = submission.datacenterCount - slots.completed }
        let rule = self.bestEffort(of: job)
        guard
            let verdict = rule.check(
                completed: slots.completed, failed: slots.failed, targets: submission.datacenterCount, now: now)
        else { return false }
        let (status, reason) = self.outcome(of: job, verdict, completed: slots.completed)
        self.countBestEffort(
            submission, reason: verdict.reason, status: status, completed: slots.completed, effects: &effects)
        self.stopHolding(job, instance: &instance)
        effects.results.append(self.result(of: job, status: status, reason: reason, open: .pending, at: now))
        if job.hasLiveTasks {
            job.record.conclusion = JobRecord.Conclusion(status: status, reason: reason, at: now)
            // The task that decided it may have changed without having a record of its own.
            effects.state.append(.put(.job(job.recordToWrite)))
            for index in job.record.tasks.indices where job.isWritten(index) {
                self.write(job, index, effects: &effects)
            }
        } else {
            self.end(job, at: now, instance: &instance, effects: &effects)
        }
        return true
    }

    private func outcome(
        of job: OpenJob, _ verdict: BestEffort.Verdict, completed: Int
    ) -> (status: JobResult.Status, reason: String) {
        if completed == job.record.submission.datacenterCount { return (.succeeded, "all_completed") }
        switch verdict.reason {
        case .allReported where verdict.isSuccess: return (.partial, "all_reported")
        case .minDCs: return (.partial, "min_dcs")
        case .deadline: return (.failed, "best_effort_deadline")
        case .allReported: break
        }
        for task in job.record.tasks {
            if case .failed(let reason) = task.standing { return (.failed, reason) }
        }
        return (.failed, DecisionReason.exhausted.rawValue)
    }

    private func countBestEffort(
        _ submission: JobSubmission, reason: BestEffort.Reason, status: JobResult.Status, completed: Int,
        effects: inout Effects
    ) {
        guard submission.bestEffort else { return }
        effects.occurrences.append(
            .bestEffortEnded(
                jobID: submission.jobID, reason: reason, status: status, completedSlots: completed,
                slots: submission.datacenterCount))
    }

    func bestEffort(of job: OpenJob) -> BestEffort {
        BestEffort(
            job.record.submission, submittedAt: job.record.input.timestamp, settings: self.settings.bestEffort)
    }

    /// How many slots have completed and how many have failed: one has when all its tasks have ended. One that is held
    /// hasn't reported.
    private func slots(of job: OpenJob) -> (completed: Int, failed: Int) {
        var completed = 0
        var failed = 0
        var start = 0
        let tasks = job.record.tasks
        while start < tasks.count {
            var end = start
            var isOver = true
            var hasFailed = false
            while end < tasks.count, tasks[end].slot == tasks[start].slot {
                if !tasks[end].isTerminal { isOver = false }
                if tasks[end].standing != .completed { hasFailed = true }
                end += 1
            }
            if isOver { if hasFailed { failed += 1 } else { completed += 1 } }
            start = end
        }
        return (completed, failed)
    }
}
