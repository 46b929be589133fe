/// What follows when an attempt has ended without completing its task: the table of design section 6, "Fallback chain".
extension Engine {
    /// How an attempt ended without completing its task.
    enum AttemptEnd: Equatable {
        case failed(TaskError)
        case rejected(RejectionReason)
        case leaseExpired
        case datacenterLost

        var outcome: ChainEntry.Outcome {
            switch self {
            case .failed: .failed
            case .rejected: .rejected
            case .leaseExpired: .leaseExpired
            case .datacenterLost: .datacenterLost
            }
        }

        /// Whether what comes next is a re-execution: then the budget pays.
        var costsBudget: Bool {
            if case .rejected = self { false } else { true }
        }

        fileprivate var error: String? {
            switch self {
            case .failed(let error):
                error.message.isEmpty ? (error.errorClass.isEmpty ? nil : error.errorClass) : error.message
            case .rejected(.unknownRuntime): "unknown_runtime"
            case .rejected: "no_capacity"
            case .leaseExpired, .datacenterLost: nil
            }
        }
    }

    mutating func expireLease(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        self.endAttempt(job, index, .leaseExpired, at: now, now: now, instance: &instance, effects: &effects)
        self.goOn(job, index, after: .leaseExpired, now: now, instance: &instance, effects: &effects)
    }

    /// The newest attempt is over: its lease, its reservation, and what its target is thought of.
    mutating func endAttempt(
        _ job: OpenJob, _ index: Int, _ end: AttemptEnd, at time: UnixSeconds, now: UnixSeconds,
        instance: inout Instance, effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        let target = job.target(of: task)
        let token = job.token(task)
        if let reservation = job.reservations[index], !self.has(.keepsReservation) {
            instance.fleet.release(reservation)
        }
        job.reservations[index] = nil
        job.record.tasks[index].phase = .over
        let place = self.place(of: target, in: job, index)
        switch end {
        case .failed(let error):
            job.record.tasks[index].targets[place].executions += 1
            job.record.tasks[index].targets[place].refusals = 0
            job.record.tasks[index].lapsed.removeAll()
            if error.isRetryable {
                instance.attemptFailed(target, token: token, now: now, self.settings.circuit, effects: &effects)
            } else {
                instance.attemptPassed(target, token: token)
            }
        case .rejected(let reason):
            if reason == .unknownRuntime {
                job.record.tasks[index].targets[place].isUnknown = true
            } else {
                job.record.tasks[index].targets[place].refusals += 1
                job.record.tasks[index].targets[place].refusedAt = time
            }
            instance.attemptPassed(target, token: token)
        case .leaseExpired, .datacenterLost:
            job.record.tasks[index].targets[place].executions += 1
            job.record.tasks[index].targets[place].refusals = 0
            if task.isStarted { job.record.tasks[index].lapsed.removeAll() }
            job.record.tasks[index].lapsed.append(
                LapsedAttempt(
                    attempt: task.attempt, tokenOffset: task.tokenOffset, tokenOrdinal: task.tokenOrdinal,
                    datacenterID: task.datacenterID, runtime: task.runtime))
            if end == .leaseExpired {
                instance.attemptFailed(target, token: token, now: now, self.settings.circuit, effects: &effects)
            } else {
                instance.attemptPassed(target, token: token)
            }
            if !self.has(.cancelsNothing) {
                self.writeCancellation(job, task, reason: end.outcome.rawValue, effects: &effects)
            }
        }
        self.chain(
            job, index,
            ChainEntry(
                attempt: task.attempt, datacenterID: task.datacenterID, runtime: task.runtime, outcome: end.outcome,
                error: end.error, at: time))
        effects.occurrences.append(
            .attemptEnded(datacenterID: task.datacenterID, runtime: task.runtime, outcome: end.outcome))
    }

    /// Decides what follows: a terminal end, a wait, a hold, or the next attempt.
    mutating func goOn(
        _ job: OpenJob, _ index: Int, after end: AttemptEnd, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        if job.isConcluded {
            if case .failed = end {
                job.record.tasks[index].standing = .failed(reason: DecisionReason.notRetryable.rawValue)
            } else {
                job.record.tasks[index].standing = .dropped
            }
            self.settle(job, index, now: now, instance: &instance, effects: &effects)
            return
        }
        if case .failed(let error) = end, !error.isRetryable {
            self.giveUp(job, index, .notRetryable, now: now, instance: &instance, effects: &effects)
            return
        }
        guard self.hasTargetsLeft(job, index, instance) else {
            self.giveUp(job, index, .exhausted, now: now, instance: &instance, effects: &effects)
            return
        }
        if end.costsBudget, !self.pay(job, index, now: now, instance: &instance, effects: &effects) { return }
        let target = job.target(of: job.record.tasks[index])
        if case .failed = end, !instance.circuits.isOpen(target) {
            let executions = job.record.tasks[index].targets[self.place(of: target, in: job, index)].executions
            if executions < self.maxAttempts {
                let until = self.backoffEnd(of: job, index, executions: executions, now: now)
                self.wait(job, index, until: until, instance: &instance, effects: &effects)
                return
            }
        }
        _ = self.move(job, index, isAfterBackoff: false, now: now, instance: &instance, effects: &effects)
    }

    /// Takes a re-execution out of the budget. Where there is none left, the task is given up.
    mutating func pay(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) -> Bool {
        let submission = job.record.submission
        let workflowID = job.record.tasks[index].workflowID
        let budget = RetryBudget(
            requested: submission.retryBudget, perWorkflow: submission.retryBudgetPerWorkflow,
            settings: self.settings.retryBudget)
        let ofWorkflow = self.has(.ignoresWorkflowLimit) ? 0 : job.retries(of: workflowID)
        if let denial = budget.denial(used: job.retries(), usedByWorkflow: ofWorkflow) {
            effects.occurrences.append(.retryDenied(jobID: job.jobID, workflowID: workflowID, denial))
            self.giveUp(
                job, index, denial.decisionReason, text: denial.text, now: now, instance: &instance,
                effects: &effects)
            return false
        }
        if !self.has(.retriesForFree) { job.record.tasks[index].retries += 1 }
        effects.occurrences.append(.retryTaken(jobID: job.jobID))
        return true
    }

    /// When a backoff is over that begins now, after so many executions on a target.
    func backoffEnd(of job: OpenJob, _ index: Int, executions: Int, now: UnixSeconds) -> UnixSeconds {
        if self.has(.hasNoBackoff) { return now }
        let task = job.record.tasks[index]
        return now
            + self.settings.backoffSeconds(afterTries: executions, task: job.taskID(task), attempt: task.attempt)
    }

    /// Has the task tried again at that time.
    mutating func wait(
        _ job: OpenJob, _ index: Int, until: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        if case .held = job.record.tasks[index].standing { instance.heldTasks -= 1 }
        job.record.tasks[index].standing = .waiting(until: until)
        self.setTimer(job, .backoff(task: index, attempt: job.record.tasks[index].attempt), at: until)
        if self.has(.losesBackoff) { return }
        self.write(job, index, effects: &effects)
    }

    /// A task will not be tried again: a decision says why.
    mutating func giveUp(
        _ job: OpenJob, _ index: Int, _ reason: DecisionReason, text: String? = nil, now: UnixSeconds,
        instance: inout Instance, effects: inout Effects
    ) {
        let viewVersion = instance.fleet.version
        let kind = Self.kind(after: job.lastEnd(of: job.record.tasks[index]), isSameTarget: true)
        effects.addDecision { decision in
            decision.placement = Placement()
            decision.placement.viewVersion = viewVersion
            self.describe(&decision, job: job, index, now: now)
            decision.kind = kind
            decision.action = .fail
            decision.reason = reason
        }
        if case .held = job.record.tasks[index].standing { instance.heldTasks -= 1 }
        job.record.tasks[index].standing = .failed(reason: text ?? reason.rawValue)
        self.countFailure(job, index, at: job.target(of: job.record.tasks[index]), now: now, instance: &instance)
        self.settle(job, index, now: now, instance: &instance, effects: &effects)
    }

    /// Fills in what a decision on one task says beside its placement.
    func describe(_ decision: inout Decision, job: OpenJob, _ index: Int, now: UnixSeconds) {
        let task = job.record.tasks[index]
        decision.id = job.nextName(causeOffset: task.causeOffset)
        decision.at = now
        decision.jobID = job.jobID
        decision.slot = task.slot
        decision.requiredCores = job.workflow(task.workflowID)?.cores ?? 0
        decision.workflowIDs.removeAll(keepingCapacity: true)
        decision.workflowIDs.append(task.workflowID)
    }

    static func kind(after end: ChainEntry.Outcome?, isSameTarget: Bool) -> DecisionKind {
        switch end {
        case .datacenterLost: .evacuate
        case .rejected: .fallback
        default: isSameTarget ? .retry : .fallback
        }
    }

    /// The place of what the task has tried there, made if there is none.
    func place(of target: PlacementRequest.Target, in job: OpenJob, _ index: Int) -> Int {
        if let place = job.record.tasks[index].targets.firstIndex(where: { $0.isTarget(target) }) { return place }
        job.record.tasks[index].targets.append(
            TargetRecord(datacenterID: target.datacenterID, runtime: target.runtime))
        return job.record.tasks[index].targets.count - 1
    }

    // MARK: - Statistics: one outcome for each target and task, when the task leaves it

    func countFailure(
        _ job: OpenJob, _ index: Int, at target: PlacementRequest.Target, now: UnixSeconds,
        instance: inout Instance
    ) {
        guard let place = job.record.tasks[index].targets.firstIndex(where: { $0.isTarget(target) }),
            job.record.tasks[index].targets[place].executions > 0,
            !job.record.tasks[index].targets[place].isCounted
        else { return }
        job.record.tasks[index].targets[place].isCounted = true
        instance.statistics.add(
            target, isSuccess: false, now: now, halfLife: self.settings.adaptiveHalfLifeSeconds)
    }

    func countSuccess(
        _ job: OpenJob, _ index: Int, at target: PlacementRequest.Target, now: UnixSeconds,
        instance: inout Instance
    ) {
        let newest = job.target(of: job.record.tasks[index])
        if newest != target { self.countFailure(job, index, at: newest, now: now, instance: &instance) }
        if let place = job.record.tasks[index].targets.firstIndex(where: { $0.isTarget(target) }) {
            guard !job.record.tasks[index].targets[place].isCounted else { return }
            job.record.tasks[index].targets[place].isCounted = true
        }
        instance.statistics.add(target, isSuccess: true, now: now, halfLife: self.settings.adaptiveHalfLifeSeconds)
    }
}

extension OpenJob {
    /// How the task's newest ended attempt ended.
    func lastEnd(of task: TaskRecord) -> ChainEntry.Outcome? {
        task.chain.last { $0.outcome != .skipped && $0.outcome != .cancelled }?.outcome
    }
}
