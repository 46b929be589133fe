/// The state from the changelog, and back to nothing.
extension Engine {
    /// What a restore collects until the end of the log is known.
    struct Restoring {
        /// When ended jobs ended.
        var ends: [String: UnixSeconds] = [:]
        /// Tasks that have a record of their own, by job.
        var tasks: [String: [TaskRecord]] = [:]
    }

    /// Takes one change from the changelog, in the order of the log. ``finishRestore(instance:)`` follows the last.
    package mutating func restore(_ change: StateChange) {
        switch change {
        case .put(let record): self.restore(record)
        case .forgetJob(let jobID): self.restoreForgotten(jobID: jobID)
        case .forgetTask(let jobID, let slot, let workflowID):
            self.restoreForgotten(jobID: jobID, slot: slot, workflowID: workflowID)
        }
    }

    /// Takes one record of the changelog, in the order of the log. ``finishRestore(instance:)`` follows the last.
    package mutating func restore(_ record: StateRecord) {
        switch record {
        case .job(let record):
            let jobID = record.submission.jobID
            self.jobs[jobID] = .open(OpenJob(record: record))
            self.restoring.ends[jobID] = nil
            // The job's record repeats its tasks: what theirs said before is older.
            for index in self.restoring.tasks[jobID, default: []].indices {
                self.restoring.tasks[jobID]?[index].phase = .over
            }
        case .task(let jobID, let task):
            self.restoring.tasks[jobID, default: []].removeAll {
                $0.slot == task.slot && $0.workflowID == task.workflowID
            }
            self.restoring.tasks[jobID, default: []].append(task)
            guard case .open(let job) = self.jobs[jobID],
                let index = job.taskIndex(slot: task.slot, workflowID: task.workflowID)
            else { return }
            job.record.tasks[index] = task
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

    /// Takes up what was restored: cores are taken again, timers set, held slots queued.
    package mutating func finishRestore(instance: inout Instance) {
        for (jobID, time) in self.restoring.ends.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            self.ended.append(jobID, at: time)
        }
        instance.endedJobs += self.ended.count
        var open: [OpenJob] = []
        for case .open(let job) in self.jobs.values { open.append(job) }
        // The order of a dictionary is no order: reservations and timers go by input.
        open.sort { $0.record.input.offset < $1.record.input.offset }
        for job in open {
            for task in self.restoring.tasks[job.jobID] ?? [] {
                guard let index = job.taskIndex(slot: task.slot, workflowID: task.workflowID) else { continue }
                job.markWritten(index)
            }
            self.takeUpTasks(of: job, instance: &instance)
            self.takeUpHolding(of: job, instance: &instance)
        }
        self.restoring = Restoring()
        self.triedEpoch = nil
    }

    private mutating func takeUpTasks(of job: OpenJob, instance: inout Instance) {
        for (index, task) in job.record.tasks.enumerated() where task.phase != .over {
            self.timers.insert(Timer(job: job, kind: .lease(task: index)), at: task.leaseUntil)
            guard let workflow = job.workflow(task.workflowID) else { continue }
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

    private mutating func takeUpHolding(of job: OpenJob, instance: inout Instance) {
        guard !job.record.held.isEmpty else { return }
        instance.openJobs += 1
        instance.heldTasks += job.record.held.count * job.record.submission.workflows.count
        for slot in job.record.held { self.held.append(job, slot: slot.slot, reason: slot.reason) }
        if let deadline = job.record.submission.deadlineSeconds {
            self.timers.insert(Timer(job: job, kind: .deadline), at: job.record.input.timestamp + deadline)
        }
    }

    /// Gives back what the instance counts for this partition, before its state is thrown away.
    package func withdraw(from instance: inout Instance) {
        instance.fleet.releaseAll(owner: self.partition)
        instance.endedJobs -= self.ended.count
        for case .open(let job) in self.jobs.values where !job.record.held.isEmpty {
            instance.openJobs -= 1
            instance.heldTasks -= job.record.held.count * job.record.submission.workflows.count
        }
    }
}
