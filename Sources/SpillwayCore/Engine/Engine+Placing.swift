/// First placements: of submissions as they come, and of held slots when the view changes.
extension Engine {
    /// What became of one slot.
    enum SlotOutcome {
        case placed
        case held(DecisionReason)
        case failed(DecisionReason)
    }

    mutating func submit(
        _ submission: JobSubmission, at position: InputPosition, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        guard self.jobs[submission.jobID] == nil else {
            effects.duplicates += 1
            return
        }
        let job = OpenJob(
            record: JobRecord(submission: submission, input: position, nextOrdinal: 0, held: [], tasks: []))
        guard instance.openJobs < self.settings.openJobs else {
            let viewVersion = instance.fleet.version
            effects.addDecision { decision in
                decision.placement = Placement()
                decision.placement.viewVersion = viewVersion
                Self.describe(&decision, job: job, slot: 0, now: now)
                decision.action = .fail
                decision.reason = .tooManyOpenJobs
            }
            self.fail(job, reason: DecisionReason.tooManyOpenJobs, now: now, instance: &instance, effects: &effects)
            return
        }
        for slot in 0..<submission.datacenterCount {
            switch self.place(job, slot: slot, heldFor: nil, now: now, instance: &instance, effects: &effects) {
            case .placed:
                break
            case .held(let reason):
                job.record.held.append(HeldSlot(slot: slot, reason: reason))
                instance.heldTasks += submission.workflows.count
            case .failed(let reason):
                self.fail(job, reason: reason, now: now, instance: &instance, effects: &effects)
                return
            }
        }
        self.jobs[submission.jobID] = .open(job)
        if !job.record.held.isEmpty {
            instance.openJobs += 1
            for slot in job.record.held { self.held.append(job, slot: slot.slot, reason: slot.reason) }
            if let deadline = submission.deadlineSeconds {
                self.timers.insert(Timer(job: job, kind: .deadline), at: position.timestamp + deadline)
            }
        }
        effects.state.append(.put(.job(job.record)))
    }

    /// Tries to place what is held, if the view has changed since the last time: by priority, then age, before anything
    /// new. Does a bounded share of the work in one call.
    ///
    /// - Returns: Whether there may be more to place as things are: call again before taking new input.
    package mutating func placeHeld(now: UnixSeconds, instance: inout Instance, effects: inout Effects) -> Bool {
        if self.triedEpoch != instance.fleet.placementEpoch {
            self.triedEpoch = instance.fleet.placementEpoch
            self.held.unblock()
        }
        for _ in 0..<64 {
            guard let (shape, ticket) = self.held.first() else { return false }
            let job = ticket.job
            let now = max(now, job.record.input.timestamp)
            let outcome = self.place(
                job, slot: ticket.slot, heldFor: shape.reason, now: now, instance: &instance, effects: &effects)
            switch outcome {
            case .held(shape.reason):
                self.held.block(shape)
                continue
            case .held(let reason):
                self.held.removeFirst(of: shape)
                for index in job.record.held.indices where job.record.held[index].slot == ticket.slot {
                    job.record.held[index].reason = reason
                }
                self.held.append(job, slot: ticket.slot, reason: reason)
                effects.state.append(.put(.job(job.record)))
            case .placed:
                self.held.removeFirst(of: shape)
                job.record.held.removeAll { $0.slot == ticket.slot }
                instance.heldTasks -= job.record.submission.workflows.count
                if job.record.held.isEmpty { instance.openJobs -= 1 }
                effects.state.append(.put(.job(job.record)))
            case .failed(let reason):
                self.held.removeFirst(of: shape)
                self.fail(job, reason: reason, now: now, instance: &instance, effects: &effects)
            }
        }
        return true
    }

    /// Asks where a slot goes, takes its cores, and writes its dispatches. The caller writes the job's state.
    mutating func place(
        _ job: OpenJob, slot: Int, heldFor: DecisionReason?, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) -> SlotOutcome {
        let taken = job.datacenters(exceptSlot: slot)
        let submission = job.record.submission
        var request = PlacementRequest(submission)
        request.takenDatacenters = taken
        let outcome: SlotOutcome = effects.addDecision { decision in
            instance.fleet.place(request, now: now, into: &decision.placement)
            decision.action = decision.placement.action
            decision.reason = decision.placement.reason
            // Only a job of which nothing runs fails as a whole (design section 5, "Nothing usable").
            if decision.action == .fail, slot > 0 || !job.record.tasks.isEmpty {
                decision.action = .hold
                decision.reason = .noUsableDatacenter
            }
            if decision.action == .hold, decision.reason == heldFor { return .held(decision.reason) }
            Self.describe(&decision, job: job, slot: slot, now: now)
            switch decision.action {
            case .hold: return .held(decision.reason)
            case .fail: return .failed(decision.reason)
            case .dispatch, .queue: return .placed
            }
        }
        if case .held(let reason) = outcome, reason == heldFor {
            effects.dropLastDecision()
            return outcome
        }
        if case .placed = outcome {
            self.dispatch(job, slot: slot, now: now, instance: &instance, effects: &effects)
        }
        return outcome
    }

    /// Sends the tasks of a slot where the newest decision says.
    private mutating func dispatch(
        _ job: OpenJob, slot: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        let decision = effects.decisions[effects.decisionCount - 1]
        guard let datacenterID = decision.placement.chosen, let runtime = decision.placement.runtime else { return }
        let submission = job.record.submission
        for workflow in submission.workflows {
            let token = job.nextName()
            let leaseUntil =
                now
                + self.settings.firstLeaseSeconds(
                    of: workflow, expectedWaitSeconds: decision.placement.expectedWaitSeconds)
            let index = job.record.tasks.count
            job.record.tasks.append(
                TaskRecord(
                    slot: slot, workflowID: workflow.workflowID, attempt: 1, tokenOrdinal: token.ordinal,
                    datacenterID: datacenterID, runtime: runtime, isQueued: decision.action == .queue,
                    dispatchedAt: now, leaseUntil: leaseUntil, phase: .dispatched))
            job.reservations.append(
                instance.fleet.reserve(
                    Reservation(
                        partition: self.partition, datacenterID: datacenterID, cores: workflow.cores,
                        durationSeconds: workflow.durationSeconds, isQueued: decision.action == .queue,
                        dispatchedAt: now)))
            self.timers.insert(Timer(job: job, kind: .lease(task: index)), at: leaseUntil)
            effects.dispatches.append(
                TaskDispatch(
                    task: TaskID(jobID: job.jobID, slot: slot, workflowID: workflow.workflowID), attempt: 1,
                    leaseToken: token, leaseSeconds: self.settings.leaseSeconds(of: workflow),
                    leaseUntil: leaseUntil, routingKey: job.jobID, datacenterID: datacenterID, runtime: runtime,
                    workflow: workflow, priority: submission.priority, tenant: submission.tenant,
                    reason: decision.reason))
        }
    }

    /// Fills in what a decision says beside its placement.
    static func describe(_ decision: inout Decision, job: OpenJob, slot: Int, now: UnixSeconds) {
        decision.id = job.nextName()
        decision.kind = .place
        decision.at = now
        decision.jobID = job.jobID
        decision.slot = slot
        decision.requiredCores = job.record.submission.requiredCores
        decision.workflowIDs.removeAll(keepingCapacity: true)
        for workflow in job.record.submission.workflows { decision.workflowIDs.append(workflow.workflowID) }
    }
}
