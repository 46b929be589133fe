/// Submissions, and first placements of their slots.
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
        if instance.openJobs >= self.settings.openJobs {
            self.fail(job, .tooManyOpenJobs, now: now, instance: &instance, effects: &effects)
            return
        }
        // A submission that was read too late is answered, not run.
        if let deadline = submission.deadlineSeconds, position.timestamp + deadline <= now {
            self.expire(job, now: now, instance: &instance, effects: &effects)
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
                self.failPlaced(job, reason, now: now, instance: &instance, effects: &effects)
                return
            }
        }
        self.jobs[submission.jobID] = .open(job)
        job.isCounted = true
        instance.openJobs += 1
        for slot in job.record.held { self.held.append(job, slot: slot.slot, reason: slot.reason) }
        self.setDeadlines(job)
        effects.state.append(.put(.job(job.record)))
    }

    /// Asks where a slot goes, takes its cores, and writes its dispatches. The caller writes the job's state.
    mutating func place(
        _ job: OpenJob, slot: Int, heldFor: DecisionReason?, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) -> SlotOutcome {
        let submission = job.record.submission
        var request = PlacementRequest(submission)
        request.takenDatacenters = job.datacenters(exceptSlot: slot)
        if self.settings.isAdaptive { request.runtimes = self.runtimeOrder(of: job, instance) }
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
        switch outcome {
        case .held(let reason) where reason == heldFor: effects.dropLastDecision()
        case .placed: self.dispatchSlot(job, slot: slot, now: now, instance: &instance, effects: &effects)
        case .held, .failed: break
        }
        return outcome
    }

    /// Fills in what a decision on a whole slot says beside its placement.
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
