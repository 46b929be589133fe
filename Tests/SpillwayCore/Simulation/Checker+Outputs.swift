@testable import SpillwayCore

/// What was written, by the rules of design sections 5, 6 and 10.
extension Checker {
    mutating func apply(_ effects: Effects, fleet: Fleet, drained: Set<String>, now: UnixSeconds) {
        for cancellation in effects.cancellations { self.apply(cancellation, fleet: fleet, now: now) }
        for dispatch in effects.dispatches {
            self.apply(dispatch, effects: effects, fleet: fleet, drained: drained, now: now)
        }
        for result in effects.results { self.apply(result, now: now) }
        for decision in effects.decisions.prefix(effects.decisionCount)
        where decision.action == .hold || decision.action == .fail {
            if decision.placement.chosen != nil, decision.action == .hold {
                self.fail("a hold of \(decision.jobID) names a datacenter", now)
            }
            if decision.action == .hold {
                for workflowID in decision.workflowIDs {
                    self.jobs[decision.jobID]?.tasks["\(decision.slot)/\(workflowID)"]?.wasHeld = true
                }
                continue
            }
            for workflowID in decision.workflowIDs {
                let name = "\(decision.slot)/\(workflowID)"
                guard let task = self.jobs[decision.jobID]?.tasks[name] else { continue }
                if task.isCompleted, decision.reason != .deadline {
                    self.fail("\(decision.jobID)/\(name) is given up after its completion", now)
                }
                self.jobs[decision.jobID]?.tasks[name]?.isGivenUp = true
            }
        }
    }

    mutating func apply(_ cancellation: TaskCancellation, fleet: Fleet, now: UnixSeconds) {
        let (jobID, name) = (cancellation.task.jobID, Self.name(cancellation.task))
        guard var task = self.jobs[jobID]?.tasks[name], cancellation.attempt <= task.attempts.count else {
            return self.fail("a cancellation of what was never sent: \(jobID)/\(name)", now)
        }
        let index = cancellation.attempt - 1
        let attempt = task.attempts[index]
        if attempt.isCancelled { self.fail("\(jobID)/\(name)#\(cancellation.attempt) is cancelled twice", now) }
        if attempt.end != nil { self.fail("\(jobID)/\(name)#\(cancellation.attempt) is cancelled after its end", now) }
        task.attempts[index].isCancelled = true
        switch cancellation.reason {
        case "lease_expired":
            if now <= attempt.leaseUntil {
                self.fail("\(jobID)/\(name)#\(cancellation.attempt) is reaped \(attempt.leaseUntil - now) s early", now)
            }
            task.attempts[index].finish(.lapsed, now)
        case "datacenter_lost":
            if !fleet.lostDatacenters.contains(attempt.dispatch.datacenterID) || fleet.isPanicking {
                self.fail("\(jobID)/\(name) leaves a datacenter that isn't lost", now)
            }
            task.attempts[index].finish(.lapsed, now)
        default:
            task.attempts[index].finish(.cancelled, now)
        }
        self.jobs[jobID]?.tasks[name] = task
    }

    mutating func apply(
        _ dispatch: TaskDispatch, effects: Effects, fleet: Fleet, drained: Set<String>, now: UnixSeconds
    ) {
        let (jobID, name) = (dispatch.task.jobID, Self.name(dispatch.task))
        let what = "\(jobID)/\(name)#\(dispatch.attempt) to \(dispatch.datacenterID)/\(dispatch.runtime)"
        guard let job = self.jobs[jobID] else { return self.fail("\(what): of no job", now) }
        if job.result != nil { self.fail("\(what): after the job's end", now) }
        var task = job.tasks[name] ?? Task()
        if dispatch.attempt != task.attempts.count + 1 { return self.fail("\(what): attempt out of order", now) }
        if let last = task.attempts.last {
            if last.end == nil { self.fail("invariant 2: \(what) while the attempt before lives", now) }
            if last.end == .completed || task.isCompleted || task.isGivenUp {
                self.fail("invariant 2: \(what) after its end", now)
            }
            if last.end == .lapsed, !last.isCancelled {
                self.fail("\(what): the attempt before wasn't taken back", now)
            }
            if last.end == .failed || last.end == .lapsed { self.pay(&task, dispatch, job, now: now) }
            self.checkBackoff(last, dispatch, task, what, now: now)
        }
        self.checkTarget(dispatch, task, job, what, now: now)
        let decision = effects.decisions.prefix(effects.decisionCount).last {
            $0.jobID == jobID && $0.slot == dispatch.task.slot && $0.workflowIDs.contains(dispatch.task.workflowID)
        }
        guard let decision, decision.placement.chosen == dispatch.datacenterID else {
            return self.fail("\(what): no decision says so", now)
        }
        if let capacity = fleet.capacity(of: dispatch.datacenterID, now: now) {
            if capacity.health == .unhealthy { self.fail("invariant 5: \(what) is unhealthy", now) }
            if capacity.totalCores < dispatch.workflow.cores { self.fail("invariant 5: \(what) is too small", now) }
        }
        if drained.contains(dispatch.datacenterID) { self.fail("invariant 5: \(what) is drained", now) }
        let isQueued = decision.action == .queue
        if !isQueued, let beat = self.heartbeats[dispatch.datacenterID],
            self.outstanding(in: dispatch.datacenterID) + dispatch.workflow.cores > beat.available
        {
            self.fail(
                "invariant 6: \(what) and \(self.outstanding(in: dispatch.datacenterID)) cores sent before it are more than the \(beat.available) that were free at \(beat.stamp)",
                now)
        }
        if dispatch.leaseUntil < now + dispatch.leaseSeconds - 1e-6 {
            self.fail("\(what): the lease is too short", now)
        }
        self.executions += 1
        task.wasHeld = false
        task.attempts.append(
            Attempt(
                dispatch: dispatch, isQueued: isQueued, dispatchedAt: now,
                wait: max(0, dispatch.leaseUntil - now - dispatch.leaseSeconds), leaseUntil: dispatch.leaseUntil))
        self.jobs[jobID]?.tasks[name] = task
    }

    mutating func pay(_ task: inout Task, _ dispatch: TaskDispatch, _ job: Job, now: UnixSeconds) {
        task.paid += 1
        let rules = self.settings.retryBudget
        let total = min(job.submission.retryBudget > 0 ? job.submission.retryBudget : rules.default, rules.max)
        let perWorkflow = min(
            job.submission.retryBudgetPerWorkflow > 0
                ? job.submission.retryBudgetPerWorkflow : rules.perWorkflowDefault,
            rules.perWorkflowMax, total)
        var ofWorkflow = 1
        for (name, other) in job.tasks where name.hasSuffix("/\(dispatch.task.workflowID)") { ofWorkflow += other.paid }
        if job.paid + 1 > total {
            self.fail("invariant 4: \(job.submission.jobID) retries \(job.paid + 1) of \(total)", now)
        }
        if ofWorkflow > perWorkflow {
            self.fail("invariant 4: a workflow of \(job.submission.jobID) retries \(ofWorkflow) of \(perWorkflow)", now)
        }
    }

    mutating func checkBackoff(
        _ last: Attempt, _ dispatch: TaskDispatch, _ task: Task, _ what: String, now: UnixSeconds
    ) {
        // What was held is sent as soon as it can be.
        guard !task.wasHeld, last.end == .failed, last.dispatch.datacenterID == dispatch.datacenterID,
            last.dispatch.runtime == dispatch.runtime
        else { return }
        let tries = task.attempts.count {
            $0.dispatch.datacenterID == dispatch.datacenterID && $0.dispatch.runtime == dispatch.runtime
                && $0.end != .rejected && $0.end != .unknownRuntime
        }
        var backoff = self.settings.backoffBaseSeconds
        for _ in 1..<max(1, tries) { backoff *= 2 }
        let least = min(backoff, self.settings.backoffCapSeconds) * (1 - self.settings.backoffJitter)
        if now < last.endedAt + least - 1e-6 { self.fail("\(what): \(now - last.endedAt) s after the failure", now) }
    }

    mutating func checkTarget(
        _ dispatch: TaskDispatch, _ task: Task, _ job: Job, _ what: String, now: UnixSeconds
    ) {
        var executions = 0
        for attempt in task.attempts
        where attempt.dispatch.datacenterID == dispatch.datacenterID && attempt.dispatch.runtime == dispatch.runtime {
            if attempt.end == .unknownRuntime { self.fail("\(what): it doesn't know the runtime", now) }
            if attempt.end != .rejected { executions += 1 }
        }
        if executions >= self.settings.maxAttempts { self.fail("\(what): has been executed there enough", now) }
        for (name, other) in job.tasks where !name.hasPrefix("\(dispatch.task.slot)/") {
            // A slot's datacenter is that of its newest dispatch.
            guard let newest = self.newest(ofSlot: name.prefix { $0 != "/" }, in: job), let mine = other.attempts.last,
                newest.dispatch.leaseToken == mine.dispatch.leaseToken
            else { continue }
            if mine.dispatch.datacenterID == dispatch.datacenterID { self.fail("\(what): another slot has it", now) }
        }
    }

    func newest(ofSlot slot: Substring, in job: Job) -> Attempt? {
        var newest: Attempt?
        for (name, task) in job.tasks where name.hasPrefix("\(slot)/") {
            guard let last = task.attempts.last else { continue }
            if let known = newest, known.dispatch.leaseToken.ordinal > last.dispatch.leaseToken.ordinal { continue }
            newest = last
        }
        return newest
    }

    /// Cores sent there that no heartbeat knows.
    func outstanding(in datacenterID: String) -> Int {
        let stamp = self.heartbeats[datacenterID]?.stamp ?? -.infinity
        var cores = 0
        for job in self.jobs.values {
            for task in job.tasks.values {
                guard let last = task.attempts.last, last.end == nil, !last.isQueued,
                    last.dispatch.datacenterID == datacenterID
                else { continue }
                if let accepted = last.acceptedAt, stamp > accepted { continue }
                cores += last.dispatch.workflow.cores
            }
        }
        return cores
    }

    mutating func apply(_ result: JobResult, now: UnixSeconds) {
        guard var job = self.jobs[result.jobID] else { return self.fail("a result of no job: \(result.jobID)", now) }
        if job.result != nil {
            if result.revision != job.revision + 1 || self.settings.bestEffort.lateResultPolicy != .updateResult {
                self.fail("invariant 1: \(result.jobID) has a second result", now)
            }
        } else if result.revision != 0 {
            self.fail("invariant 1: the first result of \(result.jobID) is revision \(result.revision)", now)
        }
        if let first = job.result, result.status != first.status || result.reason != first.reason {
            self.fail("the end of \(result.jobID) isn't latched", now)
        }
        self.check(result, of: job, now: now)
        job.result = job.result ?? result
        job.revision = result.revision
        self.jobs[result.jobID] = job
    }

    mutating func check(_ result: JobResult, of job: Job, now: UnixSeconds) {
        let attempts = job.tasks.values.reduce(0) { $0 + $1.attempts.count }
        if result.totalAttempts != attempts {
            self.fail("\(result.jobID): \(result.totalAttempts) of \(attempts) attempts", now)
        }
        if result.retriesConsumed < job.paid {
            self.fail("\(result.jobID): \(result.retriesConsumed) of \(job.paid) retries", now)
        }
        for task in result.tasks {
            let known = job.tasks["\(task.task.slot)/\(task.task.workflowID)"]
            if (task.status == .completed) != (known?.isCompleted ?? false) {
                self.fail("\(result.jobID): \(task.task.workflowID) is \(task.status)", now)
            }
        }
        guard job.result == nil else { return }
        let slots = (0..<job.submission.datacenterCount).count { slot in
            result.tasks.allSatisfy { $0.task.slot != slot || $0.status == .completed }
        }
        let rule = BestEffort(job.submission, submittedAt: job.submittedAt, settings: self.settings.bestEffort)
        if result.isSuccess != (slots >= rule.minDCs), result.reason != "deadline", result.reason != "cancelled" {
            self.fail("\(result.jobID): \(result.status) with \(slots) of \(rule.minDCs) slots", now)
        }
        if job.submission.bestEffort, result.reason != "deadline", result.reason != "cancelled" { return }
        for (name, task) in job.tasks {
            if let last = task.attempts.last, last.end == nil {
                self.fail("\(result.jobID)/\(name) lives on after the end", now)
            }
        }
    }
}
