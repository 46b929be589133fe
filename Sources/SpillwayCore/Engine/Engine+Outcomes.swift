/// What sites say of attempts. In this version it ends reservations and leases; what follows from it for the job comes
/// with the job's whole life (design section 6).
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
            let index = job.taskIndex(slot: name.slot, workflowID: name.workflowID),
            let workflow = job.workflow(name.workflowID)
        else { return effects.ignore(.unknownTask) }
        let task = job.record.tasks[index]
        guard task.attempt == outcome.attempt, job.name(task.tokenOrdinal).text == outcome.leaseToken else {
            return effects.ignore(.otherAttempt)
        }
        guard task.phase != .over else { return effects.ignore(.repeated) }

        switch outcome.kind {
        case .accepted(let isStarted):
            if case .accepted(_, _, let wasStarted) = task.phase, wasStarted || !isStarted {
                return effects.ignore(.repeated)
            }
            job.record.tasks[index].phase = .accepted(
                managerID: outcome.managerID, at: position.timestamp, isStarted: isStarted)
            if let reservation = job.reservations[index] {
                instance.fleet.accept(reservation, managerID: outcome.managerID, at: position.timestamp)
            }
            if isStarted, !task.isQueued {
                instance.fleet.learnRoundTrip(
                    task.datacenterID, milliseconds: max(0, position.timestamp - task.dispatchedAt) * 1000)
            }
            self.renew(job, index, workflow, at: position.timestamp, effects: &effects)
        case .heartbeat:
            self.renew(job, index, workflow, at: position.timestamp, effects: &effects)
        case .rejected(.duplicate):
            effects.ignore(.repeated)
        case .rejected:
            if case .accepted(_, _, isStarted: true) = task.phase { return effects.ignore(.conflict) }
            self.finish(job, index, now: now, instance: &instance, effects: &effects)
        case .completed, .failed:
            self.finish(job, index, now: now, instance: &instance, effects: &effects)
        }
    }

    /// The lease runs from the outcome's stamp on, never less than it did and never beyond the hard limit.
    private mutating func renew(
        _ job: OpenJob, _ index: Int, _ workflow: Workflow, at time: UnixSeconds, effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        let hardLimit = max(task.leaseUntil, task.dispatchedAt + self.settings.leaseHardLimitSeconds)
        let leaseUntil = min(hardLimit, max(task.leaseUntil, time + self.settings.leaseSeconds(of: workflow)))
        if leaseUntil > task.leaseUntil {
            job.record.tasks[index].leaseUntil = leaseUntil
            self.timers.insert(Timer(job: job, kind: .lease(task: index)), at: leaseUntil)
        }
        job.markWritten(index)
        effects.state.append(.put(.task(jobID: job.jobID, job.record.tasks[index])))
    }

    /// An attempt has ended, and its reservation with it.
    mutating func finish(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        job.record.tasks[index].phase = .over
        if let reservation = job.reservations[index] { instance.fleet.release(reservation) }
        job.reservations[index] = nil
        if job.hasLiveTasks || !job.record.held.isEmpty {
            job.markWritten(index)
            effects.state.append(.put(.task(jobID: job.jobID, job.record.tasks[index])))
        } else {
            self.end(job, at: now, instance: &instance, effects: &effects)
        }
    }

    /// Does what is due at the time or before it, in order of time.
    ///
    /// - Parameter now: The time up to which nothing is left in the partition that came before: the last record's, or
    ///   the clock's once the end has been read, so that lag reaps nothing.
    package mutating func fire(until now: UnixSeconds, instance: inout Instance, effects: inout Effects) {
        while let (at, timer) = self.timers.pop(dueAt: now) {
            guard timer.job.isOpen else { continue }
            switch timer.kind {
            case .lease(let index):
                let task = timer.job.record.tasks[index]
                // A lease is over when the time is past it; one that was renewed has a timer of its own.
                guard task.phase != .over, task.leaseUntil <= at else { continue }
                self.finish(timer.job, index, now: at, instance: &instance, effects: &effects)
            case .deadline:
                self.expire(timer.job, now: at, instance: &instance, effects: &effects)
            }
        }
        while let oldest = self.ended.oldest, oldest + self.settings.endedJobsRememberedSeconds <= now {
            self.forgetOldest(instance: &instance, effects: &effects)
        }
    }
}
