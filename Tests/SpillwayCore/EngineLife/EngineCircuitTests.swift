import SpillwayCore
import Testing

/// Design section 6, "Circuit breaker" and "Runtime order".
@Suite struct EngineCircuitTests {
    static var settings: EngineSettings {
        var settings = EngineSettings.generous
        settings.circuit.failures = 2
        settings.maxAttempts = 1
        return settings
    }

    /// A bed whose circuit a/r1 has just opened.
    private func opened(_ settings: EngineSettings = Self.settings) -> TestBed {
        var bed = TestBed(["a": 8], settings: settings, placement: EngineFallbackTests.threeRuntimes)
        for job in ["x1", "x2"] {
            bed.submit(.simple(job, runtimes: ["r1", "r2"]))
            bed.fail(bed.last)
            bed.complete(bed.last)
        }
        return bed
    }

    private func state(_ bed: borrowing TestBed) -> [String] {
        bed.instance.circuitStates.map { "\($0.target.datacenterID)/\($0.target.runtime) \($0.state.rawValue)" }
    }

    @Test func `It opens after so many failures in a row, and its target is skipped without delay`() {
        var bed = self.opened()
        #expect(self.state(bed) == ["a/r1 open"])
        #expect(bed.occurrences.contains(.circuit(datacenterID: "a", runtime: "r1", state: .open)))
        bed.submit(.simple("j"))
        #expect(bed.sent.last == "a/r2#1")
        bed.complete(bed.last)
        #expect(bed.chain == ["skipped a/r1: circuit_open", "completed a/r2"])
    }

    @Test func `Expired leases count, a success in between begins anew`() {
        var bed = TestBed(["a": 8], settings: Self.settings, placement: EngineFallbackTests.threeRuntimes)
        bed.submit(.simple("j1", runtimes: ["r1"]))
        bed.submit(.simple("j2", runtimes: ["r1"]))
        bed.submit(.simple("j3", runtimes: ["r1"]))
        bed.fail(bed.dispatches[0])
        bed.complete(bed.dispatches[1])
        bed.run(91)
        #expect(self.state(bed).isEmpty)
        bed.submit(.simple("j4", runtimes: ["r1"]))
        bed.run(91)
        #expect(self.state(bed) == ["a/r1 open"])
    }

    @Test func `What isn't retryable and what is refused neither counts nor resets`() {
        var bed = TestBed(["a": 8], settings: Self.settings, placement: EngineFallbackTests.threeRuntimes)
        for job in ["j1", "j2", "j3", "j4"] { bed.submit(.simple(job, runtimes: ["r1"])) }
        bed.fail(bed.dispatches[0])
        bed.fail(bed.dispatches[1], isRetryable: false)
        bed.reject(bed.dispatches[2])
        #expect(self.state(bed).isEmpty)
        bed.fail(bed.dispatches[3])
        #expect(self.state(bed) == ["a/r1 open"])
    }

    @Test func `After the cool-down exactly one probe goes, and its success closes the circuit`() {
        var bed = self.opened()
        bed.run(60)
        #expect(self.state(bed) == ["a/r1 half_open"])
        bed.submit(.simple("p"))
        let probe = bed.last
        bed.submit(.simple("q"))
        #expect(bed.sent.suffix(2) == ["a/r1#1", "a/r2#1"])
        bed.complete(bed.last)
        #expect(self.state(bed) == ["a/r1 half_open"])
        bed.complete(probe)
        #expect(self.state(bed).isEmpty)
        #expect(bed.occurrences.contains(.circuit(datacenterID: "a", runtime: "r1", state: .closed)))
        bed.submit(.simple("r"))
        #expect(bed.sent.last == "a/r1#1")
    }

    @Test func `A failed probe opens it again at once, with a single execution`() {
        var settings = Self.settings
        settings.maxAttempts = 3
        var bed = TestBed(["a": 8], settings: settings, placement: EngineFallbackTests.threeRuntimes)
        bed.submit(.simple("x", runtimes: ["r1", "r2"]))
        bed.fail(bed.last)
        bed.run(0.1)
        bed.fail(bed.last)
        #expect(bed.sent == ["a/r1#1", "a/r1#2", "a/r2#3"])
        bed.run(61)
        bed.submit(.simple("p"))
        #expect(bed.sent.last == "a/r1#1")
        bed.fail(bed.last)
        #expect(bed.sent.last == "a/r2#2")
        #expect(self.state(bed) == ["a/r1 open"])
        bed.run(59)
        #expect(self.state(bed) == ["a/r1 open"])
        bed.run(2)
        #expect(self.state(bed) == ["a/r1 half_open"])
    }

    @Test func `Refusals while it is open don't prolong it`() {
        var bed = self.opened()
        for _ in 0..<59 {
            bed.submit(.simple("s\(bed.now)"))
            bed.complete(bed.last)
            bed.run(1)
        }
        #expect(self.state(bed) == ["a/r1 open"])
        bed.run(1)
        #expect(self.state(bed) == ["a/r1 half_open"])
    }

    @Test(arguments: ["rejected", "not retryable", "cancelled"])
    func `A probe that says nothing about the target lets the next one go`(_ how: String) {
        var bed = self.opened()
        bed.run(61)
        bed.submit(.simple("p"))
        #expect(bed.sent.last == "a/r1#1")
        switch how {
        case "rejected": bed.reject(bed.last)
        case "cancelled": bed.cancel("p")
        default: bed.fail(bed.last, isRetryable: false)
        }
        #expect(self.state(bed) == ["a/r1 half_open"])
        bed.submit(.simple("q"))
        #expect(bed.sent.last == "a/r1#1")
        #expect(bed.last?.task.jobID == "q")
    }

    @Test func `A late failure of what was sent before it opened doesn't prolong it`() {
        var bed = TestBed(["a": 8], settings: Self.settings, placement: EngineFallbackTests.threeRuntimes)
        for job in ["j1", "j2", "j3"] { bed.submit(.simple(job, runtimes: ["r1"])) }
        let third = bed.last
        bed.fail(bed.dispatches[0])
        bed.fail(bed.dispatches[1])
        bed.run(30)
        bed.fail(third)
        bed.run(31)
        #expect(self.state(bed) == ["a/r1 half_open"])
    }

    @Test func `A first placement that only an open circuit stands in the way of is held until the probe may go`() {
        var bed = TestBed(["a": 8], settings: Self.settings)
        bed.submit(.simple("x1"))
        bed.submit(.simple("x2"))
        bed.fail(bed.dispatches[0])
        bed.fail(bed.dispatches[1])
        bed.submit(.simple("j"))
        #expect(bed.decisions.last?.action == .hold)
        #expect(bed.reason == .noUsableDatacenter)
        bed.run(61)
        #expect(bed.last?.task.jobID == "j")
    }

    /// A task that has failed twice at a, which opened a's circuit for a second, and once expired at b: it waits 2 s for b.
    private func waitingForB() -> TestBed {
        var settings = EngineSettings.generous
        settings.circuit.failures = 2
        settings.circuit.coolDownSeconds = 1
        settings.backoffBaseSeconds = 2
        var bed = TestBed(["a": 4, "b": 8], settings: settings)
        bed.submit(.simple("j"))
        bed.run(91)
        bed.heartbeat("a", cores: 16)
        bed.fail(bed.last)
        bed.run(2)
        bed.fail(bed.last)
        return bed
    }

    @Test func `A backoff for another target doesn't end that of the target that failed last`() {
        var bed = self.waitingForB()
        #expect(bed.sent == ["b/shell#1", "a/shell#2", "a/shell#3"])
        bed.run(1.9)
        #expect(self.state(bed) == ["a/shell half_open"])
        #expect(bed.sent.count == 3)
        bed.run(0.2)
        #expect(bed.sent.last == "b/shell#4")
    }

    @Test func `Where that other target is gone, the one that failed is repeated when its own backoff is over`() {
        var bed = self.waitingForB()
        bed.heartbeat("b", runtimes: [RuntimeReport(name: "shell", isHealthy: false)])
        bed.run(3.9)
        #expect(bed.sent.count == 3)
        bed.run(0.2)
        #expect(bed.sent.last == "a/shell#4")
        #expect(bed.instance.heldTasks == 0)
    }

    @Test func `A partition that leaves takes its probe with it`() {
        var bed = self.opened()
        bed.run(61)
        bed.submit(.simple("p"))
        bed.engine.withdraw(from: &bed.instance)
        var other = Engine(partition: 4, settings: Self.settings)
        var effects = Effects()
        other.step(
            .jobSubmitted(.simple("q")), at: InputPosition(partition: 4, offset: 0, timestamp: bed.now), now: bed.now,
            instance: &bed.instance, effects: &effects)
        #expect(effects.dispatches.first?.runtime == "r1")
    }

    // MARK: - Statistics and order

    @Test func `One outcome per target and task is counted, when the task leaves it`() {
        var settings = EngineSettings.generous
        settings.circuit.failures = 1000
        var bed = TestBed(["a": 8], settings: settings, placement: EngineFallbackTests.threeRuntimes)
        for number in 0..<5 {
            bed.submit(.simple("j\(number)"))
            for _ in 0..<3 {
                bed.fail(bed.last)
                bed.run(0.5)
            }
            bed.complete(bed.last)
        }
        let first = bed.instance.statistics.figures(ofRuntime: "r1")
        #expect((first.successes, first.failures, first.totalAttempts) == (0, 5, 5))
        #expect(first.successRate == 0)
        let second = bed.instance.statistics.figures(of: .init(datacenterID: "a", runtime: "r2"))
        #expect((second.successes, second.failures) == (5, 0))
        #expect(bed.instance.statistics.figures(ofRuntime: "r3").successRate == nil)
        #expect(bed.instance.statistics.byTarget.map(\.target.runtime) == ["r1", "r2"])
    }

    /// Has so many tasks succeed and fail with each runtime.
    private func withHistory(_ history: KeyValuePairs<String, (Int, Int)>) -> TestBed {
        var settings = EngineSettings.generous
        settings.isAdaptive = true
        settings.circuit.failures = 1000
        var bed = TestBed(["a": 8], settings: settings, placement: EngineFallbackTests.threeRuntimes)
        for (runtime, (successes, failures)) in history {
            for number in 0..<(successes + failures) {
                bed.submit(.simple("\(runtime)-\(number)", runtimes: [runtime]))
                if number < successes { bed.complete(bed.last) } else { bed.fail(bed.last, isRetryable: false) }
            }
        }
        return bed
    }

    @Test func `With enough samples of each, the most successful runtime goes first`() {
        var bed = self.withHistory(["r1": (18, 2), "r2": (19, 1), "r3": (20, 0)])
        bed.submit(.simple("j"))
        #expect(bed.last?.runtime == "r3")
        bed.submit(.simple("k", runtimes: ["r1", "r3"]))
        #expect(bed.last?.runtime == "r1")
    }

    @Test func `Without enough samples of one, the order stays`() {
        var bed = self.withHistory(["r1": (18, 2), "r2": (19, 0), "r3": (20, 0)])
        bed.submit(.simple("j"))
        #expect(bed.last?.runtime == "r1")
    }

    @Test func `Older outcomes count less`() {
        var bed = self.withHistory(["r1": (20, 0), "r2": (0, 20), "r3": (0, 20)])
        bed.run(6000)
        for number in 0..<5 {
            bed.submit(.simple("late-\(number)", runtimes: ["r1"]))
            bed.fail(bed.last, isRetryable: false)
            bed.submit(.simple("good-\(number)", runtimes: ["r2"]))
            bed.complete(bed.last)
        }
        bed.submit(.simple("j"))
        #expect(bed.last?.runtime == "r2")
    }

    @Test func `Unknown and unhealthy runtimes are skipped, and the chain says why`() {
        var placement = PlacementSettings()
        placement.runtimeOrder = ["r2"]
        var bed = TestBed([:], settings: .generous, placement: placement)
        bed.heartbeat(
            "a", cores: 8, runtimes: [RuntimeReport(name: "r1", isHealthy: false), RuntimeReport(name: "r2")])
        bed.submit(.simple(runtimes: ["r0", "r1", "r2"]))
        bed.complete(bed.last)
        #expect(bed.chain == ["skipped a/r0: unknown_runtime (r0)", "skipped a/r1: unhealthy", "completed a/r2"])
    }

    @Test func `Where all are unknown the job fails and names them`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple(runtimes: ["r8", "r9"]))
        #expect(bed.result?.reason == "unknown_runtime (r8)")
        #expect(bed.reason == .unknownRuntime)
        #expect(bed.chain == ["skipped -/r8: unknown_runtime (r8)", "skipped -/r9: unknown_runtime (r9)"])
    }

    @Test func `The job's order goes before that of its task type, and that before the global one`() {
        var placement = EngineFallbackTests.threeRuntimes
        placement.taskTypes = ["rag": ["r3", "r1"]]
        var bed = TestBed(settings: .generous, placement: placement)
        bed.submit(.simple("j1"))
        var submission = JobSubmission.simple("j2")
        submission.taskType = "rag"
        bed.submit(submission)
        submission.jobID = "j3"
        submission.runtimes = ["r2"]
        bed.submit(submission)
        #expect(bed.dispatches.map(\.runtime) == ["r1", "r3", "r2"])
    }
}
