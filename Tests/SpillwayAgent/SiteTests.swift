import SpillwayAgent
import SpillwayCore
import Testing

/// What a manager does with the tasks that it is sent, and what it says of them.
@Suite struct SiteTests {
    static func site(cores: Int = 4, queueRoom: Int = 2, _ behaviour: SimulatedBehaviour = .init()) -> Site {
        var settings = SiteSettings(datacenterID: "dc-a", managerID: "m1", cores: cores)
        settings.queueRoom = queueRoom
        settings.behaviour = behaviour
        return Site(settings)
    }

    static func dispatch(
        _ job: String, cores: Int = 1, duration: Double = 10, attempt: Int = 1, leaseUntil: Double = 1e9
    ) -> TaskDispatch {
        TaskDispatch(
            task: TaskID(jobID: job, slot: 0, workflowID: "w1"), attempt: attempt,
            leaseToken: CauseID(partition: 1, offset: 2, ordinal: attempt), leaseSeconds: 30, leaseUntil: leaseUntil,
            routingKey: job, datacenterID: "dc-a", runtime: "shell",
            workflow: Workflow(cores: cores, durationSeconds: duration, timeoutSeconds: 20), priority: .normal,
            tenant: nil, reason: .selected)
    }

    static func kinds(_ site: inout Site) -> [TaskOutcome.Kind] { site.takeOutcomes().map(\.kind) }

    @Test func `A task starts at once where cores are free, and its outcomes carry the dispatch's names`() {
        var site = Self.site()
        site.receive(Self.dispatch("j1", cores: 3), now: 100)
        let outcomes = site.takeOutcomes()
        #expect(outcomes.map(\.kind) == [.accepted(started: true)])
        #expect(outcomes.first?.taskID == "j1/0/w1")
        #expect(outcomes.first?.leaseToken == "1.2.1")
        #expect(outcomes.first?.routingKey == "j1")
        #expect(outcomes.first?.datacenterID == "dc-a")
        #expect(outcomes.first?.managerID == "m1")
        #expect(site.availableCores == 1)
        site.advance(to: 109.9)
        #expect(Self.kinds(&site).isEmpty)
        site.advance(to: 110)
        #expect(Self.kinds(&site) == [.completed(result: nil)])
        #expect(site.availableCores == 4)
        #expect(site.takeOutcomes().isEmpty)
    }

    @Test func `What finds no cores waits in order, and one more than the queue has room for is rejected`() {
        var site = Self.site(cores: 2, queueRoom: 2)
        for job in ["j1", "j2", "j3", "j4"] { site.receive(Self.dispatch(job, cores: job == "j1" ? 2 : 1), now: 0) }
        #expect(
            Self.kinds(&site) == [
                .accepted(started: true), .accepted(started: false), .accepted(started: false), .rejected(.noCapacity),
            ])
        #expect(site.rejectedCount == 1)
        site.advance(to: 10)
        let outcomes = site.takeOutcomes()
        #expect(outcomes.map(\.taskID) == ["j1/0/w1", "j2/0/w1", "j3/0/w1"])
        #expect(
            outcomes.map(\.kind) == [.completed(result: nil), .accepted(started: true), .accepted(started: true)])
    }

    @Test func `Nothing overtakes the oldest that waits`() {
        var site = Self.site(cores: 4, queueRoom: 5)
        site.receive(Self.dispatch("j1", cores: 3, duration: 10), now: 0)
        site.receive(Self.dispatch("wide", cores: 4), now: 1)
        site.receive(Self.dispatch("narrow", cores: 1), now: 2)
        #expect(
            Self.kinds(&site) == [.accepted(started: true), .accepted(started: false), .accepted(started: false)])
        #expect(site.runningCount == 1)
        #expect(site.waitingCount == 2)
    }

    @Test func `A late look starts what waited at the time when the cores came free`() {
        var site = Self.site(cores: 1)
        site.receive(Self.dispatch("j1"), now: 0)
        site.receive(Self.dispatch("j2"), now: 0)
        site.advance(to: 25)
        #expect(
            Self.kinds(&site) == [
                .accepted(started: true), .accepted(started: false), .completed(result: nil),
                .accepted(started: true), .completed(result: nil),
            ])
    }

    @Test func `An attempt that comes twice runs once, another attempt runs again`() {
        var site = Self.site()
        site.receive(Self.dispatch("j1"), now: 0)
        site.receive(Self.dispatch("j1"), now: 1)
        site.receive(Self.dispatch("j1", attempt: 2), now: 2)
        #expect(
            Self.kinds(&site) == [.accepted(started: true), .rejected(.duplicate), .accepted(started: true)])
        #expect(site.rejectedCount == 0)
    }

    @Test func `A dispatch that is read after its first deadline isn't started`() {
        var site = Self.site()
        site.receive(Self.dispatch("in-time", leaseUntil: 50), now: 50)
        site.receive(Self.dispatch("late", leaseUntil: 50), now: 50.1)
        #expect(Self.kinds(&site) == [.accepted(started: true), .rejected(.noCapacity)])
    }

    @Test func `A runtime that it doesn't run and a task that is too large are refused`() {
        var site = Self.site()
        var other = Self.dispatch("j1")
        other.runtime = "wasm"
        site.receive(other, now: 0)
        site.receive(Self.dispatch("j2", cores: 5), now: 0)
        #expect(Self.kinds(&site) == [.rejected(.unknownRuntime), .rejected(.noCapacity)])
    }

    @Test func `A cancelled attempt gives its cores to the next, and isn't begun if it comes again`() {
        var site = Self.site(cores: 1)
        site.receive(Self.dispatch("j1"), now: 0)
        site.receive(Self.dispatch("j2"), now: 0)
        _ = site.takeOutcomes()
        site.cancel(taskID: "j1/0/w1", attempt: 1, now: 3)
        let outcomes = site.takeOutcomes()
        #expect(outcomes.map(\.taskID) == ["j2/0/w1"])
        site.cancel(taskID: "j3/0/w1", attempt: 1, now: 3)
        site.receive(Self.dispatch("j3"), now: 4)
        #expect(Self.kinds(&site) == [.rejected(.duplicate)])
    }

    @Test func `Leases of what runs and of what waits are renewed a third of them in advance`() {
        var site = Self.site(cores: 1)
        site.receive(Self.dispatch("j1", duration: 100), now: 0)
        site.receive(Self.dispatch("j2", duration: 100), now: 0)
        _ = site.takeOutcomes()
        #expect(site.heartbeatIfDue(now: 0) != nil)
        site.advance(to: 9.9)
        #expect(Self.kinds(&site).isEmpty)
        site.advance(to: 10)
        #expect(Self.kinds(&site) == [.heartbeat(progress: nil), .heartbeat(progress: nil)])
        site.advance(to: 10.1)
        #expect(Self.kinds(&site).isEmpty)
    }

    @Test func `The asked shares fail, overrun and vanish, the same ones on every run`() {
        var behaviour = SimulatedBehaviour()
        behaviour.errorRate = 0.3
        behaviour.vanishRate = 0.2
        behaviour.overrunRate = 0.5
        let fates = (0..<2000).map { behaviour.fate(ofTask: "job-\($0)/0/w1", attempt: 1) }
        #expect(fates == (0..<2000).map { behaviour.fate(ofTask: "job-\($0)/0/w1", attempt: 1) })
        let vanished = fates.count { $0 == .vanishes }
        let failed = fates.count { if case .ends(failing: true, _) = $0 { true } else { false } }
        let overran = fates.count { if case .ends(_, let stretch) = $0 { stretch > 1 } else { false } }
        #expect((300...500).contains(vanished))
        #expect((380...580).contains(failed))
        #expect((700...900).contains(overran))
    }

    @Test func `A task that vanishes says nothing after its acceptance and keeps its cores until its time is over`() {
        var behaviour = SimulatedBehaviour()
        behaviour.vanishRate = 1
        var site = Self.site(cores: 1, behaviour)
        site.receive(Self.dispatch("j1"), now: 0)
        #expect(Self.kinds(&site) == [.accepted(started: true)])
        site.advance(to: 29)
        #expect(site.availableCores == 0)
        site.advance(to: 30)
        #expect(site.availableCores == 1)
        #expect(Self.kinds(&site).isEmpty)
    }

    @Test func `A faster clock ends tasks sooner`() {
        var behaviour = SimulatedBehaviour()
        behaviour.speed = 5
        var site = Self.site(behaviour)
        site.receive(Self.dispatch("j1"), now: 0)
        site.advance(to: 2)
        #expect(Self.kinds(&site) == [.accepted(started: true), .completed(result: nil)])
    }
}
