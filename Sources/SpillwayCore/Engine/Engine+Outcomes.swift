/// What sites say of attempts (design section 6, "Lease").
extension Engine {
    mutating func take(
        _ outcome: TaskOutcome, at position: InputPosition, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        let job: OpenJob
        switch self.jobs[outcome.routingKey] {
        case nil: return effects.ignore(.unknownJob)
        case .ended: return effects.ignore(.endedJob)
        case .open(let found): job = found
        }
        guard let name = TaskID(outcome.taskID, jobID: job.jobID),
            let index = job.taskIndex(slot: name.slot, workflowID: name.workflowID)
        else { return effects.ignore(.unknownTask) }
        guard job.record.tasks[index].attempt == outcome.attempt,
            job.token(job.record.tasks[index]).text == outcome.leaseToken || self.has(.ignoresToken)
        else {
            self.takeFromOlder(
                outcome, of: job, index, at: position, now: now, instance: &instance, effects: &effects)
            return
        }
        guard job.record.tasks[index].isLive else {
            self.takeFromEnded(
                outcome, of: job, index, at: position, now: now, instance: &instance, effects: &effects)
            return
        }
        self.takeFromLive(outcome, of: job, index, at: position, now: now, instance: &instance, effects: &effects)
    }

    private mutating func takeFromLive(
        _ outcome: TaskOutcome, of job: OpenJob, _ index: Int, at position: InputPosition, now: UnixSeconds,
        instance: inout Instance, effects: inout Effects
    ) {
        let end: AttemptEnd
        switch outcome.kind {
        case .accepted(let isStarted):
            self.accept(
                outcome, isStarted: isStarted, of: job, index, at: position, instance: &instance, effects: &effects)
            return
        case .heartbeat:
            if self.renew(job, index, at: position.timestamp) {
                job.record.tasks[index].causeOffset = position.offset
                self.write(job, index, effects: &effects)
            }
            return
        case .rejected(.duplicate):
            return effects.ignore(.repeated)
        case .rejected(let reason):
            if job.record.tasks[index].isStarted, !self.has(.takesLateRejection) { return effects.ignore(.conflict) }
            end = .rejected(reason)
        case .failed(let error):
            end = .failed(error)
        case .completed(let result):
            job.record.tasks[index].causeOffset = position.offset
            self.complete(
                job, index, at: job.target(of: job.record.tasks[index]), attempt: outcome.attempt, result: result,
                stamp: position.timestamp, now: now, instance: &instance, effects: &effects)
            return
        }
        job.record.tasks[index].causeOffset = position.offset
        self.endAttempt(
            job, index, end, at: position.timestamp, now: now, instance: &instance, effects: &effects)
        self.goOn(job, index, after: end, now: now, instance: &instance, effects: &effects)
    }

    private mutating func accept(
        _ outcome: TaskOutcome, isStarted: Bool, of job: OpenJob, _ index: Int, at position: InputPosition,
        instance: inout Instance, effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        if case .accepted(_, _, let wasStarted) = task.phase, wasStarted || !isStarted {
            return effects.ignore(.repeated)
        }
        job.record.tasks[index].phase = .accepted(
            managerID: outcome.managerID, at: position.timestamp, isStarted: isStarted)
        job.record.tasks[index].causeOffset = position.offset
        if let reservation = job.reservations[index] {
            instance.fleet.accept(reservation, managerID: outcome.managerID, at: position.timestamp)
        }
        let wait = max(0, position.timestamp - task.dispatchedAt)
        // The first word is as far away as the site, unless it waited there first.
        if task.phase == .dispatched, !(isStarted && task.isQueued) {
            instance.fleet.learnRoundTrip(task.datacenterID, milliseconds: wait * 1000)
        }
        if isStarted {
            effects.occurrences.append(
                .started(
                    datacenterID: task.datacenterID, waitSeconds: wait, expectedSeconds: task.expectedWaitSeconds))
            // Now that it has started, no older attempt counts.
            if !self.has(.takesOvertakenCompletion) { job.record.tasks[index].lapsed.removeAll() }
            _ = self.renew(job, index, at: position.timestamp)
        }
        self.write(job, index, effects: &effects)
    }

    /// The lease runs from the outcome's stamp on, never less than it did and never beyond the hard limit. Its timer
    /// looks again when it fires. Answers whether it has grown.
    private func renew(_ job: OpenJob, _ index: Int, at time: UnixSeconds) -> Bool {
        let task = job.record.tasks[index]
        guard let workflow = job.workflow(task.workflowID) else { return false }
        let leaseSeconds = self.settings.leaseSeconds(of: workflow)
        let firstDeadline = task.dispatchedAt + task.expectedWaitSeconds + leaseSeconds
        let hardLimit =
            self.has(.renewsForever)
            ? .infinity : max(firstDeadline, task.dispatchedAt + self.settings.leaseHardLimitSeconds)
        let leaseUntil = max(task.leaseUntil, min(hardLimit, time + leaseSeconds))
        guard leaseUntil > task.leaseUntil else { return false }
        job.record.tasks[index].leaseUntil = leaseUntil
        return true
    }

    /// An outcome of the newest attempt, which has ended: only the completion of one that lapsed counts.
    private mutating func takeFromEnded(
        _ outcome: TaskOutcome, of job: OpenJob, _ index: Int, at position: InputPosition, now: UnixSeconds,
        instance: inout Instance, effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        let ended = task.chain.last { $0.attempt == task.attempt }?.outcome
        let hasLapsed = ended == .leaseExpired || ended == .datacenterLost
        switch outcome.kind {
        case .completed(let result) where hasLapsed:
            guard self.isOpenToCompletion(job, task), !self.has(.ignoresLateCompletion) else {
                return effects.ignore(.expired)
            }
            job.record.tasks[index].causeOffset = position.offset
            self.complete(
                job, index, at: job.target(of: task), attempt: outcome.attempt, result: result,
                stamp: position.timestamp, now: now, instance: &instance, effects: &effects)
        case _ where hasLapsed: effects.ignore(.expired)
        case .completed(let result):
            effects.ignore(ended == .completed && result == task.result ? .repeated : .conflict)
        case .failed: effects.ignore(ended == .failed ? .repeated : .conflict)
        case .rejected(.duplicate): effects.ignore(.repeated)
        case .rejected: effects.ignore(ended == .rejected ? .repeated : .conflict)
        case .accepted, .heartbeat: effects.ignore(.repeated)
        }
    }

    /// An outcome of an attempt that isn't the newest: the completion of one that lapsed counts while none after it has
    /// started, and the newest is then taken back.
    private mutating func takeFromOlder(
        _ outcome: TaskOutcome, of job: OpenJob, _ index: Int, at position: InputPosition, now: UnixSeconds,
        instance: inout Instance, effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        if case .completed(let result) = outcome.kind, self.isOpenToCompletion(job, task),
            !task.isStarted || self.has(.takesOvertakenCompletion), !self.has(.ignoresLateCompletion),
            let lapsed = task.lapsed.first(where: {
                $0.attempt == outcome.attempt && job.token($0).text == outcome.leaseToken
            })
        {
            job.record.tasks[index].causeOffset = position.offset
            if task.isLive {
                self.takeBack(
                    job, index, reason: "superseded", now: now, instance: &instance, effects: &effects)
            }
            self.complete(
                job, index,
                at: PlacementRequest.Target(datacenterID: lapsed.datacenterID, runtime: lapsed.runtime),
                attempt: lapsed.attempt, result: result, stamp: position.timestamp, now: now, instance: &instance,
                effects: &effects)
            return
        }
        switch outcome.kind {
        case .completed, .failed:
            // Of a datacenter that is no target any more: logged, not counted (design section 6, "Best effort").
            if job.record.submission.bestEffort, let datacenterID = outcome.datacenterID,
                !job.record.tasks.contains(where: { $0.datacenterID == datacenterID })
            {
                effects.occurrences.append(
                    .lateResult(jobID: job.jobID, datacenterID: datacenterID, isMerged: false))
            }
        case .accepted, .rejected, .heartbeat: break
        }
        effects.ignore(.otherAttempt)
    }

    /// Whether an attempt that lapsed may still complete the task. After the job's end only the task's own standing
    /// counts: a late result.
    private func isOpenToCompletion(_ job: OpenJob, _ task: TaskRecord) -> Bool {
        !task.isTerminal || (job.isConcluded && task.standing == .dropped)
    }

    /// A task is done, by its newest attempt or by one that had lapsed.
    private mutating func complete(
        _ job: OpenJob, _ index: Int, at target: PlacementRequest.Target, attempt: Int, result: [UInt8]?,
        stamp: UnixSeconds, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        if task.isLive {
            if let reservation = job.reservations[index] { instance.fleet.release(reservation) }
            job.reservations[index] = nil
            if attempt == task.attempt {
                instance.attemptSucceeded(target, token: job.token(task), effects: &effects)
            }
        }
        if case .held = task.standing { instance.heldTasks -= 1 }
        self.countSuccess(job, index, at: target, now: now, instance: &instance)
        job.record.tasks[index].phase = .over
        job.record.tasks[index].standing = .completed
        job.record.tasks[index].datacenterID = target.datacenterID
        job.record.tasks[index].runtime = target.runtime
        job.record.tasks[index].result = result
        job.record.tasks[index].lapsed.removeAll()
        self.chain(
            job, index,
            ChainEntry(
                attempt: attempt, datacenterID: target.datacenterID, runtime: target.runtime, outcome: .completed,
                at: stamp))
        effects.occurrences.append(
            .attemptEnded(datacenterID: target.datacenterID, runtime: target.runtime, outcome: .completed))
        self.settle(job, index, now: now, instance: &instance, effects: &effects)
    }
}
