@testable import SpillwayCore

/// Follows inputs and outputs by rules of its own and says what may not be (design section 10, invariants 1 to 7).
struct Checker {
    enum End: Equatable {
        case rejected, unknownRuntime, failed, completed, lapsed, cancelled
    }

    struct Attempt {
        let dispatch: TaskDispatch
        let isQueued: Bool
        let dispatchedAt: UnixSeconds
        let wait: Seconds
        var leaseUntil: UnixSeconds
        var acceptedAt: UnixSeconds?
        var isStarted = false
        var end: End?
        var endedAt: UnixSeconds = 0
        var isCancelled = false
    }

    struct Task {
        var attempts: [Attempt] = []
        var isCompleted = false
        var isGivenUp = false
        var paid = 0
    }

    struct Job {
        var submission: JobSubmission
        var submittedAt: UnixSeconds
        var tasks: [String: Task] = [:]
        var result: JobResult?
        var revision = 0
        var isCancelled = false

        var paid: Int { self.tasks.values.reduce(0) { $0 + $1.paid } }
    }

    let settings: EngineSettings
    var jobs: [String: Job] = [:]
    var violations: [String] = []
    /// The newest heartbeat of each datacenter that the view has.
    var heartbeats: [String: (stamp: UnixSeconds, available: Int)] = [:]
    var executions = 0

    init(settings: EngineSettings) { self.settings = settings }

    mutating func fail(_ what: String, _ now: UnixSeconds) {
        if self.violations.count < 5 { self.violations.append("\(what) at \(now)") }
    }

    private static func name(_ task: TaskID) -> String { "\(task.slot)/\(task.workflowID)" }

    // MARK: - Inputs

    /// What an outcome should do, before it is taken. `nil`: nothing at all.
    struct Expectation {
        var jobID: String
        var task: String
        var attempt: Int
        var isAfterEnd: Bool
    }

    func expectation(_ outcome: TaskOutcome) -> Expectation? {
        guard let job = self.jobs[outcome.routingKey], let id = TaskID(outcome.taskID, jobID: outcome.routingKey),
            let task = job.tasks[Self.name(id)], outcome.attempt >= 1, outcome.attempt <= task.attempts.count
        else { return nil }
        let attempt = task.attempts[outcome.attempt - 1]
        guard attempt.dispatch.leaseToken.text == outcome.leaseToken else { return nil }
        let isNewest = outcome.attempt == task.attempts.count
        let isLive = isNewest && attempt.end == nil
        let isTaken: Bool
        switch outcome.kind {
        case .completed:
            let isOvertaken = task.attempts[outcome.attempt...].contains { $0.isStarted }
            isTaken = !task.isCompleted && !task.isGivenUp && (isLive || (attempt.end == .lapsed && !isOvertaken))
        case .failed, .heartbeat: isTaken = isLive
        case .rejected(let reason): isTaken = isLive && !attempt.isStarted && reason != .duplicate
        case .accepted(let started): isTaken = isLive && !attempt.isStarted && (started || attempt.acceptedAt == nil)
        }
        guard isTaken, !(job.result != nil && job.isCancelled) else { return nil }
        if job.result != nil, !job.submission.bestEffort { return nil }
        return Expectation(
            jobID: outcome.routingKey, task: Self.name(id), attempt: outcome.attempt, isAfterEnd: job.result != nil)
    }

    /// An outcome was taken, with these effects.
    mutating func took(
        _ outcome: TaskOutcome, _ expected: Expectation?, stamp: UnixSeconds, now: UnixSeconds, effects: Effects
    ) {
        guard let expected else {
            if !effects.isEmpty { self.fail("invariant 2/3: \(outcome.kind) of \(outcome.taskID)#\(outcome.attempt) has effects", now) }
            return
        }
        let lease = self.lease(expected)
        let index = expected.attempt - 1
        if !expected.isAfterEnd, effects.isEmpty {
            switch outcome.kind {
            case .completed, .failed, .rejected, .accepted(started: true):
                self.fail("\(outcome.kind) of \(outcome.taskID)#\(outcome.attempt) has no effect", now)
            case .accepted, .heartbeat: break
            }
        }
        let hardLimit = self.settings.leaseHardLimitSeconds
        self.change(expected) { task in
            switch outcome.kind {
            case .accepted(let started):
                task.attempts[index].acceptedAt = task.attempts[index].acceptedAt ?? stamp
                if started {
                    task.attempts[index].isStarted = true
                    task.attempts[index].renew(to: stamp, lease: lease, hardLimit: hardLimit)
                }
            case .heartbeat:
                task.attempts[index].renew(to: stamp, lease: lease, hardLimit: hardLimit)
            case .rejected(let reason):
                task.attempts[index].finish(reason == .unknownRuntime ? .unknownRuntime : .rejected, now)
            case .failed:
                task.attempts[index].isStarted = true
                task.attempts[index].finish(.failed, now)
            case .completed:
                task.isCompleted = true
                if task.attempts[index].end == nil { task.attempts[index].finish(.completed, now) }
            }
        }
        if case .completed = outcome.kind, !expected.isAfterEnd, !Self.saysCompleted(effects, expected) {
            self.fail("invariant 1: the completion of \(outcome.taskID)#\(outcome.attempt) is not kept", now)
        }
    }

    private static func saysCompleted(_ effects: Effects, _ expected: Expectation) -> Bool {
        for result in effects.results where result.jobID == expected.jobID { return true }
        for case .put(let record) in effects.state {
            switch record {
            case .task(let jobID, let task) where jobID == expected.jobID && "\(task.slot)/\(task.workflowID)" == expected.task:
                if task.standing == .completed { return true }
            case .job(let job) where job.submission.jobID == expected.jobID:
                for task in job.tasks where "\(task.slot)/\(task.workflowID)" == expected.task && task.standing == .completed {
                    return true
                }
            default: continue
            }
        }
        return false
    }

    private func lease(_ expected: Expectation) -> Seconds {
        self.jobs[expected.jobID]?.tasks[expected.task]?.attempts[expected.attempt - 1].dispatch.leaseSeconds ?? 0
    }

    private mutating func change(_ expected: Expectation, _ body: (inout Task) -> Void) {
        guard var task = self.jobs[expected.jobID]?.tasks[expected.task] else { return }
        body(&task)
        self.jobs[expected.jobID]?.tasks[expected.task] = task
    }

    // MARK: - Outputs

    mutating func apply(_ effects: Effects, fleet: Fleet, drained: Set<String>, now: UnixSeconds) {
        for cancellation in effects.cancellations { self.apply(cancellation, fleet: fleet, now: now) }
        for dispatch in effects.dispatches {
            self.apply(dispatch, effects: effects, fleet: fleet, drained: drained, now: now)
        }
        for result in effects.results { self.apply(result, now: now) }
        for decision in effects.decisions.prefix(effects.decisionCount) where decision.action == .hold || decision.action == .fail {
            if decision.placement.chosen != nil, decision.action == .hold {
                self.fail("a hold of \(decision.jobID) names a datacenter", now)
            }
            guard decision.action == .fail else { continue }
            for workflowID in decision.workflowIDs {
                let name = "\(decision.slot)/\(workflowID)"
                guard let task = self.jobs[decision.jobID]?.tasks[name] else { continue }
                if task.isCompleted, decision.reason != .deadline { self.fail("\(decision.jobID)/\(name) is given up after its completion", now) }
                self.jobs[decision.jobID]?.tasks[name]?.isGivenUp = true
            }
        }
    }

    private mutating func apply(_ cancellation: TaskCancellation, fleet: Fleet, now: UnixSeconds) {
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
            if now <= attempt.leaseUntil { self.fail("\(jobID)/\(name)#\(cancellation.attempt) is reaped \(attempt.leaseUntil - now) s early", now) }
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

    private mutating func apply(
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
            if last.end == .completed || task.isCompleted || task.isGivenUp { self.fail("invariant 2: \(what) after its end", now) }
            if last.end == .lapsed, !last.isCancelled { self.fail("\(what): the attempt before wasn't taken back", now) }
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
            self.fail("invariant 6: \(what) and \(self.outstanding(in: dispatch.datacenterID)) cores sent before it are more than the \(beat.available) that were free at \(beat.stamp)", now)
        }
        if dispatch.leaseUntil < now + dispatch.leaseSeconds - 1e-6 { self.fail("\(what): the lease is too short", now) }
        self.executions += 1
        task.attempts.append(
            Attempt(
                dispatch: dispatch, isQueued: isQueued, dispatchedAt: now,
                wait: max(0, dispatch.leaseUntil - now - dispatch.leaseSeconds), leaseUntil: dispatch.leaseUntil))
        self.jobs[jobID]?.tasks[name] = task
    }

    private mutating func pay(_ task: inout Task, _ dispatch: TaskDispatch, _ job: Job, now: UnixSeconds) {
        task.paid += 1
        let rules = self.settings.retryBudget
        let total = min(job.submission.retryBudget > 0 ? job.submission.retryBudget : rules.default, rules.max)
        let perWorkflow = min(
            job.submission.retryBudgetPerWorkflow > 0 ? job.submission.retryBudgetPerWorkflow : rules.perWorkflowDefault,
            rules.perWorkflowMax, total)
        var ofWorkflow = 1
        for (name, other) in job.tasks where name.hasSuffix("/\(dispatch.task.workflowID)") { ofWorkflow += other.paid }
        if job.paid + 1 > total { self.fail("invariant 4: \(job.submission.jobID) retries \(job.paid + 1) of \(total)", now) }
        if ofWorkflow > perWorkflow {
            self.fail("invariant 4: a workflow of \(job.submission.jobID) retries \(ofWorkflow) of \(perWorkflow)", now)
        }
    }

    private mutating func checkBackoff(
        _ last: Attempt, _ dispatch: TaskDispatch, _ task: Task, _ what: String, now: UnixSeconds
    ) {
        guard last.end == .failed, last.dispatch.datacenterID == dispatch.datacenterID,
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

    private mutating func checkTarget(
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

    private func newest(ofSlot slot: Substring, in job: Job) -> Attempt? {
        var newest: Attempt?
        for (name, task) in job.tasks where name.hasPrefix("\(slot)/") {
            guard let last = task.attempts.last else { continue }
            if let known = newest, known.dispatch.leaseToken.ordinal > last.dispatch.leaseToken.ordinal { continue }
            newest = last
        }
        return newest
    }

    /// Cores sent there that no heartbeat knows.
    private func outstanding(in datacenterID: String) -> Int {
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

    private mutating func apply(_ result: JobResult, now: UnixSeconds) {
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

    private mutating func check(_ result: JobResult, of job: Job, now: UnixSeconds) {
        let attempts = job.tasks.values.reduce(0) { $0 + $1.attempts.count }
        if result.totalAttempts != attempts { self.fail("\(result.jobID): \(result.totalAttempts) of \(attempts) attempts", now) }
        if result.retriesConsumed < job.paid { self.fail("\(result.jobID): \(result.retriesConsumed) of \(job.paid) retries", now) }
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
            if let last = task.attempts.last, last.end == nil { self.fail("\(result.jobID)/\(name) lives on after the end", now) }
        }
    }

    // MARK: - Time

    /// A partition's state was restored: its leases have a grace.
    mutating func restored(_ jobIDs: (String) -> Bool, now: UnixSeconds) {
        let until = now + self.settings.leaseRestoreGraceSeconds
        for (jobID, job) in self.jobs where jobIDs(jobID) {
            for (name, task) in job.tasks {
                guard let last = task.attempts.last, last.end == nil, last.leaseUntil < until else { continue }
                self.jobs[jobID]?.tasks[name]?.attempts[task.attempts.count - 1].leaseUntil = until
            }
        }
    }

    /// A partition has been read to its end: what is over has been acted on.
    mutating func checkReaped(_ jobIDs: (String) -> Bool, now: UnixSeconds) {
        for (jobID, job) in self.jobs where jobIDs(jobID) && job.result == nil {
            for (name, task) in job.tasks {
                guard let last = task.attempts.last, last.end == nil, last.leaseUntil < now - 1e-3 else { continue }
                self.fail("\(jobID)/\(name) isn't reaped \(now - last.leaseUntil) s after its lease", now)
            }
            if let deadline = job.submission.deadlineSeconds, job.submittedAt + deadline < now - 1e-3 {
                self.fail("\(jobID) is past its deadline", now)
            }
        }
    }
}

extension Checker.Attempt {
    fileprivate mutating func finish(_ end: Checker.End, _ now: UnixSeconds) {
        self.end = end
        self.endedAt = now
    }

    fileprivate mutating func renew(to stamp: UnixSeconds, lease: Seconds, hardLimit: Seconds) {
        let limit = max(self.dispatchedAt + self.wait + lease, self.dispatchedAt + hardLimit)
        self.leaseUntil = max(self.leaseUntil, min(limit, stamp + lease))
    }
}
