import SpillwayCore
import Testing

/// Ends of jobs: best effort, deadlines, cancellation, limits.
@Suite struct EngineEndingTests {
    private func bestEffort(_ jobID: String = "j", slots: Int = 3, min: Int = 2, deadline: Seconds = 300)
        -> JobSubmission
    {
        var submission = JobSubmission.simple(jobID, slots: slots)
        submission.bestEffort = true
        submission.bestEffortMinDCs = min
        submission.bestEffortDeadlineSeconds = deadline
        return submission
    }

    private static let three = ["a": 10, "b": 9, "c": 8, "d": 7]

    // MARK: - Best effort

    @Test func `Enough slots complete it before all have reported, and what runs may finish`() {
        var bed = TestBed(Self.three, settings: .generous)
        bed.submit(self.bestEffort())
        bed.complete(bed.dispatches[0])
        #expect(bed.results.isEmpty)
        bed.complete(bed.dispatches[1])
        #expect(bed.result?.status == .partial)
        #expect(bed.result?.reason == "min_dcs")
        #expect(bed.result?.isSuccess == true)
        #expect(bed.result?.tasks.map(\.status) == [.completed, .completed, .pending])
        #expect(bed.cancellations.isEmpty)
        #expect(bed.instance.openJobs == 1)
        #expect(
            bed.occurrences.contains(
                .bestEffortEnded(jobID: "j", reason: .minDCs, status: .partial, completedSlots: 2, slots: 3)))
        bed.complete(bed.dispatches[2])
        #expect(bed.results.count == 1)
        #expect(bed.occurrences.contains(.lateResult(jobID: "j", datacenterID: "c", isMerged: false)))
        #expect(bed.instance.openJobs == 0)
        #expect(bed.reservations == 0)
        #expect(bed.state.records.count == 1)
    }

    @Test func `All completed is all_completed, all reported with enough of them is all_reported`() {
        var bed = TestBed(Self.three, settings: .generous)
        bed.submit(self.bestEffort("j1", slots: 2, min: 2))
        bed.complete(bed.dispatches[0])
        bed.complete(bed.dispatches[1])
        #expect(bed.result?.status == .succeeded)
        #expect(bed.result?.reason == "all_completed")
        bed.submit(self.bestEffort("j2", slots: 2, min: 1))
        bed.fail(bed.dispatches[2], isRetryable: false)
        bed.complete(bed.dispatches[3])
        #expect(bed.result?.status == .partial)
        #expect(bed.result?.reason == "all_reported")
    }

    @Test func `All reported with too few is a failure with the first failed task's reason`() {
        var bed = TestBed(Self.three, settings: .generous)
        bed.submit(self.bestEffort(slots: 2, min: 2))
        bed.fail(bed.dispatches[0], isRetryable: false)
        bed.complete(bed.dispatches[1])
        #expect(bed.result?.status == .failed)
        #expect(bed.result?.reason == "not_retryable")
        #expect(bed.result?.datacenters.map { "\($0.datacenterID) \($0.status)" } == ["a failed", "b completed"])
    }

    @Test func `The deadline ends it as a failure, and a slot that is held hasn't reported`() {
        var bed = TestBed(["a": 8], settings: .generous)
        bed.submit(self.bestEffort(slots: 2, min: 2, deadline: 60))
        #expect(bed.instance.heldTasks == 1)
        bed.complete(bed.last)
        bed.run(59)
        #expect(bed.results.isEmpty)
        bed.run(1)
        #expect(bed.result?.status == .failed)
        #expect(bed.result?.reason == "best_effort_deadline")
        #expect(bed.result?.tasks.map(\.status) == [.completed, .pending])
        #expect(bed.instance.heldTasks == 0)
        bed.heartbeat("b")
        bed.run(10)
        #expect(bed.dispatches.count == 1)
    }

    @Test func `After its end nothing is dispatched for it, not even a retry that waits`() {
        var settings = EngineSettings.generous
        settings.backoffBaseSeconds = 10
        var bed = TestBed(Self.three, settings: settings)
        bed.submit(self.bestEffort(slots: 3, min: 1))
        bed.fail(bed.dispatches[0])
        bed.complete(bed.dispatches[1])
        #expect(bed.results.count == 1)
        bed.run(200)
        #expect(bed.dispatches.count == 3)
        #expect(bed.results.count == 1)
        #expect(bed.cancellations.count == 1)
        #expect(bed.instance.openJobs == 0)
        #expect(bed.reservations == 0)
    }

    @Test func `A late result is merged as a new revision where the policy says so, and the end stays what it was`() {
        var settings = EngineSettings.generous
        settings.bestEffort.lateResultPolicy = .updateResult
        var bed = TestBed(Self.three, settings: settings)
        bed.submit(self.bestEffort())
        bed.complete(bed.dispatches[0])
        bed.complete(bed.dispatches[1])
        bed.restart()
        bed.say(.completed(result: [49]), of: bed.dispatches[2])
        #expect(bed.results.map(\.revision) == [0, 1])
        #expect(bed.result?.status == .partial)
        #expect(bed.result?.reason == "min_dcs")
        #expect(bed.result?.finishedAt == bed.results[0].finishedAt)
        #expect(bed.result?.tasks.map(\.status) == [.completed, .completed, .completed])
        #expect(bed.result?.tasks.last?.result == [49])
        #expect(bed.occurrences.contains(.lateResult(jobID: "j", datacenterID: "c", isMerged: true)))
        bed.say(.completed(result: [49]), of: bed.dispatches[2])
        #expect(bed.results.count == 2)
    }

    @Test func `A slot's datacenter is that of its newest dispatch, and a result from another isn't counted`() {
        var settings = EngineSettings.generous
        settings.maxAttempts = 1
        var bed = TestBed(Self.three, settings: settings)
        bed.submit(self.bestEffort(slots: 2, min: 2))
        bed.fail(bed.dispatches[0])
        #expect(bed.sent.last == "c/shell#2")
        bed.complete(bed.dispatches[0])
        #expect(bed.ignored == [.otherAttempt])
        #expect(bed.occurrences.contains(.lateResult(jobID: "j", datacenterID: "a", isMerged: false)))
        bed.complete(bed.dispatches[1])
        bed.complete(bed.dispatches[2])
        #expect(bed.result?.status == .succeeded)
    }

    @Test func `Without best effort all slots are needed`() {
        var bed = TestBed(Self.three, settings: .generous)
        bed.submit(.simple(slots: 2))
        bed.complete(bed.dispatches[0])
        bed.run(301)
        #expect(bed.results.isEmpty == (bed.dispatches.count > 2 || bed.results.isEmpty))
        bed.complete(bed.last)
        #expect(bed.result?.status == .succeeded)
    }

    // MARK: - Deadlines and cancellation

    @Test func `A deadline stops what runs and leaves open tasks pending`() {
        var bed = TestBed(settings: .generous)
        var submission = JobSubmission.simple(slots: 3)
        submission.deadlineSeconds = 30
        bed.submit(submission)
        bed.start(bed.dispatches[0])
        bed.complete(bed.dispatches[1])
        bed.run(30)
        #expect(bed.result?.status == .failed)
        #expect(bed.result?.reason == "deadline")
        #expect(bed.result?.tasks.map(\.status) == [.pending, .completed, .pending])
        #expect(bed.decisions.last?.action == .fail)
        #expect(bed.reason == .deadline)
        #expect(bed.decisions.last?.slot == 0)
        #expect(bed.cancellations.map(\.reason) == ["deadline"])
        #expect(bed.reservations == 0)
        #expect(bed.instance.heldTasks == 0)
        bed.complete(bed.dispatches[0])
        #expect(bed.ignored == [.endedJob])
    }

    @Test func `A submission that is read after its deadline is answered and not run`() {
        var bed = TestBed()
        var submission = JobSubmission.simple()
        submission.deadlineSeconds = 0
        bed.submit(submission)
        #expect(bed.dispatches.isEmpty)
        #expect(bed.result?.reason == "deadline")
        #expect(bed.result?.tasks.map(\.status) == [.pending])
    }

    @Test func `A cancellation stops what runs, waits and is held, once`() {
        var bed = TestBed(["a": 8], settings: .generous)
        bed.submit(.simple("running", slots: 2))
        bed.cancel("running")
        #expect(bed.result?.status == .cancelled)
        #expect(bed.result?.reason == "cancelled")
        #expect(bed.result?.tasks.map(\.status) == [.cancelled, .cancelled])
        #expect(bed.cancellations.count == 1)
        bed.cancel("running")
        #expect(bed.ignored == [.endedJob])
        bed.submit(.simple("waiting"))
        bed.fail(bed.last)
        bed.cancel("waiting")
        bed.run(10)
        #expect(bed.results.count == 2)
        bed.submit(.simple("held"))
        bed.reject(bed.last)
        #expect(bed.instance.heldTasks == 1)
        bed.cancel("held")
        #expect(bed.instance.heldTasks == 0)
        bed.run(10)
        #expect(bed.results.count == 3)
        #expect(bed.cancellations.count == 1)
        #expect(bed.dispatches.count == 3)
        #expect(bed.reservations == 0)
    }

    // MARK: - Limits

    @Test func `One more open job than there may be is answered at once`() {
        var settings = EngineSettings.generous
        settings.openJobs = 2
        var bed = TestBed(settings: settings)
        bed.submit(.simple("j1"))
        bed.submit(.simple("j2"))
        bed.submit(.simple("j3"))
        #expect(bed.result?.jobID == "j3")
        #expect(bed.result?.reason == "too_many_open_jobs")
        #expect(bed.reason == .tooManyOpenJobs)
        #expect(bed.dispatches.count == 2)
        bed.complete(bed.dispatches[0])
        bed.submit(.simple("j4"))
        #expect(bed.dispatches.count == 3)
        bed.submit(.simple("j3"))
        #expect(bed.duplicates == 1)
    }

    @Test func `A finished job is known for its time, then forgotten`() {
        var settings = EngineSettings.generous
        settings.endedJobsRememberedSeconds = 100
        var bed = TestBed(settings: settings)
        bed.submit(.simple())
        bed.submit(.simple())
        bed.complete(bed.last)
        bed.submit(.simple())
        #expect(bed.duplicates == 2)
        #expect(bed.dispatches.count == 1)
        bed.run(101)
        #expect(bed.state.records.isEmpty)
        #expect(bed.instance.endedJobs == 0)
        bed.submit(.simple())
        #expect(bed.dispatches.count == 2)
    }

    @Test func `Too many finished jobs push out the oldest`() {
        var settings = EngineSettings.generous
        settings.endedJobs = 2
        var bed = TestBed(settings: settings)
        for job in ["j1", "j2", "j3"] {
            bed.submit(.simple(job))
            bed.complete(bed.last)
        }
        #expect(bed.state.records.count == 2)
        #expect(bed.instance.endedJobs == 2)
        bed.submit(.simple("j1"))
        #expect(bed.dispatches.count == 4)
    }
}
