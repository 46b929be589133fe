import SpillwayCore
import Testing

/// The state survives a restart with everything that decides.
@Suite struct EngineRestoreTests {
    @Test func `A retry that waits goes on after a restart, with its budget and chain`() {
        var settings = EngineSettings.generous
        settings.backoffBaseSeconds = 10
        var bed = TestBed(["a": 8], settings: settings)
        bed.submit(.simple(budget: 2))
        bed.fail(bed.last, "one")
        bed.run(5)
        bed.restart()
        bed.run(4)
        #expect(bed.dispatches.count == 1)
        bed.run(1)
        #expect(bed.sent == ["a/shell#1", "a/shell#2"])
        #expect(Set(bed.dispatches.map(\.leaseToken)).count == 2)
        bed.restart()
        bed.fail(bed.last, "two")
        bed.run(20)
        bed.restart()
        bed.fail(bed.last, "three")
        #expect(bed.chain == ["failed a/shell: one", "failed a/shell: two", "failed a/shell: three"])
        #expect(bed.result?.reason == "exhausted")
        #expect(bed.result?.retriesConsumed == 2)
    }

    @Test func `What is held goes on after a restart`() {
        var bed = TestBed(["a": 8], settings: .generous)
        bed.submit(.simple("task"))
        bed.reject(bed.last)
        bed.submit(.simple("slots", slots: 2))
        #expect(bed.instance.heldTasks == 2)
        let decisions = bed.decisions.count
        bed.restart()
        #expect(bed.instance.heldTasks == 2)
        #expect(bed.decisions.count == decisions)
        bed.run(5)
        #expect(bed.last?.task.jobID == "task")
        bed.heartbeat("b")
        #expect(bed.last?.task.jobID == "slots")
        #expect(bed.instance.heldTasks == 0)
    }

    @Test func `Deadlines go on after a restart`() {
        var bed = TestBed(settings: .generous)
        var submission = JobSubmission.simple("deadline")
        submission.deadlineSeconds = 60
        bed.submit(submission)
        var effort = JobSubmission.simple("effort", slots: 2)
        effort.bestEffort = true
        effort.bestEffortMinDCs = 2
        effort.bestEffortDeadlineSeconds = 70
        bed.submit(effort)
        bed.run(30)
        bed.restart()
        bed.run(30)
        #expect(bed.results.map(\.reason) == ["deadline"])
        bed.run(10)
        #expect(bed.results.map(\.reason) == ["deadline", "best_effort_deadline"])
    }

    @Test func `A lapsed attempt's completion still counts after a restart`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple())
        bed.run(91)
        bed.restart()
        bed.complete(bed.dispatches[0])
        #expect(bed.result?.tasks.first?.datacenterID == "a")
        #expect(bed.cancellations.map(\.attempt) == [1, 2])
    }

    @Test func `A job of many tasks is written once, its tasks as they change`() {
        var bed = TestBed(["a": 100], settings: .generous)
        var submission = JobSubmission.simple(slots: 2)
        submission.workflows = (0..<40).map { Workflow(workflowID: "w\($0)") }
        bed.submit(submission)
        for dispatch in bed.dispatches.prefix(30) {
            bed.say(.completed(result: Array("\"\(dispatch.task.workflowID)\"".utf8)), of: dispatch)
        }
        let heads = bed.state.records.compactMap { record -> JobRecord? in
            if case .job(let job) = record.record { job } else { nil }
        }
        #expect(heads.count == 1)
        #expect(heads.first?.tasks.count == 40)
        bed.restart()
        bed.heartbeat("b", cores: 100)
        #expect(bed.dispatches.count == 80)
        let rewritten = bed.state.records.compactMap { record -> JobRecord? in
            if case .job(let job) = record.record { job } else { nil }
        }
        #expect(rewritten.first?.tasks.count == 50)
        bed.restart()
        for dispatch in bed.dispatches.dropFirst(30) {
            bed.say(.completed(result: Array("\"\(dispatch.task.workflowID)\"".utf8)), of: dispatch)
        }
        #expect(bed.result?.status == .succeeded)
        #expect(
            bed.result?.tasks.allSatisfy { $0.result == Array("\"\($0.task.workflowID)\"".utf8) } == true)
        #expect(bed.state.records.count == 1)
    }

    @Test func `Withdrawing gives everything back`() {
        var bed = TestBed(settings: .generous)
        bed.submit(.simple("j1"))
        bed.submit(.simple("j2", slots: 3))
        bed.complete(bed.dispatches[0])
        bed.engine.withdraw(from: &bed.instance)
        #expect(bed.reservations == 0)
        #expect(bed.instance.openJobs == 0)
        #expect(bed.instance.heldTasks == 0)
        #expect(bed.instance.endedJobs == 0)
    }
}
