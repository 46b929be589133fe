/// Finds the next target of a task and sends it there (design section 6, "Which target is next").
extension Engine {
    /// What became of a task that looked for its next target.
    enum MoveOutcome {
        case sent
        /// It waits for a backoff.
        case waits
        /// It is held. Whether others of its kind can't be helped either, as things are.
        case held(DecisionReason, isHopelessForAll: Bool)
        case gaveUp
    }

    /// What a search has found.
    private enum Found {
        /// The placement's chosen target.
        case target
        /// The placement's chosen target was tried before: it is repeated then.
        case repetition(until: UnixSeconds)
        case nothing(DecisionReason, isHopelessForAll: Bool)
        case exhausted
    }

    /// Sends a task to its next target, or says why not. It has been paid for.
    ///
    /// - Parameter isAfterBackoff: Whether a target that was executed on before may be repeated at once.
    mutating func move(
        _ job: OpenJob, _ index: Int, isAfterBackoff: Bool, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) -> MoveOutcome {
        let found = effects.addDecision { decision in
            let end = job.lastEnd(of: job.record.tasks[index])
            return self.search(
                job, index, after: end, current: nil, isAfterBackoff: isAfterBackoff, now: now, instance: &instance,
                into: &decision.placement)
        }
        switch found {
        case .target:
            self.follow(job, index, now: now, instance: &instance, effects: &effects)
            return .sent
        case .repetition(let until):
            effects.dropLastDecision()
            self.wait(job, index, until: until, instance: &instance, effects: &effects)
            return .waits
        case .nothing(let reason, let isHopelessForAll):
            self.hold(job, index, reason, now: now, instance: &instance, effects: &effects)
            return .held(reason, isHopelessForAll: isHopelessForAll)
        case .exhausted:
            effects.dropLastDecision()
            self.giveUp(job, index, .exhausted, now: now, instance: &instance, effects: &effects)
            return .gaveUp
        }
    }

    /// A backoff is over: the same target if the task failed there and may go on, else the next.
    mutating func tryAgain(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        let target = job.target(of: task)
        if self.mayRepeat(job, index, now: now) {
            var request = self.request(for: job, index)
            request.onlyDatacenter = target.datacenterID
            request.runtimes = [target.runtime]
            let isThere = effects.addDecision { decision in
                instance.fleet.place(request, now: now, into: &decision.placement)
                return decision.placement.chosen != nil
            }
            if isThere {
                self.follow(job, index, now: now, instance: &instance, effects: &effects)
                return
            }
            effects.dropLastDecision()
        }
        _ = self.move(job, index, isAfterBackoff: true, now: now, instance: &instance, effects: &effects)
    }

    /// Whether a task that failed may be executed again where it did: its backoff there is over, also if it was another's
    /// that it waited for while the circuit had its probe.
    private func mayRepeat(_ job: OpenJob, _ index: Int, now: UnixSeconds) -> Bool {
        guard let until = self.ownBackoff(of: job, index) else { return false }
        return now >= until || self.has(.hasNoBackoff)
    }

    /// Until when a task that failed isn't executed again where it did. `nil`: it hasn't failed there, or has no executions
    /// left.
    private func ownBackoff(of job: OpenJob, _ index: Int) -> UnixSeconds? {
        let task = job.record.tasks[index]
        let target = job.target(of: task)
        guard let failure = task.chain.last(where: { $0.outcome != .skipped && $0.outcome != .cancelled }),
            failure.outcome == .failed, let tried = task.targets.first(where: { $0.isTarget(target) }),
            tried.executions < self.maxAttempts
        else { return nil }
        return failure.at
            + self.settings.backoffSeconds(afterTries: tried.executions, task: job.taskID(task), attempt: task.attempt)
    }

    /// Looks for a lost task's next target without ending its attempt. Answers whether the newest decision has one.
    func searchForLost(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) -> Bool {
        let current = job.target(of: job.record.tasks[index])
        let found = effects.addDecision { decision in
            self.search(
                job, index, after: .datacenterLost, current: current, isAfterBackoff: true, now: now,
                instance: &instance, into: &decision.placement)
        }
        if case .target = found { return true }
        return false
    }

    /// Does what the newest decision's placement says.
    mutating func follow(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        let task = job.record.tasks[index]
        let last = effects.decisionCount - 1
        let end = job.lastEnd(of: task)
        let chosen = effects.decisions[last].placement.chosen
        let runtime = effects.decisions[last].placement.runtime
        let isSameTarget = chosen == task.datacenterID && runtime == task.runtime
        effects.withLastDecision { decision in
            self.describe(&decision, job: job, index, now: now)
            decision.kind = Self.kind(after: end, isSameTarget: isSameTarget)
            decision.action = decision.placement.action
            switch end {
            case .leaseExpired: decision.reason = .leaseExpired
            case .datacenterLost: decision.reason = .datacenterLost
            default:
                decision.reason =
                    isSameTarget ? .retrySameTarget : runtime != task.runtime ? .nextRuntime : .nextDatacenter
            }
            decision.placement.reason = decision.reason
        }
        if case .held = task.standing { instance.heldTasks -= 1 }
        self.dispatchAgain(job, index, now: now, instance: &instance, effects: &effects)
    }

    /// Keeps a task here. The newest decision is about that, unless the ledger has said so before.
    private mutating func hold(
        _ job: OpenJob, _ index: Int, _ reason: DecisionReason, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        let standing = job.record.tasks[index].standing
        guard standing != .held(reason) else { return effects.dropLastDecision() }
        let kind = Self.kind(after: job.lastEnd(of: job.record.tasks[index]), isSameTarget: false)
        effects.withLastDecision { decision in
            self.describe(&decision, job: job, index, now: now)
            decision.kind = kind
            decision.action = .hold
            decision.reason = reason
            decision.placement.action = .hold
            decision.placement.reason = reason
        }
        if case .held = standing {} else { instance.heldTasks += 1 }
        job.record.tasks[index].standing = .held(reason)
        self.held.append(job, task: index, reason: reason)
        self.write(job, index, effects: &effects)
    }

    /// A placement of one task on its own.
    private func request(for job: OpenJob, _ index: Int) -> PlacementRequest {
        let task = job.record.tasks[index]
        let cores = job.workflow(task.workflowID)?.cores ?? 0
        var request = PlacementRequest(requiredCores: cores, largestWorkflowCores: cores)
        request.preferred = job.record.submission.datacenters
        request.taskType = job.record.submission.taskType
        request.datacenterCount = job.record.submission.datacenterCount
        request.takenDatacenters = self.has(.sharesDatacenters) ? [] : job.datacenters(exceptSlot: task.slot)
        request.isFirstPlacement = false
        return request
    }

    /// The rule of "which target is next".
    ///
    /// - Parameter current: Where an attempt is that hasn't been ended yet, and that counts as tried.
    private func search(
        _ job: OpenJob, _ index: Int, after end: ChainEntry.Outcome?, current: PlacementRequest.Target?,
        isAfterBackoff: Bool, now: UnixSeconds, instance: inout Instance, into placement: inout Placement
    ) -> Found {
        let task = job.record.tasks[index]
        let order = self.runtimeOrder(of: job, instance)
        var request = self.request(for: job, index)
        var tried: [PlacementRequest.Target] = []
        for target in task.targets { tried.append(.init(datacenterID: target.datacenterID, runtime: target.runtime)) }
        if let current { tried.append(current) }
        request.triedTargets = tried

        // What wasn't tried, by the way in which the last attempt ended.
        if end == .failed {
            request.runtimes = order
            request.onlyDatacenter = task.datacenterID
            if self.finds(request, now: now, &instance, &placement) { return .target }
            request.onlyDatacenter = nil
            if self.finds(request, now: now, &instance, &placement) { return .target }
        } else {
            request.runtimes = [task.runtime]
            if self.finds(request, now: now, &instance, &placement) { return .target }
            for name in order where name != task.runtime {
                request.runtimes = [name]
                if self.finds(request, now: now, &instance, &placement) { return .target }
            }
        }
        request.runtimes = order

        // Where it failed a moment ago it waits for its own backoff, whichever it has waited for meanwhile.
        let own = job.target(of: task)
        var ownBackoff: UnixSeconds?
        if let until = self.ownBackoff(of: job, index), now < until {
            request.runtimes = [own.runtime]
            request.onlyDatacenter = own.datacenterID
            request.triedTargets = []
            if self.finds(request, now: now, &instance, &placement) { ownBackoff = until }
            request.runtimes = order
            request.onlyDatacenter = nil
        }

        // What was tried and has executions left: what refused only once it shows room, and after its own backoff.
        request.triedTargets = self.notRepeatable(job, index, now: now, instance)
        if let current { request.triedTargets.append(current) }
        if ownBackoff != nil { request.triedTargets.append(own) }
        if self.finds(request, now: now, &instance, &placement) {
            let executions = self.executions(task, placement)
            if executions == 0 || isAfterBackoff { return .target }
            return .repetition(until: self.backoffEnd(of: job, index, executions: executions, now: now))
        }
        if let ownBackoff { return .repetition(until: ownBackoff) }
        // The record of a hold shows what stands in the way of every target.
        let isHopelessForAll =
            placement.primary.isEmpty && placement.excludedCounts[ExclusionReason.alreadyTried.rawValue] == 0
        return self.nothing(job, index, current: current, isHopelessForAll: isHopelessForAll, instance)
    }

    private func finds(
        _ request: PlacementRequest, now: UnixSeconds, _ instance: inout Instance, _ placement: inout Placement
    ) -> Bool {
        instance.fleet.place(request, now: now, into: &placement)
        return placement.chosen != nil
    }

    /// Targets that a task must not be sent to again, as things are.
    private func notRepeatable(
        _ job: OpenJob, _ index: Int, now: UnixSeconds, _ instance: borrowing Instance
    ) -> [PlacementRequest.Target] {
        let task = job.record.tasks[index]
        let cores = job.workflow(task.workflowID)?.cores ?? 0
        var targets: [PlacementRequest.Target] = []
        for target in task.targets {
            if !self.isUsedUp(target) {
                guard target.refusals > 0 else { continue }
                let backoff = self.settings.backoffSeconds(
                    afterTries: target.refusals, task: job.taskID(task), attempt: task.attempt)
                if now >= target.refusedAt + backoff,
                    instance.fleet.showsRoom(target.datacenterID, for: cores, since: target.refusedAt)
                {
                    continue
                }
            }
            targets.append(.init(datacenterID: target.datacenterID, runtime: target.runtime))
        }
        return targets
    }

    /// Executions on one target.
    var maxAttempts: Int { self.has(.executesOnceMore) ? self.settings.maxAttempts + 1 : self.settings.maxAttempts }

    private func isUsedUp(_ target: TargetRecord) -> Bool {
        target.isUnknown || target.executions >= self.maxAttempts
    }

    private func executions(_ task: TaskRecord, _ placement: borrowing Placement) -> Int {
        for target in task.targets where target.datacenterID == placement.chosen && target.runtime == placement.runtime
        {
            return target.executions
        }
        return 0
    }

    /// Whether there is a known target, usable now or not, that the task may still be sent to some day.
    func hasTargetsLeft(_ job: OpenJob, _ index: Int, _ instance: borrowing Instance) -> Bool {
        if case .exhausted = self.nothing(job, index, current: nil, isHopelessForAll: false, instance) { return false }
        return true
    }

    /// Why there is no target now.
    private func nothing(
        _ job: OpenJob, _ index: Int, current: PlacementRequest.Target?, isHopelessForAll: Bool,
        _ instance: borrowing Instance
    ) -> Found {
        let task = job.record.tasks[index]
        let cores = job.workflow(task.workflowID)?.cores ?? 0
        var isLeft = false
        var hasRefused = false
        instance.fleet.forEachKnownTarget(
            runtimes: self.runtimeOrder(of: job, instance), cores: cores,
            except: job.datacenters(exceptSlot: task.slot)
        ) { target, isUsable in
            let known = task.targets.first { $0.isTarget(target) }
            if let known, self.isUsedUp(known) { return true }
            isLeft = true
            if isUsable, let known, known.refusals > 0 { hasRefused = true }
            return !hasRefused
        }
        guard isLeft else { return .exhausted }
        // A refusal for want of capacity is what it waits for; without one, for a datacenter.
        return .nothing(hasRefused ? .noCapacity : .noUsableDatacenter, isHopelessForAll: isHopelessForAll)
    }
}
