import SpillwayMessages
import Testing

@testable import SpillwayCore

/// Scenarios FB-*: adapters are runtimes of one datacenter.
@Suite struct FallbackScenarioTests {
    static let differences: [String: [Difference]] = [
        "FB-12": [
            Difference(
                step: 0, field: "error", expected: .text("no_usable_datacenter"),
                sentence: "Nothing usable → `unhealthy`: the job fails at once with an error result.")
        ],
        "FB-24": [
            Difference(
                step: 0, field: "success", expected: .bool(false),
                sentence: "| failed, not retryable | terminal at once | no |"),
            Difference(
                step: 0, field: "adapter", expected: nil,
                sentence: "| failed, not retryable | terminal at once | no |"),
            Difference(
                step: 0, field: "total_attempts", expected: .number(1),
                sentence: "| failed, not retryable | terminal at once | no |"),
        ],
        "FB-26": [
            Difference(
                step: 0, field: "success", expected: .bool(true),
                sentence: "| lease expired | next DC, at once | yes |"),
            Difference(
                step: 0, field: "error", expected: nil, sentence: "| lease expired | next DC, at once | yes |"),
            Difference(
                step: 0, field: "fallback_chain", expected: .texts(["prefect", "agno"]),
                sentence: "after a rejection, an expiry or a loss the first DC not tried with this runtime, else the "
                    + "first runtime with a DC not tried"),
            Difference(
                step: 0, field: "total_attempts", expected: .number(3),
                sentence: "| lease expired | next DC, at once | yes |"),
        ],
    ]

    @Test(arguments: try Scenario.all("FB-"))
    func `The engine does what the scenario expects`(_ scenario: Scenario) throws {
        var runner = Runner(scenario)
        for (number, step) in scenario.steps.enumerated() {
            if let time = step["t_ms"]?.number { runner.bed.run(until: runner.start + time / 1000) }
            let seen = step["do"]?.text == "observe" ? runner.observe() : runner.execute(step)
            var expected = step["expect"]?.fields ?? [:]
            for difference in Self.differences[scenario.id] ?? [] where difference.step == number {
                expected[difference.field] = difference.expected
            }
            for (field, value) in expected.sorted(by: { $0.key < $1.key }) {
                Self.compare(seen[field], value, "\(scenario.id) step \(number) \(field)")
            }
        }
    }

    /// Objects are compared by the fields that are expected.
    private static func compare(_ seen: JSONValue?, _ expected: JSONValue, _ place: String) {
        if case .object(let fields) = expected {
            for (field, value) in fields { self.compare(seen?[field], value, "\(place).\(field)") }
        } else if let number = expected.number {
            #expect(abs((seen?.number ?? .nan) - number) < 1e-3, "\(place)")
        } else if case .list(let values) = expected, case .list(let others)? = seen, values.count == others.count {
            for (index, value) in values.enumerated() { self.compare(others[index], value, "\(place)[\(index)]") }
        } else {
            #expect(seen ?? .null == expected, "\(place)")
        }
    }

    @Test func `Every difference is one of a scenario that is there`() throws {
        let ids = try Scenario.all("FB-").map(\.id)
        #expect(ids.count == 17)
        for id in Self.differences.keys { #expect(ids.contains(id)) }
    }

    private struct Runner: ~Copyable {
        static let adapters = ["prefect", "agno", "llamaindex"]

        var bed: TestBed
        let start: UnixSeconds
        private let registered: [String]
        private let scripts: JSONValue?
        private var used: [String: Int] = [:]
        private var jobs = 0

        init(_ scenario: Scenario) {
            let config = scenario.given["config"]
            var settings = EngineSettings.generous
            settings.leaseMinimumSeconds = 1
            settings.maxAttempts = config?["max_attempts"]?.number.map(Int.init) ?? 3
            settings.backoffBaseSeconds = (config?["base_ms"]?.number ?? 100) / 1000
            // A scenario that names no breaker has none.
            settings.circuit.failures = config?["breaker_threshold"]?.number.map(Int.init) ?? 1000
            settings.circuit.coolDownSeconds = (config?["breaker_cooldown_ms"]?.number ?? 60_000) / 1000
            settings.isAdaptive = config?["stats_order"]?.bool ?? false
            settings.adaptiveMinSamples = config?["min_samples"]?.number.map(Int.init) ?? 20
            var placement = PlacementSettings()
            placement.runtimeOrder = Self.adapters
            for (type, order) in scenario.given["per_task_type"]?.fields ?? [:] {
                placement.taskTypes[type] = order.texts
            }
            self.registered = scenario.given["registered"]?.texts ?? Self.adapters
            self.scripts = scenario.given["scripts"]
            self.bed = TestBed([:], settings: settings, placement: placement)
            self.start = self.bed.now
            self.bed.heartbeat("dc", cores: 100, runtimes: self.registered.map { RuntimeReport(name: $0) })
            for (adapter, figures) in scenario.given["stats"]?.fields ?? [:] {
                let target = PlacementRequest.Target(datacenterID: "dc", runtime: adapter)
                for (field, isSuccess) in [("successes", true), ("failures", false)] {
                    for _ in 0..<Int(figures[field]?.number ?? 0) {
                        self.bed.instance.statistics.add(target, isSuccess: isSuccess, now: self.start, halfLife: 600)
                    }
                }
            }
        }

        mutating func execute(_ step: JSONValue) -> [String: JSONValue] {
            let order = step["order"]?.texts
            if order?.isEmpty == true { return Self.refusalOfEmptyOrder() }
            self.jobs += 1
            var submission = JobSubmission.simple("job\(self.jobs)", duration: 30, runtimes: order, budget: 1000)
            submission.taskType = step["task_type"]?.text ?? "other"
            let begin = self.bed.now
            let earlier = (self.bed.dispatches.count, self.bed.results.count)
            self.bed.submit(submission)
            var calls: [JSONValue] = []
            var answered = earlier.0
            while self.bed.results.count == earlier.1, self.bed.now < begin + 10_000 {
                guard answered < self.bed.dispatches.count else {
                    self.bed.run(until: self.bed.engine.nextTimer ?? self.bed.now + 1)
                    continue
                }
                let dispatch = self.bed.dispatches[answered]
                answered += 1
                let earlierCalls = calls.count { $0.list?[1].text == dispatch.runtime }
                calls.append(
                    .list([
                        .number(((self.bed.now - begin) * 1000 * 1000).rounded() / 1000), .text(dispatch.runtime),
                        .number(earlierCalls + 1),
                    ]))
                self.play(dispatch)
            }
            return self.outcome(calls, elapsed: self.bed.now - begin)
        }

        private mutating func play(_ dispatch: TaskDispatch) {
            let script = self.scripts?[dispatch.runtime]?.texts ?? ["ok"]
            let number = self.used[dispatch.runtime, default: 0]
            self.used[dispatch.runtime] = number + 1
            switch script[min(number, script.count - 1)] {
            case "ok": self.bed.complete(dispatch)
            case "nonretryable": self.bed.fail(dispatch, isRetryable: false)
            case "cancel": self.bed.cancel(dispatch.task.jobID)
            // The worker is gone: the lease runs out.
            case "lease_lost": self.bed.run(until: dispatch.leaseUntil.nextUp)
            // However an agent puts a failure, it is a `task.failed` by the time that it gets here.
            case let error: self.bed.fail(dispatch, error)
            }
        }

        private func outcome(_ calls: [JSONValue], elapsed: Seconds) -> [String: JSONValue] {
            guard let result = self.bed.results.last, let task = result.tasks.first else { return [:] }
            var tried: [String] = []
            var skipped: [JSONValue] = []
            for entry in task.chain {
                guard let runtime = entry.runtime else { continue }
                if entry.outcome == .skipped {
                    // A runtime that nobody runs is `no_runtime` here.
                    let why = entry.error == "no_runtime" ? "not_registered" : entry.error ?? ""
                    skipped.append(.texts([runtime, why]))
                } else if !tried.contains(runtime) {
                    tried.append(runtime)
                }
            }
            return [
                "success": .bool(result.isSuccess),
                "adapter": result.isSuccess ? task.runtime.map { .text($0) } ?? .null : .null,
                "fallback_chain": .texts(tried), "skipped": .list(skipped),
                "total_attempts": .number(result.totalAttempts), "calls": .list(calls),
                "elapsed_ms": .number(elapsed * 1000), "error": .text(result.reason),
            ]
        }

        /// An empty list is refused when the record is read.
        private static func refusalOfEmptyOrder() -> [String: JSONValue] {
            var decoder = EventDecoder()
            let record = Array(#"{"type":"job.submitted","job_id":"j","workflows":[{}],"runtimes":[]}"#.utf8)
            do {
                _ = try unsafe decoder.decode(value: record.span.bytes, typeHeader: nil)
                return ["success": .bool(true)]
            } catch {
                return ["success": .bool(false), "error": .text(error.reason == .outOfRange ? "empty_order" : "other")]
            }
        }

        func observe() -> [String: JSONValue] {
            var stats: [String: JSONValue] = [:]
            var breakers: [String: JSONValue] = [:]
            for adapter in Self.adapters {
                let figures = self.bed.instance.statistics.figures(ofRuntime: adapter)
                stats[adapter] = .object([
                    "successes": .number(figures.successes), "failures": .number(figures.failures),
                    "total_attempts": .number(figures.totalAttempts),
                    "success_rate": figures.successRate.map { .number($0) } ?? .null,
                ])
                breakers[adapter] = .text("closed")
            }
            for (target, state) in self.bed.instance.circuitStates { breakers[target.runtime] = .text(state.rawValue) }
            return ["stats": .object(stats), "breaker": .object(breakers)]
        }
    }
}
