/// Sends attempts where the newest decision says.
extension Engine {
    /// Sends the tasks of a slot for the first time.
    mutating func dispatchSlot(
        _ job: OpenJob, slot: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        guard let target = Self.target(of: effects) else { return }
        let offset = job.record.input.offset
        let firstOrdinal = job.record.nextOrdinal
        let first = job.record.tasks.count
        for workflow in job.record.submission.workflows {
            let token = job.nextName()
            var task = TaskRecord(
                slot: slot, workflowID: workflow.workflowID, attempt: 0, tokenOrdinal: token.ordinal,
                datacenterID: target.datacenterID, runtime: target.runtime, isQueued: false, dispatchedAt: now,
                leaseUntil: now, phase: .dispatched)
            task.causeOffset = offset
            let reservation = self.begin(
                &task, of: job, workflow, token: token, now: now, instance: &instance, effects: &effects)
            job.record.tasks.append(task)
            job.reservations.append(reservation)
            self.setLeaseTimer(job, job.record.tasks.count - 1, attempt: 1, until: task.leaseUntil)
        }
        self.noteSent(
            to: target,
            Circuits.Probe(
                partition: self.partition, offset: offset, ordinals: firstOrdinal...(job.record.nextOrdinal - 1)),
            instance: &instance)
        let order = self.runtimeOrder(of: job, instance)
        guard order.first != target.runtime else { return }
        for index in first..<job.record.tasks.count { self.noteSkipped(job, index, order, now: now, instance) }
    }

    /// Sends a task once more.
    mutating func dispatchAgain(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        guard let target = Self.target(of: effects), let workflow = job.workflow(job.record.tasks[index].workflowID)
        else { return }
        let left = job.target(of: job.record.tasks[index])
        if left != target {
            self.countFailure(job, index, at: left, now: now, instance: &instance)
        }
        var task = job.record.tasks[index]
        task.datacenterID = target.datacenterID
        task.runtime = target.runtime
        let token = job.nextName(causeOffset: task.causeOffset)
        job.reservations[index] = self.begin(
            &task, of: job, workflow, token: token, now: now, instance: &instance, effects: &effects)
        job.record.tasks[index] = task
        self.setLeaseTimer(job, index, attempt: task.attempt, until: task.leaseUntil)
        self.noteSent(
            to: target,
            Circuits.Probe(partition: token.partition, offset: token.offset, ordinals: token.ordinal...token.ordinal),
            instance: &instance)
        self.noteSkipped(job, index, self.runtimeOrder(of: job, instance), now: now, instance)
        self.write(job, index, effects: &effects)
    }

    /// To a half-open circuit, what was sent is its probe.
    private func noteSent(
        to target: PlacementRequest.Target, _ probe: Circuits.Probe, instance: inout Instance
    ) {
        if !self.has(.probesWithoutLimit) { instance.sent(to: target, probe) }
    }

    /// Where the newest decision sends to.
    private static func target(of effects: borrowing Effects) -> PlacementRequest.Target? {
        guard let datacenterID = effects.decisions[effects.decisionCount - 1].placement.chosen,
            let runtime = effects.decisions[effects.decisionCount - 1].placement.runtime
        else { return nil }
        return PlacementRequest.Target(datacenterID: datacenterID, runtime: runtime)
    }

    /// Begins an attempt of a task: its lease, its reservation, its dispatch. The caller sets the lease's timer.
    private func begin(
        _ task: inout TaskRecord, of job: OpenJob, _ workflow: Workflow, token: CauseID, now: UnixSeconds,
        instance: inout Instance, effects: inout Effects
    ) -> ReservationID? {
        let last = effects.decisionCount - 1
        let wait = self.settings.leaseWaitSeconds(
            expected: effects.decisions[last].placement.expectedWaitSeconds)
        let leaseSeconds = self.settings.leaseSeconds(of: workflow)
        task.attempt += 1
        task.tokenOrdinal = token.ordinal
        task.tokenOffset = token.offset
        task.isQueued = effects.decisions[last].action == .queue
        task.dispatchedAt = now
        task.expectedWaitSeconds = wait
        task.leaseUntil = now + wait + leaseSeconds
        task.phase = .dispatched
        task.standing = .running
        effects.dispatches.append(
            TaskDispatch(
                task: job.taskID(task), attempt: task.attempt, leaseToken: token, leaseSeconds: leaseSeconds,
                leaseUntil: task.leaseUntil, routingKey: job.jobID, datacenterID: task.datacenterID,
                runtime: task.runtime, workflow: workflow, priority: job.record.submission.priority,
                tenant: job.record.submission.tenant, reason: effects.decisions[last].reason))
        if task.attempt > 1, self.has(.reservesNothing) { return nil }
        return instance.fleet.reserve(
            Reservation(
                partition: self.partition, datacenterID: task.datacenterID, cores: workflow.cores,
                durationSeconds: workflow.durationSeconds, isQueued: task.isQueued, dispatchedAt: now))
    }

    /// Notes in the chain which runtimes of the order were passed over, and why.
    private func noteSkipped(
        _ job: OpenJob, _ index: Int, _ order: [String], now: UnixSeconds, _ instance: borrowing Instance
    ) {
        let chosen = job.record.tasks[index].runtime
        let datacenterID = job.record.tasks[index].datacenterID
        for name in order {
            if name == chosen { return }
            let target = PlacementRequest.Target(datacenterID: datacenterID, runtime: name)
            guard !job.record.tasks[index].targets.contains(where: { $0.isTarget(target) }),
                let why = instance.fleet.whyNot(target)
            else { continue }
            let entry = ChainEntry(
                attempt: nil, datacenterID: datacenterID, runtime: name, outcome: .skipped, error: why, at: now)
            let isKnown = job.record.tasks[index].chain.contains {
                $0.outcome == .skipped && $0.datacenterID == datacenterID && $0.runtime == name && $0.error == why
            }
            if !isKnown { self.chain(job, index, entry) }
        }
    }

    /// Adds to a task's chain, of which the newest entries are kept.
    func chain(_ job: OpenJob, _ index: Int, _ entry: ChainEntry) {
        job.record.tasks[index].chain.append(entry)
        let surplus = job.record.tasks[index].chain.count - self.settings.chainEntries
        if surplus > 0 { job.record.tasks[index].chain.removeFirst(surplus) }
    }

    /// The runtimes that a job accepts, in the order in which they are tried. May name what nobody knows.
    func runtimeOrder(of job: OpenJob, _ instance: borrowing Instance) -> [String] {
        if let explicit = job.record.submission.runtimes { return explicit }
        let order =
            instance.fleet.placementSettings.taskTypes[job.record.submission.taskType]
            ?? instance.fleet.placementSettings.runtimeOrder
        guard self.settings.isAdaptive else { return order }
        return instance.statistics.reordered(order, minSamples: self.settings.adaptiveMinSamples)
    }
}

extension OpenJob {
    /// Where a task's newest attempt is, or was.
    func target(of task: TaskRecord) -> PlacementRequest.Target {
        PlacementRequest.Target(datacenterID: task.datacenterID, runtime: task.runtime)
    }

    /// Tasks that are held, those of held slots included.
    var heldTasks: Int {
        var count = self.record.held.count * self.record.submission.workflows.count
        for task in self.record.tasks {
            if case .held = task.standing { count += 1 }
        }
        return count
    }
}

extension TargetRecord {
    func isTarget(_ target: PlacementRequest.Target) -> Bool {
        self.datacenterID == target.datacenterID && self.runtime == target.runtime
    }
}

extension Instance {
    /// A decision has sent attempts: to a half-open circuit they are its probe, and the only one.
    mutating func sent(to target: PlacementRequest.Target, _ probe: Circuits.Probe) {
        guard self.circuits.sent(to: target, probe) else { return }
        self.fleet.setCircuitOpen(target.datacenterID, runtime: target.runtime, true)
    }

    mutating func attemptSucceeded(_ target: PlacementRequest.Target, token: CauseID, effects: inout Effects) {
        self.apply(self.circuits.succeeded(target, token: token), to: target, effects: &effects)
    }

    mutating func attemptFailed(
        _ target: PlacementRequest.Target, token: CauseID, now: UnixSeconds, _ settings: CircuitSettings,
        effects: inout Effects
    ) {
        self.apply(
            self.circuits.failed(target, token: token, now: now, settings), to: target, effects: &effects)
    }

    /// It ended in a way that says nothing about the target.
    mutating func attemptPassed(_ target: PlacementRequest.Target, token: CauseID) {
        guard case .probeFreed = self.circuits.passed(target, token: token) else { return }
        self.fleet.setCircuitOpen(target.datacenterID, runtime: target.runtime, false)
    }

    private mutating func apply(
        _ change: Circuits.Change, to target: PlacementRequest.Target, effects: inout Effects
    ) {
        switch change {
        case .none: return
        case .opened:
            self.fleet.setCircuitOpen(target.datacenterID, runtime: target.runtime, true)
            effects.occurrences.append(
                .circuit(datacenterID: target.datacenterID, runtime: target.runtime, state: .open))
        case .closed:
            self.fleet.setCircuitOpen(target.datacenterID, runtime: target.runtime, false)
            effects.occurrences.append(
                .circuit(datacenterID: target.datacenterID, runtime: target.runtime, state: .closed))
        case .probeFreed:
            self.fleet.setCircuitOpen(target.datacenterID, runtime: target.runtime, false)
        }
    }
}
