extension Engine {
    /// Does what is due at the time or before it, in order of time.
    ///
    /// - Parameter until: The time up to which nothing is left in the partition that came before: the last record's, or
    ///   the clock's once the end has been read, so that lag reaps nothing.
    package mutating func fire(until: UnixSeconds, instance: inout Instance, effects: inout Effects) {
        if self.owesGrace { self.grantGrace(from: max(until, self.clock)) }
        while let (at, timer) = self.timers.pop(dueAt: until) {
            guard timer.isWanted else { continue }
            // What was due in the past, while the partition lags, is done for now: a lease that began then would be over.
            let now = max(at, self.clock)
            instance.advanceCircuits(to: now)
            switch timer.kind {
            case .lease(let index, let attempt):
                let leaseUntil = timer.job.record.tasks[index].leaseUntil
                if leaseUntil >= at, !self.has(.forgetsRenewal), !self.has(.reapsEarly) {
                    self.setLeaseTimer(timer.job, index, attempt: attempt, until: leaseUntil)
                } else {
                    self.expireLease(timer.job, index, now: now, instance: &instance, effects: &effects)
                }
            case .backoff(let index, _):
                self.tryAgain(timer.job, index, now: now, instance: &instance, effects: &effects)
            case .deadline:
                self.expire(timer.job, now: now, instance: &instance, effects: &effects)
            case .bestEffort:
                self.endIfDecided(timer.job, now: now, instance: &instance, effects: &effects)
            }
        }
        while let oldest = self.ended.oldest, oldest + self.settings.endedJobsRememberedSeconds <= until {
            self.forgetOldest(instance: &instance, effects: &effects)
        }
    }

    mutating func setTimer(_ job: OpenJob, _ kind: Timer.Kind, at time: UnixSeconds) {
        self.timers.insert(Timer(job: job, kind: kind), at: time)
        guard self.timers.count >= self.timersToSweep else { return }
        self.timers.keep { $0.isWanted }
        self.timersToSweep = max(4096, 2 * self.timers.count)
    }

    /// A lease is over when the time is past its end, not at it.
    mutating func setLeaseTimer(_ job: OpenJob, _ index: Int, attempt: Int, until leaseUntil: UnixSeconds) {
        let time = self.has(.reapsEarly) ? leaseUntil - 1 : leaseUntil.nextUp
        self.setTimer(job, .lease(task: index, attempt: attempt), at: time)
    }

    /// Timers of the job as a whole.
    mutating func setDeadlines(_ job: OpenJob) {
        let submission = job.record.submission
        if let deadline = submission.deadlineSeconds {
            self.setTimer(job, .deadline, at: job.record.input.timestamp + deadline)
        }
        if submission.bestEffort {
            self.setTimer(job, .bestEffort, at: self.bestEffort(of: job).deadline)
        }
    }
}
