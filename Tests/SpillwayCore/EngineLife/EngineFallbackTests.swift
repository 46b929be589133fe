import SpillwayCore
import Testing

/// Design section 6, "Fallback chain": each row of its table, and which target is next.
@Suite struct EngineFallbackTests {
    static var threeRuntimes: PlacementSettings {
        var placement = PlacementSettings()
        placement.runtimeOrder = ["r1", "r2", "r3"]
        return placement
    }

    // MARK: - Rejections

    @Test func `A refused task goes to the next datacenter with the same runtime at once, and costs nothing`() {
        var bed = TestBed(["a": 9, "b": 8, "c": 7], settings: .generous, placement: Self.threeRuntimes)
        bed.submit(.simple())
        bed.reject(bed.last)
        bed.reject(bed.last)
        #expect(bed.sent == ["a/r1#1", "b/r1#2", "c/r1#3"])
        #expect(bed.reason == .nextDatacenter)
        #expect(bed.decisions.last?.kind == .fallback)
        bed.reject(bed.last)
        #expect(bed.sent.last == "a/r2#4")
        #expect(bed.reason == .nextRuntime)
        bed.complete(bed.last)
        #expect(bed.result?.retriesConsumed == 0)
        #expect(bed.result?.totalAttempts == 4)
        #expect(
            bed.chain == [
                "rejected a/r1: no_capacity", "rejected b/r1: no_capacity", "rejected c/r1: no_capacity",
                "completed a/r2",
            ])
        #expect(bed.reservations == 0)
    }

    @Test func `Refused by all, it is held until a newer heartbeat shows room, and asked again after its backoff`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        bed.run(0.5)
        bed.reject(bed.last)
        bed.reject(bed.last)
        #expect(bed.sent == ["a/shell#1", "b/shell#2"])
        #expect(bed.decisions.last?.action == .hold)
        #expect(bed.reason == .noCapacity)
        #expect(bed.instance.heldTasks == 1)
        #expect(bed.reservations == 0)
        bed.run(0.2)
        bed.heartbeat("a", available: 0)
        bed.heartbeat("b", available: 0)
        #expect(bed.dispatches.count == 2)
        bed.heartbeat("b", available: 1)
        #expect(bed.sent.last == "b/shell#3")
        #expect(bed.decisions.last?.kind == .fallback)
        #expect(bed.instance.heldTasks == 0)
        // The second refusal running makes it wait twice as long.
        bed.heartbeat("b", available: 0)
        bed.reject(bed.last)
        bed.run(0.15)
        bed.heartbeat("b", available: 1)
        #expect(bed.dispatches.count == 3)
        bed.run(0.15)
        bed.heartbeat("b", available: 1)
        #expect(bed.dispatches.count == 4)
        bed.complete(bed.last)
        #expect(bed.result?.retriesConsumed == 0)
        // A hold is told once.
        #expect(bed.decisions.count(where: { $0.action == .hold }) == 2)
    }

    @Test func `Held tasks go before new jobs, by priority and then age`() {
        var bed = TestBed(["a": 2], settings: .generous)
        var backfill = JobSubmission.simple("old")
        backfill.priority = .backfill
        bed.submit(backfill)
        bed.submit(.simple("young"))
        bed.run(0.5)
        bed.heartbeat("a", available: 0)
        bed.reject(bed.dispatches[0])
        bed.reject(bed.dispatches[1])
        #expect(bed.instance.heldTasks == 2)
        bed.run(0.5)
        bed.heartbeat("a", available: 1)
        #expect(bed.last?.task.jobID == "young")
        bed.run(0.5)
        bed.start(bed.last)
        bed.run(0.1)
        bed.heartbeat("a", available: 1)
        #expect(bed.last?.task.jobID == "old")
    }

    @Test func `A runtime that is unknown there isn't asked for again, and everywhere is the end`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        bed.reject(bed.last, .unknownRuntime)
        bed.reject(bed.last, .unknownRuntime)
        #expect(bed.result?.status == .failed)
        #expect(bed.result?.reason == "exhausted")
        #expect(bed.chain == ["rejected a/shell: unknown_runtime", "rejected b/shell: unknown_runtime"])
        #expect(bed.decisions.last?.action == .fail)
        #expect(bed.reason == .exhausted)
    }

    @Test func `A duplicate rejection has no effect`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        bed.reject(bed.last, .duplicate)
        #expect(bed.dispatches.count == 1)
        #expect(bed.ignored == [.repeated])
    }

    @Test func `A spilled task that is refused falls back to the primary, which queues it`() {
        var fleet = FleetSettings()
        fleet.datacenters = [
            ConfiguredDatacenter(name: "a", rttMilliseconds: 1), ConfiguredDatacenter(name: "b", rttMilliseconds: 5),
        ]
        var placement = PlacementSettings()
        placement.maxWaitSeconds = 0
        var bed = TestBed([:], settings: .generous, fleet: fleet, placement: placement)
        bed.heartbeat("a", cores: 4, available: 2, pending: 1, active: 100)
        bed.heartbeat("b", cores: 8)
        bed.submit(.simple(cores: 4, datacenters: ["a"]))
        #expect(bed.sent == ["b/shell#1"])
        #expect(bed.reason == .spilloverImprovesWaitTime)
        bed.reject(bed.last)
        #expect(bed.sent.last == "a/shell#2")
        #expect(bed.decisions.last?.action == .queue)
    }

    // MARK: - Failures

    @Test
    func `A failed task is executed three times at 0, +100 ms and +200 ms, then goes to the next runtime at once`() {
        var bed = TestBed(["a": 8], settings: .generous, placement: Self.threeRuntimes)
        let start = bed.now
        bed.submit(.simple())
        bed.fail(bed.last)
        #expect(bed.dispatches.count == 1)
        bed.run(0.1)
        #expect(bed.sent == ["a/r1#1", "a/r1#2"])
        #expect(bed.reason == .retrySameTarget)
        #expect(bed.decisions.last?.kind == .retry)
        bed.fail(bed.last)
        bed.run(0.19)
        #expect(bed.dispatches.count == 2)
        bed.run(0.01)
        #expect(bed.sent.last == "a/r1#3")
        bed.fail(bed.last)
        #expect(bed.sent.last == "a/r2#4")
        #expect(bed.reason == .nextRuntime)
        #expect(abs(bed.now - start - 0.3) < 1e-6)
        bed.complete(bed.last)
        #expect(bed.result?.retriesConsumed == 3)
        #expect(bed.result?.totalAttempts == 4)
        #expect(bed.result?.datacenters.map { "\($0.datacenterID) \($0.status)" } == ["a completed"])
    }

    @Test func `After a failure comes the first untried runtime in the datacenter, then the next datacenter`() {
        var settings = EngineSettings.generous
        settings.maxAttempts = 1
        var bed = TestBed(["a": 9, "b": 8], settings: settings, placement: Self.threeRuntimes)
        bed.submit(.simple(runtimes: ["r2", "r1"]))
        for _ in 0..<3 { bed.fail(bed.last) }
        #expect(bed.sent == ["a/r2#1", "a/r1#2", "b/r2#3", "b/r1#4"])
        #expect(bed.results.isEmpty)
        bed.fail(bed.last, "the end")
        #expect(bed.result?.reason == "exhausted")
        #expect(bed.chain.last == "failed b/r1: the end")
        #expect(bed.result?.tasks.first?.attempts == 4)
        #expect(bed.result?.datacenters.map { "\($0.datacenterID) \($0.status)" } == ["a failed", "b failed"])
    }

    @Test func `What isn't retryable is terminal at once`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        bed.fail(bed.last, "bad input", isRetryable: false)
        #expect(bed.dispatches.count == 1)
        #expect(bed.result?.reason == "not_retryable")
        #expect(bed.reason == .notRetryable)
        #expect(bed.chain == ["failed a/shell: bad input"])
    }

    @Test func `Defaults allow four executions of a workflow`() {
        var bed = TestBed(["a": 8, "b": 8])
        var submission = JobSubmission.simple()
        submission.retryBudget = 0
        submission.retryBudgetPerWorkflow = 0
        bed.submit(submission)
        for _ in 0..<4 {
            bed.fail(bed.last)
            bed.run(1)
        }
        #expect(bed.dispatches.count == 4)
        #expect(bed.result?.reason == "workflow_budget_exhausted (3/3)")
        #expect(bed.result?.retriesConsumed == 3)
        #expect(bed.reason == .workflowBudgetExhausted)
        #expect(bed.occurrences.count(where: { if case .retryTaken = $0 { true } else { false } }) == 3)
        #expect(
            bed.occurrences.contains(
                .retryDenied(jobID: "j", workflowID: "w1", RetryDenial(scope: .workflow, used: 3, limit: 3))))
    }

    @Test func `The job's budget is one for all its slots, and is looked at before the workflow's`() {
        var bed = TestBed(["a": 8, "b": 8], settings: EngineSettings())
        bed.submit(.simple(budget: 1, slots: 2))
        bed.fail(bed.dispatches[0])
        bed.run(1)
        #expect(bed.dispatches.count == 3)
        bed.fail(bed.dispatches[1])
        bed.run(1)
        #expect(bed.dispatches.count == 3)
        bed.complete(bed.last)
        #expect(bed.result?.status == .failed)
        #expect(bed.result?.reason == "job_budget_exhausted (1/1)")
        #expect(bed.result?.retriesConsumed == 1)
    }

    // MARK: - Leases

    @Test func `An expired task goes to the next datacenter, then is repeated after backoff while executions are left`()
    {
        var bed = TestBed(["a": 9, "b": 8], settings: .generous)
        bed.submit(.simple())
        bed.run(91)
        #expect(bed.sent == ["a/shell#1", "b/shell#2"])
        bed.run(90)
        #expect(bed.sent.last == "a/shell#3")
        #expect(bed.reason == .leaseExpired)
        bed.run(400)
        #expect(bed.sent == ["a/shell#1", "b/shell#2", "a/shell#3", "a/shell#4", "b/shell#5", "b/shell#6"])
        bed.run(100)
        #expect(bed.result?.reason == "exhausted")
        #expect(bed.result?.retriesConsumed == 5)
        #expect(bed.cancellations.count == 6)
    }

    // MARK: - Nothing usable

    @Test func `Where no target is usable now, the task is held until one is`() {
        var bed = TestBed(["a": 8], settings: .generous)
        bed.submit(.simple())
        bed.fail(bed.last)
        bed.heartbeat("a", healthyWorkers: 0)
        bed.instance.fleet.setDrained("a", true)
        bed.run(1)
        #expect(bed.dispatches.count == 1)
        #expect(bed.decisions.last?.action == .hold)
        #expect(bed.reason == .noUsableDatacenter)
        bed.instance.fleet.setDrained("a", false)
        bed.run(1)
        #expect(bed.sent == ["a/shell#1", "a/shell#2"])
        bed.complete(bed.last)
        #expect(bed.result?.retriesConsumed == 1)
    }

    @Test func `A backoff that ends on an open circuit goes on to the next target`() {
        var settings = EngineSettings.generous
        settings.circuit.failures = 2
        var bed = TestBed(["a": 9, "b": 8], settings: settings)
        bed.submit(.simple("j1"))
        bed.submit(.simple("j2"))
        bed.fail(bed.dispatches[0])
        // Opens the circuit, and moves on at once.
        bed.fail(bed.dispatches[1])
        #expect(bed.sent == ["a/shell#1", "a/shell#1", "b/shell#2"])
        bed.run(0.1)
        #expect(bed.sent.last == "b/shell#2")
        #expect(bed.last?.task.jobID == "j1")
        #expect(bed.reason == .nextDatacenter)
    }

    @Test func `A task never falls back into a datacenter that another slot has`() {
        var settings = EngineSettings.generous
        settings.maxAttempts = 1
        var bed = TestBed(["a": 9, "b": 8, "c": 7], settings: settings)
        bed.submit(.simple(slots: 2))
        #expect(bed.sent == ["a/shell#1", "b/shell#1"])
        bed.fail(bed.dispatches[0])
        #expect(bed.sent.last == "c/shell#2")
        // The slot is in c now: a is free for the other.
        bed.fail(bed.dispatches[1])
        #expect(bed.sent.last == "a/shell#2")
        bed.complete(bed.dispatches[2])
        bed.complete(bed.dispatches[3])
        #expect(bed.result?.status == .succeeded)
    }

    @Test func `A task falls back alone with its own cores, and a failed one doesn't stop its siblings`() {
        var bed = TestBed(["a": 8, "b": 3], settings: .generous)
        var submission = JobSubmission.simple(cores: 3)
        submission.workflows.append(Workflow(workflowID: "w2", cores: 4))
        bed.submit(submission)
        bed.reject(bed.dispatches[0])
        #expect(bed.sent.last == "b/shell#2")
        #expect(bed.decisions.last?.requiredCores == 3)
        #expect(bed.decisions.last?.workflowIDs == ["w1"])
        bed.fail(bed.dispatches[1], "no", isRetryable: false)
        #expect(bed.results.isEmpty)
        bed.complete(bed.dispatches[2])
        #expect(bed.result?.status == .failed)
        #expect(bed.result?.reason == "not_retryable")
        #expect(bed.result?.tasks.map(\.status) == [.completed, .failed])
    }

    @Test func `The chain keeps its newest entries`() {
        var settings = EngineSettings.generous
        settings.chainEntries = 2
        settings.maxAttempts = 5
        var bed = TestBed(["a": 8], settings: settings)
        bed.submit(.simple())
        for number in 1...4 {
            bed.fail(bed.last, "\(number)")
            bed.run(1)
        }
        bed.complete(bed.last)
        #expect(bed.chain == ["failed a/shell: 4", "completed a/shell"])
    }

    @Test func `Decisions and tokens are named after the record that caused them`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())  // offset 0
        #expect(bed.decisions.last?.id.text == "3.0.0")
        #expect(bed.last?.leaseToken.text == "3.0.1")
        bed.start(bed.last)  // 1
        bed.fail(bed.last)  // 2
        bed.run(1)
        #expect(bed.decisions.last?.id.text == "3.2.2")
        #expect(bed.last?.leaseToken.text == "3.2.3")
    }
}
