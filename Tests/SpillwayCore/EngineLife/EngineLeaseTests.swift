import SpillwayCore
import Testing

/// Design section 6, "Lease" and "Reaper".
@Suite struct EngineLeaseTests {
    @Test func `A job runs to its end, and its result says so`() {
        var bed = TestBed()
        bed.submit(.simple())
        #expect(bed.sent == ["a/shell#1"])
        #expect(bed.last?.leaseUntil == bed.now + 90)
        bed.start(bed.last)
        bed.say(.completed(result: Array("{}".utf8)), of: bed.last)
        #expect(bed.result?.status == .succeeded)
        #expect(bed.result?.reason == "all_completed")
        #expect(bed.result?.tasks.first?.result == Array("{}".utf8))
        #expect(bed.chain == ["completed a/shell"])
        #expect(bed.reservations == 0)
        #expect(bed.instance.openJobs == 0)
        #expect(bed.state.records.count == 1)
    }

    @Test func `A lease is over when the time is past its end, not at it`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        let first = bed.last
        bed.run(90)
        #expect(bed.dispatches.count == 1)
        bed.run(1)
        #expect(bed.sent == ["a/shell#1", "b/shell#2"])
        #expect(bed.reason == .leaseExpired)
        #expect(bed.cancellations.map(\.attempt) == [1])
        #expect(bed.cancellations.first?.leaseToken == first?.leaseToken)
        #expect(bed.cancellations.first?.datacenterID == "a")
    }

    @Test func `Start and heartbeats renew the lease up to the hard limit`() {
        var settings = EngineSettings.generous
        settings.leaseHardLimitSeconds = 150
        var bed = TestBed(settings: settings)
        bed.submit(.simple())
        bed.run(80)
        bed.start(bed.last)
        bed.run(60)  // 140: the lease would run to 170
        bed.say(.heartbeat(progress: 0.5), of: bed.last)
        bed.run(10)
        #expect(bed.dispatches.count == 1)
        bed.run(1)
        #expect(bed.dispatches.count == 2)
    }

    @Test func `Waiting in the manager's queue doesn't renew, its heartbeats do`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        bed.run(50)
        bed.say(.accepted(started: false), of: bed.last)
        bed.run(30)
        bed.say(.heartbeat(progress: nil), of: bed.last)
        bed.run(89)
        #expect(bed.dispatches.count == 1)
        bed.run(2)
        #expect(bed.dispatches.count == 2)
    }

    @Test func `A heartbeat after expiry is refused`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        let first = bed.last
        bed.run(91)
        bed.say(.heartbeat(progress: nil), of: first)
        #expect(bed.ignored == [.otherAttempt])
        #expect(bed.cancellations.count == 1)
    }

    @Test func `A late completion counts while no newer attempt has started, and the newer one is taken back`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        let first = bed.last
        bed.run(91)
        let second = bed.last
        bed.say(.accepted(started: false), of: second)
        bed.complete(first)
        #expect(bed.result?.status == .succeeded)
        #expect(bed.result?.tasks.first?.datacenterID == "a")
        #expect(bed.cancellations.map(\.attempt) == [1, 2])
        #expect(bed.cancellations.last?.reason == "superseded")
        #expect(bed.chain == ["lease_expired a/shell", "cancelled b/shell", "completed a/shell"])
        #expect(bed.reservations == 0)
        bed.complete(second)
        #expect(bed.ignored == [.endedJob])
    }

    @Test func `A late completion has no effect once a newer attempt has started`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        let first = bed.last
        bed.run(91)
        bed.start(bed.last)
        bed.complete(first)
        #expect(bed.results.isEmpty)
        #expect(bed.ignored == [.otherAttempt])
        bed.complete(bed.last)
        #expect(bed.result?.tasks.first?.datacenterID == "b")
    }

    @Test func `A late completion withdraws a retry that waits`() {
        var settings = EngineSettings.generous
        settings.backoffBaseSeconds = 30
        var bed = TestBed(["a": 8], settings: settings)
        bed.submit(.simple())
        bed.run(91)
        #expect(bed.dispatches.count == 1)
        bed.complete(bed.last)
        bed.run(200)
        #expect(bed.dispatches.count == 1)
        #expect(bed.results.count == 1)
        #expect(bed.chain == ["lease_expired a/shell", "completed a/shell"])
    }

    @Test func `Of a lapsed attempt nothing but its completion counts`() {
        var bed = TestBed(["a": 8], settings: .generous)
        bed.submit(.simple())
        let first = bed.last
        bed.run(90.05)
        bed.now = bed.now.nextUp
        bed.fail(first)
        bed.start(first)
        bed.reject(first)
        bed.say(.heartbeat(progress: nil), of: first)
        #expect(bed.ignored == [.expired, .expired, .expired, .expired])
        #expect(bed.results.isEmpty)
    }

    @Test func `A wrong token is refused`() {
        var bed = TestBed()
        bed.submit(.simple())
        bed.say(.completed(result: nil), of: bed.last, token: "forged")
        bed.say(.heartbeat(progress: nil), of: bed.last, token: "3.0.0")
        #expect(bed.ignored == [.otherAttempt, .otherAttempt])
        #expect(bed.results.isEmpty)
    }

    @Test func `Outcomes of unknown jobs and tasks are counted and change nothing`() {
        var bed = TestBed()
        bed.submit(.simple())
        guard var dispatch = bed.last else { return }
        dispatch.task.workflowID = "w9"
        bed.complete(dispatch)
        dispatch.routingKey = "other"
        bed.complete(dispatch)
        bed.cancel("other")
        #expect(bed.ignored == [.unknownTask, .unknownJob, .unknownJob])
        #expect(bed.results.isEmpty)
    }

    @Test func `A repeated outcome has no second effect, a different one is a conflict`() {
        var bed = TestBed(settings: .generous)
        var submission = JobSubmission.simple()
        submission.workflows.append(Workflow(workflowID: "w2"))
        bed.submit(submission)
        let dispatch = bed.dispatches.first
        bed.start(dispatch)
        bed.start(dispatch)
        bed.reject(dispatch)
        bed.say(.rejected(.duplicate), of: dispatch)
        bed.complete(dispatch)
        bed.complete(dispatch)
        bed.fail(dispatch)
        bed.say(.completed(result: [49]), of: dispatch)
        #expect(bed.ignored == [.repeated, .conflict, .repeated, .repeated, .conflict, .conflict])
        #expect(bed.results.isEmpty)
        #expect(bed.dispatches.count == 2)
    }

    @Test func `A restored lease has its grace, and heartbeats within it renew`() {
        var settings = EngineSettings.generous
        settings.leaseRestoreGraceSeconds = 10
        var bed = TestBed(settings: settings)
        bed.submit(.simple("j1"))
        bed.submit(.simple("j2"))
        let (first, second) = (bed.dispatches[0], bed.dispatches[1])
        bed.start(first)
        bed.start(second)
        bed.now += 3600
        bed.restart()
        bed.run(9)
        #expect(bed.dispatches.count == 2)
        bed.say(.heartbeat(progress: nil), of: first)
        bed.run(2)
        #expect(bed.dispatches.count == 3)
        #expect(bed.last?.task.jobID == "j2")
        bed.complete(first)
        #expect(bed.result?.jobID == "j1")
    }

    @Test func `The grace of a partition that lags begins with the time, not with its records`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        bed.start(bed.last)
        let start = bed.now
        var engine = Engine(partition: 3, settings: .generous)
        bed.state.restore(into: &engine)
        bed.engine.withdraw(from: &bed.instance)
        engine.finishRestore(instance: &bed.instance)
        var effects = Effects()
        engine.fire(until: start + 200, instance: &bed.instance, effects: &effects)
        bed.heartbeat("b", at: start + 3600)
        _ = engine.placeHeld(now: start + 3600, instance: &bed.instance, effects: &effects)
        engine.fire(until: start + 3609, instance: &bed.instance, effects: &effects)
        #expect(effects.dispatches.isEmpty)
        engine.fire(until: start + 3611, instance: &bed.instance, effects: &effects)
        #expect(effects.dispatches.count == 1)
    }

    @Test func `Timers can be taken a few at a time`() {
        var bed = TestBed(settings: .generous)
        for job in 0..<5 { bed.submit(.simple("j\(job)")) }
        var effects = Effects()
        bed.heartbeat("b", at: bed.now + 95)
        #expect(!bed.engine.fire(until: bed.now + 95, limit: 3, instance: &bed.instance, effects: &effects))
        #expect(effects.cancellations.count == 3)
        #expect(bed.engine.fire(until: bed.now + 95, limit: 3, instance: &bed.instance, effects: &effects))
        #expect(effects.cancellations.count == 5)
    }

    @Test func `A timer of the past, met while the partition lags, begins a lease that is not over`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple("j1"))
        let start = bed.now
        // An hour of records waits: the clock is ahead, the records are not.
        bed.heartbeat("b", at: start + 3600)
        var effects = Effects()
        bed.engine.step(
            .jobSubmitted(.simple("j2")), at: InputPosition(partition: 3, offset: 100, timestamp: start + 200),
            now: start + 3600, instance: &bed.instance, effects: &effects)
        let again = effects.dispatches.first { $0.attempt == 2 }
        #expect(again?.leaseUntil == start + 3600 + 90)
    }

    @Test func `The predicted wait comes before the first lease, an endless one as the hard limit`() {
        var settings = EngineSettings.generous
        settings.leaseHardLimitSeconds = 1000
        var bed = TestBed(["a": 2], settings: settings)
        var submission = JobSubmission.simple()
        submission.workflows.append(Workflow(workflowID: "w2", cores: 2))
        bed.submit(submission)
        #expect(bed.decisions.first?.action == .queue)
        let wait = bed.decisions.first?.placement.expectedWaitSeconds ?? 0
        #expect(bed.dispatches.map(\.leaseUntil) == [bed.now + min(wait, 1000) + 90, bed.now + min(wait, 1000) + 90])
    }

    @Test func `No lease is shorter than the minimum`() {
        var bed = TestBed()
        var submission = JobSubmission.simple()
        submission.workflows[0].durationSeconds = 0
        submission.workflows[0].timeoutSeconds = 0
        bed.submit(submission)
        #expect(bed.last?.leaseSeconds == 10)
    }

    @Test func `How long the start took against the prediction is told`() {
        var bed = TestBed()
        bed.submit(.simple())
        bed.run(2)
        bed.start(bed.last)
        #expect(bed.occurrences.contains(.started(datacenterID: "a", waitSeconds: 2, expectedSeconds: 0)))
    }
}
