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
        /// Whether it was held since its newest attempt.
        var wasHeld = false
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

    static func name(_ task: TaskID) -> String { "\(task.slot)/\(task.workflowID)" }

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
            if !effects.isEmpty {
                self.fail("invariant 2/3: \(outcome.kind) of \(outcome.taskID)#\(outcome.attempt) has effects", now)
            }
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
                task.attempts[index].finish(.failed, stamp)
            case .completed:
                task.isCompleted = true
                if task.attempts[index].end == nil { task.attempts[index].finish(.completed, now) }
            }
        }
        if case .completed = outcome.kind, !expected.isAfterEnd, !Self.saysCompleted(effects, expected) {
            self.fail("invariant 1: the completion of \(outcome.taskID)#\(outcome.attempt) is not kept", now)
        }
    }

    static func saysCompleted(_ effects: Effects, _ expected: Expectation) -> Bool {
        for result in effects.results where result.jobID == expected.jobID { return true }
        for case .put(let record) in effects.state {
            switch record {
            case .task(let jobID, let task)
            where jobID == expected.jobID && "\(task.slot)/\(task.workflowID)" == expected.task:
                if task.standing == .completed { return true }
            case .job(let job) where job.submission.jobID == expected.jobID:
                for task in job.tasks
                where "\(task.slot)/\(task.workflowID)" == expected.task && task.standing == .completed {
                    return true
                }
            default: continue
            }
        }
        return false
    }

    func lease(_ expected: Expectation) -> Seconds {
        self.jobs[expected.jobID]?.tasks[expected.task]?.attempts[expected.attempt - 1].dispatch.leaseSeconds ?? 0
    }

    mutating func change(_ expected: Expectation, _ body: (inout Task) -> Void) {
        guard var task = self.jobs[expected.jobID]?.tasks[expected.task] else { return }
        body(&task)
        self.jobs[expected.jobID]?.tasks[expected.task] = task
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
    mutating func finish(_ end: Checker.End, _ now: UnixSeconds) {
        self.end = end
        self.endedAt = now
    }

    mutating func renew(to stamp: UnixSeconds, lease: Seconds, hardLimit: Seconds) {
        let limit = max(self.dispatchedAt + self.wait + lease, self.dispatchedAt + hardLimit)
        self.leaseUntil = max(self.leaseUntil, min(limit, stamp + lease))
    }
}
