import Testing

/// Proves from the topics alone that jobs were followed to their end as design sections 6 and 10 (1-4) promise.
struct LifeChecker {
    /// What happened, so that a test can't pass for want of trouble.
    struct Counts {
        var failures = 0
        var rejections = 0
        var expiries = 0
        var losses = 0
        var lateCompletions = 0
        var lateCompletionsThatCounted = 0
        var repeats = 0
        var contradictions = 0
        var lies = 0
        var cancelledAttempts = 0
        var statuses: [String: Int] = [:]
    }

    let ledger: LifeLedger
    /// `attempts.max`
    var executionsPerTarget = 3
    /// The contract's stamps have milliseconds.
    static let millisecond = 0.0011
    private(set) var counts = Counts()
    private var findings = Findings()

    init(_ ledger: LifeLedger) {
        self.ledger = ledger
        self.counts.lies = ledger.lies
    }

    /// Looks at everything; a finding fails the test.
    mutating func check(_ jobs: [any FollowedJob], _ sourceLocation: SourceLocation = #_sourceLocation) {
        for trouble in self.ledger.troubles { self.findings.add("a record that doesn't fit", trouble) }
        self.findings.need(self.ledger.deadLetters == 0, "dead letters", "\(self.ledger.deadLetters)")
        let known = Set(jobs.map(\.id))
        for id in self.ledger.results.keys where !known.contains(id) {
            self.findings.add("a result that nobody asked for", id)
        }
        for job in jobs { self.check(job) }
        for (task, attempts) in self.ledger.attempts {
            for attempt in attempts { self.count(attempt) }
            self.checkNumbers(task, attempts)
        }
        self.findings.report(sourceLocation)
    }

    private mutating func check(_ job: any FollowedJob) {
        self.findings.need(
            self.ledger.submissions[job.id] ?? 0 >= (job.isRepeated ? 2 : 1), "the feed is not whole",
            "\(job.id): \(self.ledger.submissions[job.id] ?? 0)")
        let records = self.ledger.results[job.id] ?? []
        let finals = records.filter { $0.body.final && $0.body.revision == 0 }
        self.findings.need(
            finals.count == 1 && records.count == 1, "not exactly one result",
            "\(job.id): \(records.map { "\($0.partition)/\($0.offset) \($0.body.status) r\($0.body.revision)" })")
        guard let result = finals.first?.body else { return }
        self.counts.statuses["\(result.status)", default: 0] += 1
        self.findings.need(
            Set(result.tasks.map(\.task_id)) == Set(job.taskIDs), "other tasks in the result", job.id)
        var paid: [String: Int] = [:]
        var dispatched = 0
        for task in result.tasks {
            let attempts = self.ledger.attempts[task.task_id] ?? []
            dispatched += attempts.count
            self.findings.need(
                task.attempts == attempts.count, "another number of attempts than dispatches",
                "\(task.task_id): \(task.attempts), \(attempts.count)")
            self.checkChain(task, attempts, result)
            self.checkEnd(task, attempts, result)
            let workflow = String(task.task_id.split(separator: "/").last ?? "")
            paid[workflow, default: 0] += self.reexecutions(task, attempts)
        }
        let total = paid.values.reduce(0, +)
        self.findings.need(
            result.total_attempts == dispatched, "another total of attempts",
            "\(job.id): \(result.total_attempts), \(dispatched)")
        self.findings.need(
            total <= job.budget && result.retries_consumed <= job.budget && result.retries_consumed >= total,
            "beyond the job's budget",
            "\(job.id): \(total) seen, \(result.retries_consumed) said, \(job.budget) allowed")
        for (workflow, count) in paid {
            self.findings.need(
                count <= job.budgetPerWorkflow, "beyond a workflow's budget",
                "\(job.id) \(workflow): \(count) of \(job.budgetPerWorkflow)")
        }
        self.checkStatus(job, result)
    }

    private mutating func checkStatus(_ job: any FollowedJob, _ result: LifeWire.Result) {
        let isComplete = result.tasks.allSatisfy { $0.status == "completed" }
        self.findings.need(
            (result.status == "succeeded") == isComplete, "a status that its tasks don't have",
            "\(job.id): \(result.status), \(result.tasks.map(\.status))")
        self.findings.need(
            result.success == ["succeeded", "partial"].contains(result.status), "success and status differ", job.id)
        self.findings.need(
            result.status != "partial" || job.isBestEffort, "partial without best effort", job.id)
        self.findings.need(
            result.status != "cancelled" || job.isCancelled, "cancelled though nobody asked", job.id)
        self.findings.need(
            result.reason != "deadline" || result.finished_at >= result.submitted_at + (job.deadline ?? .infinity),
            "a deadline that it didn't have", job.id)
        for decision in self.ledger.decisions[job.id] ?? [] where !decision.body.chosen.isEmpty {
            self.findings.need(
                decision.body.at <= result.finished_at + Self.millisecond, "sent after the job's end",
                "\(job.id): \(decision.body.decision_id) at \(decision.body.at), ended at \(result.finished_at)")
        }
    }

    // MARK: - Chains against dispatches

    /// How an attempt ended, by the result.
    private func end(_ attempt: Int, _ task: LifeWire.Result.Task) -> LifeWire.Result.Step? {
        task.fallback_chain.first { $0.attempt == attempt }
    }

    private mutating func checkChain(
        _ task: LifeWire.Result.Task, _ attempts: [LifeLedger.Attempt], _ result: LifeWire.Result
    ) {
        let name = task.task_id
        for step in task.fallback_chain {
            guard let number = step.attempt else {
                self.findings.need(step.outcome == "skipped", "a step without an attempt", "\(name): \(step)")
                continue
            }
            guard attempts.indices.contains(number - 1) else {
                self.findings.add("a step of an attempt that was never sent", "\(name): \(step)")
                continue
            }
            let sent = attempts[number - 1].dispatch.body
            self.findings.need(
                step.datacenter == sent.datacenter && step.runtime == sent.runtime, "a step elsewhere than sent",
                "\(name): \(step), \(sent.datacenter)")
        }
        for (place, attempt) in attempts.enumerated() {
            let steps = task.fallback_chain.filter { $0.attempt == place + 1 }
            let isLast = place == attempts.count - 1
            if steps.isEmpty {
                self.findings.need(
                    isLast && task.status == "pending", "an attempt without an end",
                    "\(name)/\(place + 1), status \(task.status), job \(result.status) \(result.reason)")
                continue
            }
            // Only what lapsed may end a second time: it completed after all.
            let hasLapsed = ["lease_expired", "datacenter_lost"].contains(steps[0].outcome)
            self.findings.need(
                steps.count == 1 || steps.count == 2 && hasLapsed && steps[1].outcome == "completed", "two ends",
                "\(name)/\(place + 1): \(steps.map(\.outcome))")
            for step in steps { self.checkTruth(step, of: attempt, name) }
            guard !isLast else { continue }
            let next = attempts[place + 1]
            self.findings.need(
                (next.decision?.at ?? 0) >= steps[0].at - Self.millisecond, "two live leases",
                "\(name): attempt \(place + 2) at \(next.decision?.at ?? 0), \(place + 1) \(steps[0].outcome) at \(steps[0].at)"
            )
        }
    }

    /// What the result says of an attempt against what its site said and the clock of the broker.
    private mutating func checkTruth(_ step: LifeWire.Result.Step, of attempt: LifeLedger.Attempt, _ task: String) {
        let name = "\(task)/\(attempt.dispatch.body.attempt)"
        let cancellations = attempt.cancellations.count
        switch step.outcome {
        case "completed", "failed", "rejected":
            let said = attempt.outcomes.first {
                $0.body.type == "task.\(step.outcome)" && abs($0.time - step.at) < Self.millisecond
            }
            self.findings.need(said != nil, "an end that nobody told", "\(name): \(step)")
            if step.outcome == "rejected" {
                let before = attempt.outcomes.prefix { $0.offset < said?.offset ?? .max }
                self.findings.need(
                    !before.contains { $0.body.type == "task.accepted" && $0.body.started ?? true },
                    "rejected after its start", name)
            }
            if step.outcome != "completed" {
                self.findings.need(cancellations <= 1, "cancelled twice", "\(name): \(cancellations)")
            }
        case "lease_expired":
            self.findings.need(
                step.at > attempt.deadline - Self.millisecond, "expired before its time",
                "\(name): at \(step.at), lease until \(attempt.deadline), \(attempt.outcomes.map { "\($0.body.type) \($0.time)" })"
            )
            self.findings.need(
                cancellations == 1, "the site isn't told once of an end", "\(name): \(cancellations), \(step)")
        case "datacenter_lost", "cancelled":
            self.findings.need(
                cancellations == 1, "the site isn't told once of an end", "\(name): \(cancellations), \(step)")
        default: self.findings.add("an unknown end", "\(name): \(step)")
        }
    }

    /// The last word on a task.
    private mutating func checkEnd(
        _ task: LifeWire.Result.Task, _ attempts: [LifeLedger.Attempt], _ result: LifeWire.Result
    ) {
        guard task.status == "completed" else { return }
        guard let step = task.fallback_chain.last(where: { $0.outcome == "completed" }), let number = step.attempt,
            attempts.indices.contains(number - 1)
        else { return self.findings.add("completed without a completion", task.task_id) }
        let attempt = attempts[number - 1]
        self.findings.need(
            task.result == .init(token: attempt.dispatch.body.lease_token, isLie: false), "a result of another attempt",
            "\(task.task_id): \(task.result.map { "\($0)" } ?? "none"), attempt \(number)")
        self.findings.need(
            task.fallback_chain.filter { $0.outcome == "completed" }.count == 1, "completed twice", task.task_id)
        guard number < attempts.count else { return }
        // It had lapsed: then no newer one may have started before.
        let completion = attempt.outcomes.first { $0.body.type == "task.completed" }?.offset ?? 0
        for newer in attempts[number...] {
            let started = newer.outcomes.first {
                ["task.accepted", "task.failed", "task.completed"].contains($0.body.type) && $0.body.started ?? true
            }
            self.findings.need(
                started.map { $0.offset > completion } ?? true, "a late completion after a newer start", task.task_id)
        }
    }

    /// Dispatches that the budget has to pay for.
    private func reexecutions(_ task: LifeWire.Result.Task, _ attempts: [LifeLedger.Attempt]) -> Int {
        (1..<max(1, attempts.count)).count { number in
            ["failed", "lease_expired", "datacenter_lost"].contains(self.end(number, task)?.outcome ?? "")
        }
    }

    // MARK: - Tasks

    private mutating func checkNumbers(_ task: String, _ attempts: [LifeLedger.Attempt]) {
        self.findings.need(
            attempts.map(\.dispatch.body.attempt) == Array(1...attempts.count), "attempts aren't numbered in order",
            "\(task): \(attempts.map(\.dispatch.body.attempt))")
        self.findings.need(
            Set(attempts.map(\.dispatch.body.lease_token)).count == attempts.count, "a lease token twice", task)
        var executions: [String: Int] = [:]
        for attempt in attempts {
            let body = attempt.dispatch.body
            self.findings.need(
                attempt.decision?.chosen == [body.datacenter] && attempt.decision?.reason == body.reason,
                "sent elsewhere than decided", "\(task)/\(body.attempt)")
            if !attempt.outcomes.contains(where: { $0.body.type == "task.rejected" }) {
                executions["\(body.datacenter)/\(body.runtime)", default: 0] += 1
            }
        }
        for (target, count) in executions {
            self.findings.need(
                count <= self.executionsPerTarget, "too often on one target", "\(task) on \(target): \(count)")
        }
    }

    private mutating func count(_ attempt: LifeLedger.Attempt) {
        let deadline = attempt.deadline
        let said = attempt.outcomes
        self.counts.failures += said.contains { $0.body.type == "task.failed" } ? 1 : 0
        self.counts.rejections += said.contains { $0.body.type == "task.rejected" } ? 1 : 0
        self.counts.lateCompletions += said.contains { $0.body.type == "task.completed" && $0.time > deadline } ? 1 : 0
        self.counts.cancelledAttempts += attempt.cancellations.isEmpty ? 0 : 1
        for type in ["task.accepted", "task.completed", "task.failed", "task.rejected"] {
            // One that waits first is accepted twice and repeats nothing.
            let count = said.count { $0.body.type == type && $0.body.started ?? true }
            self.counts.repeats += max(0, count - 1)
        }
        let ends = Set(said.map(\.body.type)).intersection(["task.completed", "task.failed", "task.rejected"])
        self.counts.contradictions += ends.count > 1 ? 1 : 0
    }
}

extension LifeChecker {
    /// Ends by the results' chains.
    mutating func countChains() {
        for result in self.ledger.results.values.compactMap(\.last) {
            for task in result.body.tasks {
                var lapsed: Set<Int> = []
                for step in task.fallback_chain {
                    switch step.outcome {
                    case "lease_expired": self.counts.expiries += 1
                    case "datacenter_lost": self.counts.losses += 1
                    default: break
                    }
                    guard let attempt = step.attempt else { continue }
                    if step.outcome == "completed", lapsed.contains(attempt) {
                        self.counts.lateCompletionsThatCounted += 1
                    }
                    if ["lease_expired", "datacenter_lost"].contains(step.outcome) { lapsed.insert(attempt) }
                }
            }
        }
    }
}
