import SpillwayCore
import Testing

/// Scenarios TL-* and OB-*: a task of the event graph is a job of one workflow, a claim is `task.accepted`, the reaper and
/// the retry scheduler are the engine's timers, a tick of the outbox is one transaction of a lane.
@Suite struct LifecycleScenarioTests {
    private static let byTimer = "Expired leases are acted on by the owner's timer, never before expiry."
    private static let inOrder =
        "A partition's records (by the broker's stamp) and timers are taken in order of time"
    private static let oneTransaction =
        "A lane takes a batch, runs the engine, writes effects + changelog + consumed offsets in ONE Kafka transaction"

    static let differences: [String: [Difference]] = [
        "TL-03": [
            // Reaped when the lease ends, not at the next poll.
            Difference(
                step: 3, field: "next_retry_s", expected: .object(["A@cursor:S.0:v1:1": .number(150)]),
                sentence: Self.byTimer)
        ],
        "TL-05": [
            Difference(
                step: 2, field: "state", expected: .object(["A@cursor:S.0:v1:1": .text("Failed/1")]),
                sentence: Self.inOrder)
        ],
        "TL-15": [
            Difference(
                step: 4, field: "ok", expected: .bool(true), sentence: "A lease is over when the time is past it")
        ],
        "TL-18": [
            Difference(
                step: 3, field: "ok", expected: .bool(true),
                sentence: "`events` | routing key (below) | anyone | everything that asks for work or reports on it"),
            Difference(
                step: 3, field: "code", expected: nil,
                sentence: "`events` | routing key (below) | anyone | everything that asks for work or reports on it"),
            Difference(
                step: 3, field: "count", expected: .object(["B": .number(2)]),
                sentence: "`events` | routing key (below) | anyone | everything that asks for work or reports on it"),
        ],
        // Routing and publishing are one; what is published and not recorded isn't visible.
        "OB-02": [
            Difference(
                step: 5, field: "queue_has",
                expected: .object(["q.ecs_platform": .texts(["A@cursor:S.0:v1:1"])]), sentence: Self.oneTransaction)
        ],
        "OB-03": [
            Difference(
                step: 6, field: "queue_has",
                expected: .object([
                    "q.ecs_platform": .texts((1...5).map { "A@cursor:S.0:v1:\($0)" })
                ]), sentence: Self.oneTransaction),
            Difference(
                step: 9, field: "queue_has",
                expected: .object([
                    "q.ecs_platform": .texts((1...5).map { "A@cursor:S.0:v1:\($0)" })
                ]), sentence: Self.oneTransaction),
        ],
    ]

    @Test(arguments: try Scenario.all("TL-", "OB-"))
    func `The engine does what the scenario expects`(_ scenario: Scenario) throws {
        var runner = Runner(scenario)
        for (number, step) in scenario.steps.enumerated() {
            let seen = runner.run(step)
            var expected = step["expect"]?.fields ?? [:]
            for difference in Self.differences[scenario.id] ?? [] where difference.step == number {
                expected[difference.field] = difference.expected
            }
            for (field, value) in expected.sorted(by: { $0.key < $1.key }) {
                if case .object(let fields) = value {
                    for (name, one) in fields {
                        let other = runner.observe(field, name)
                        if let time = one.number, let seenTime = other.number {
                            #expect(abs(time - seenTime) < 1e-6, "\(scenario.id) step \(number) \(field) \(name)")
                        } else {
                            #expect(other == one, "\(scenario.id) step \(number) \(field) \(name)")
                        }
                    }
                } else {
                    #expect(seen[field] ?? .null == value, "\(scenario.id) step \(number) \(field)")
                }
            }
        }
    }

    @Test func `Every difference is one of a scenario that is there`() throws {
        let ids = try Scenario.all("TL-", "OB-").map(\.id)
        #expect(ids.count == 17)
        for id in Self.differences.keys { #expect(ids.contains(id)) }
    }

    private struct Runner: ~Copyable {
        var bed: TestBed
        let start: UnixSeconds
        private let isManual: Bool
        /// Records that no transaction has taken yet.
        private var waiting: [Event] = []
        private var submitted: [String] = []
        private var tokens: [String: String] = [:]
        /// How each ended task stands.
        private var ends: [String: String] = [:]

        init(_ scenario: Scenario) {
            var settings = EngineSettings.generous
            settings.backoffBaseSeconds = 30
            settings.backoffCapSeconds = 600
            settings.leaseMinimumSeconds = 1
            if scenario.given["dag"]?.text == "timeout" { settings.leaseHardLimitSeconds = 150 }
            self.isManual = scenario.given["manual_ticks"]?.bool ?? false
            self.bed = TestBed(["dc": 100], settings: settings)
            self.start = self.bed.now
        }

        mutating func run(_ step: JSONValue) -> [String: JSONValue] {
            if let time = step["t"]?.number { self.bed.run(until: self.start + time) }
            let name = step["task"]?.text ?? ""
            switch step["do"]?.text {
            case "emit":
                if let event = step["event"] { self.emit(event) }
                return ["ok": .bool(true)]
            case "claim": return self.claim(name, saveLease: step["save_lease"]?.text)
            case "heartbeat": return self.say(.heartbeat(progress: nil), name, step)
            case "complete":
                switch step["outcome"]?.text {
                case "fatal": return self.say(.failed(TaskError(isRetryable: false)), name, step)
                case "retryable": return self.say(.failed(TaskError()), name, step)
                default:
                    let answer = self.say(.completed(result: nil), name, step)
                    if answer["ok"] == .bool(true) { for event in step["events"]?.list ?? [] { self.emit(event) } }
                    return answer
                }
            case "cancel":
                self.bed.cancel(name)
                return [:]
            case "outbox":
                // A crash before the end of a transaction leaves nothing of it.
                if step["mark"] != .bool(false) {
                    for event in self.waiting.prefix(step["limit"]?.number.map(Int.init) ?? .max) { self.take(event) }
                    self.waiting.removeFirst(min(self.waiting.count, step["limit"]?.number.map(Int.init) ?? .max))
                }
                return [:]
            case "crash":
                return [:]
            case "restart":
                self.bed.restart()
                return [:]
            // The engine's timers have done it.
            case "reaper", "retry": return [:]
            default:
                Issue.record("\(step) isn't understood")
                return [:]
            }
        }

        /// The event graph: A follows S, B follows A.
        private mutating func emit(_ event: JSONValue) {
            let dataset = event["dataset"]?.text ?? ""
            let job = dataset == "A.0" ? "B" : "A"
            let cursor = Int(event["cursor"]?.number ?? 0)
            let name = "\(job)@cursor:\(dataset):\(event["version"]?.text ?? ""):\(cursor)"
            var submission = JobSubmission.simple(name, duration: 90, budget: 100)
            submission.workflows[0].timeoutSeconds = 30
            if self.isManual {
                self.waiting.append(.jobSubmitted(submission))
            } else {
                self.take(.jobSubmitted(submission))
            }
        }

        private mutating func take(_ event: Event) {
            if case .jobSubmitted(let submission) = event { self.submitted.append(submission.jobID) }
            self.bed.take(event)
        }

        private func newest(_ name: String) -> TaskDispatch? { self.bed.dispatches.last { $0.task.jobID == name } }

        private mutating func claim(_ name: String, saveLease: String?) -> [String: JSONValue] {
            guard let dispatch = self.newest(name) else {
                let before = self.bed.ignored.count
                self.bed.take(
                    .taskOutcome(
                        TaskOutcome(
                            taskID: "\(name)/0/w1", attempt: 1, leaseToken: "3.0.1", routingKey: name,
                            kind: .accepted(started: true))))
                let isUnknown = self.bed.ignored.dropFirst(before).first == .unknownJob
                return ["claimed": .bool(false), "reason": .text(isUnknown ? "NotFound" : "?")]
            }
            let before = self.bed.ignored.count
            self.bed.start(dispatch)
            guard let why = self.bed.ignored.dropFirst(before).first else {
                if let saveLease { self.tokens[saveLease] = dispatch.leaseToken.text }
                return ["claimed": .bool(true), "attempt": .number(dispatch.attempt)]
            }
            let state = self.state(of: name)
            let reason = why == .repeated ? "AlreadyRunning" : String(state.prefix { $0 != "/" })
            return ["claimed": .bool(false), "reason": .text(reason)]
        }

        private mutating func say(
            _ kind: TaskOutcome.Kind, _ name: String, _ step: JSONValue
        ) -> [String: JSONValue] {
            let lease = step["lease"]?.text ?? ""
            let attempt = Int(step["attempt"]?.number ?? 1)
            let before = self.bed.ignored.count
            self.bed.take(
                .taskOutcome(
                    TaskOutcome(
                        taskID: "\(name)/0/w1", attempt: attempt, leaseToken: self.tokens[lease] ?? lease,
                        routingKey: name, kind: kind)))
            if self.bed.ignored.count == before { return ["ok": .bool(true)] }
            return ["ok": .bool(false), "code": .text("stale_fence")]
        }

        func observe(_ field: String, _ name: String) -> JSONValue {
            switch field {
            case "state": .text(self.state(of: name))
            case "next_retry_s":
                if case .waiting(let until)? = self.task(name)?.standing { .number(until - self.start) } else { .null }
            case "queue_has": .texts(self.bed.dispatches.map(\.task.jobID))
            case "count": .number(self.submitted.count { $0.hasPrefix("\(name)@") })
            // Intents are never durable without being published.
            case "outbox": .number(0)
            default: .null
            }
        }

        private func task(_ name: String) -> TaskRecord? {
            for (_, record) in self.bed.state.records.reversed() {
                switch record {
                case .task(let jobID, let task) where jobID == name: return task
                case .job(let job) where job.submission.jobID == name: return job.tasks.first
                default: continue
                }
            }
            return nil
        }

        private func state(of name: String) -> String {
            if let result = self.bed.results.last(where: { $0.jobID == name }) {
                switch result.status {
                case .succeeded, .partial: return "Completed/\(result.totalAttempts)"
                case .failed: return "Failed/\(result.totalAttempts)"
                case .cancelled: return "Canceled/\(result.totalAttempts)"
                }
            }
            guard let task = self.task(name) else { return "?" }
            switch task.standing {
            case .waiting, .held: return "Failed/\(task.attempt)"
            default: break
            }
            if case .accepted = task.phase { return "Running/\(task.attempt)" }
            return "Queued/\(task.attempt)"
        }
    }
}
