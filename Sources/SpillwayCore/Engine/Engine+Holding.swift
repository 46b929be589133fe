/// Places what is held, when the view has changed.
extension Engine {
    /// Moves what is unfinished in lost datacenters and tries to place what is held, if the view has changed since the last
    /// time or a moment has come: by priority, then age, before anything new. Does a bounded share of the work in one call.
    ///
    /// - Returns: Whether there may be more to place as things are: call again before taking new input.
    package mutating func placeHeld(now: UnixSeconds, instance: inout Instance, effects: inout Effects) -> Bool {
        self.see(now, instance: &instance)
        if self.triedEpoch != instance.fleet.placementEpoch {
            let signature = self.held.isEmpty ? 0 : instance.fleet.usabilitySignature()
            self.held.unblock(isForRoom: self.triedEpoch != nil && signature == self.triedSignature)
            self.triedEpoch = instance.fleet.placementEpoch
            self.triedSignature = signature
            self.noteLost(&instance)
        }
        var tries = 64
        if !self.evacuations.isEmpty {
            self.evacuate(now: now, tries: &tries, instance: &instance, effects: &effects)
        }
        while tries > 0 {
            let first = self.held.first { shape in
                instance.fleet.hasRoom(
                    for: shape.requiredCores, runtimes: shape.runtimes, taskType: shape.taskType,
                    except: shape.takenDatacenters)
            }
            guard let (shape, ticket) = first else { return false }
            tries -= 1
            if let task = ticket.task {
                self.placeTask(ticket.job, task, shape: shape, now: now, instance: &instance, effects: &effects)
            } else {
                self.placeSlot(ticket.job, ticket.slot, shape: shape, now: now, instance: &instance, effects: &effects)
            }
        }
        return true
    }

    private mutating func placeSlot(
        _ job: OpenJob, _ slot: Int, shape: HeldJobs.Shape, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        guard self.held.requeueIfMoved(HeldJobs.Ticket(job: job, slot: slot, task: nil), from: shape) else { return }
        let now = max(now, job.record.input.timestamp)
        let outcome = self.place(
            job, slot: slot, heldFor: shape.reason, now: now, instance: &instance, effects: &effects)
        switch outcome {
        case .held(shape.reason):
            self.held.block(shape)
        case .held(let reason):
            self.held.removeFirst(of: shape)
            for index in job.record.held.indices where job.record.held[index].slot == slot {
                job.record.held[index].reason = reason
            }
            self.held.append(job, slot: slot, reason: reason)
            effects.state.append(.put(.job(job.recordToWrite)))
        case .placed:
            self.held.removeFirst(of: shape)
            job.record.held.removeAll { $0.slot == slot }
            instance.heldTasks -= job.record.submission.workflows.count
            effects.state.append(.put(.job(job.recordToWrite)))
        case .failed(let reason):
            self.held.removeFirst(of: shape)
            self.failPlaced(job, reason, now: now, instance: &instance, effects: &effects)
        }
    }

    private mutating func placeTask(
        _ job: OpenJob, _ index: Int, shape: HeldJobs.Shape, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        let now = max(now, job.record.input.timestamp)
        switch self.move(job, index, isAfterBackoff: true, now: now, instance: &instance, effects: &effects) {
        case .held(shape.reason, let isHopelessForAll):
            if isHopelessForAll { self.held.block(shape) } else { self.held.putFirstAside(of: shape) }
        case .held, .sent, .waits, .gaveUp:
            // Its ticket isn't valid any more: the line drops it.
            break
        }
    }
}
