/// The state from the changelog, and back to nothing.
extension Engine {
    /// What a restore collects until the end of the log is known.
    struct Restoring {
        /// When ended jobs ended.
        var ends: [String: UnixSeconds] = [:]
        /// Tasks that have a record of their own, by job.
        var tasks: [String: [TaskRecord]] = [:]
    }

    /// Takes one record of the changelog, in the order of the log. ``finishRestore(instance:now:)`` follows the last.
    package mutating func restore(_ change: StateChange) {
        switch change {
        case .put(let record): self.restore(record)
        case .forgetJob(let jobID): self.restoreForgotten(jobID: jobID)
        case .forgetTask(let jobID, let slot, let workflowID):
            self.restoreForgotten(jobID: jobID, slot: slot, workflowID: workflowID)
        }
    }

    /// The same with a record that isn't a tombstone.
    package mutating func restore(_ record: StateRecord) {
        switch record {
        case .job(let record):
            let jobID = record.submission.jobID
            self.jobs[jobID] = .open(OpenJob(record: record))
            self.restoring.ends[jobID] = nil
        case .task(let jobID, let task):
            let known = self.restoring.tasks[jobID]?.firstIndex {
                $0.slot == task.slot && $0.workflowID == task.workflowID
            }
            if let known {
                self.restoring.tasks[jobID]?[known] = task
            } else {
                self.restoring.tasks[jobID, default: []].append(task)
            }
        case .ended(let jobID, let time):
            self.jobs[jobID] = .ended
            self.restoring.ends[jobID] = time
        }
    }

    /// Takes a tombstone of a job's own key.
    package mutating func restoreForgotten(jobID: String) {
        self.jobs[jobID] = nil
        self.restoring.ends[jobID] = nil
    }

    /// Takes a tombstone of a task's key.
    package mutating func restoreForgotten(jobID: String, slot: Int, workflowID: String) {
        self.restoring.tasks[jobID]?.removeAll { $0.slot == slot && $0.workflowID == workflowID }
    }

    /// Takes up what was restored: cores are taken again, timers set, what is held queued.
    ///
    /// - Parameter now: From when restored leases have their grace (`leases.restore_grace`). `nil`: from the first time
    ///   that the engine is told of.
    package mutating func finishRestore(instance: inout Instance, now: UnixSeconds? = nil) {
        for (jobID, time) in self.restoring.ends.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            self.ended.append(jobID, at: time)
        }
        instance.endedJobs += self.ended.count
        instance.evacuationOrder.add(self.partition)
        var open: [OpenJob] = []
        for case .open(let job) in self.jobs.values { open.append(job) }
        // The order of a dictionary is no order: reservations and timers go by input.
        open.sort { $0.record.input.offset < $1.record.input.offset }
        for job in open {
            if let own = self.restoring.tasks[job.jobID] { job.takeOver(own) }
            if self.has(.forgetsBudget) {
                for index in job.record.tasks.indices { job.record.tasks[index].retries = 0 }
            }
            job.isCounted = true
            instance.openJobs += 1
            instance.heldTasks += job.heldTasks
            self.takeUpTasks(of: job, instance: &instance)
            for slot in job.record.held { self.held.append(job, slot: slot.slot, reason: slot.reason) }
            if !job.isConcluded { self.setDeadlines(job) }
        }
        self.restoring = Restoring()
        self.triedEpoch = nil
        self.owesGrace = !open.isEmpty
        if let now { self.grantGrace(from: now) }
    }

    private mutating func takeUpTasks(of job: OpenJob, instance: inout Instance) {
        job.reservations = Array(repeating: nil, count: job.record.tasks.count)
        for (index, task) in job.record.tasks.enumerated() {
            switch task.standing {
            case .held where self.has(.losesHeld): break
            case .held(let reason): self.held.append(job, task: index, reason: reason)
            case .waiting(let until):
                self.setTimer(job, .backoff(task: index, attempt: task.attempt), at: until)
            case .running, .completed, .failed, .cancelled, .dropped: break
            }
            guard task.isLive, let workflow = job.workflow(task.workflowID) else { continue }
            self.setLeaseTimer(job, index, attempt: task.attempt, until: task.leaseUntil)
            var reservation = Reservation(
                partition: self.partition, datacenterID: task.datacenterID, cores: workflow.cores,
                durationSeconds: workflow.durationSeconds, isQueued: task.isQueued,
                dispatchedAt: task.dispatchedAt, isRestored: true)
            if case .accepted(let managerID, let at, _) = task.phase {
                reservation.acceptedBy = managerID
                reservation.acceptedAt = at
            }
            job.reservations[index] = instance.fleet.reserve(reservation)
        }
    }

    /// No restored lease is over before its grace is: an outage, the broker's own included, reaps nothing that has had no
    /// chance to renew since.
    mutating func grantGrace(from now: UnixSeconds) {
        self.owesGrace = false
        let until = now + self.settings.leaseRestoreGraceSeconds
        if self.has(.hasNoGrace) { return }
        for case .open(let job) in self.jobs.values {
            for (index, task) in job.record.tasks.enumerated() where task.isLive && task.leaseUntil < until {
                job.record.tasks[index].leaseUntil = until
            }
        }
    }

    /// Gives back what the instance counts for this partition, before its state is thrown away.
    package func withdraw(from instance: inout Instance) {
        instance.evacuationOrder.remove(self.partition)
        for target in instance.circuits.withdraw(partition: self.partition) {
            instance.fleet.setCircuitOpen(target.datacenterID, runtime: target.runtime, false)
        }
        instance.endedJobs -= self.ended.count
        for case .open(let job) in self.jobs.values {
            // Its own alone: another lane may have taken the partition over already.
            for case let reservation? in job.reservations { instance.fleet.release(reservation) }
            if job.isCounted { instance.openJobs -= 1 }
            instance.heldTasks -= job.heldTasks
        }
    }
}

extension OpenJob {
    /// Takes what tasks say for themselves, and puts all in order: by slot, then as the workflows are.
    func takeOver(_ own: [TaskRecord]) {
        for task in own {
            self.record.nextOrdinal = max(self.record.nextOrdinal, task.nextOrdinal)
            let place = self.record.tasks.firstIndex { $0.slot == task.slot && $0.workflowID == task.workflowID }
            if let place { self.record.tasks[place] = task } else { self.record.tasks.append(task) }
        }
        var places: [String: Int] = [:]
        for (place, workflow) in self.record.submission.workflows.enumerated() { places[workflow.workflowID] = place }
        self.record.tasks.sort {
            ($0.slot, places[$0.workflowID] ?? 0) < ($1.slot, places[$1.workflowID] ?? 0)
        }
        for task in own {
            if let index = self.taskIndex(slot: task.slot, workflowID: task.workflowID) { self.markWritten(index) }
        }
    }
}
