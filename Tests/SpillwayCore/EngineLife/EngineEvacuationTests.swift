import Testing

@testable import SpillwayCore

/// Design section 6, "DC lost".
@Suite struct EngineEvacuationTests {
    private func submit(_ count: Int, _ name: String, priority: Priority = .normal, to bed: inout TestBed) {
        for number in 0..<count {
            var submission = JobSubmission.simple("\(name)\(number)", duration: 600, datacenters: ["a"])
            submission.priority = priority
            bed.submit(submission)
            bed.start(bed.last)
        }
    }

    @Test func `What is unfinished in a lost datacenter moves, normal before backfill, and costs budget`() {
        var bed = TestBed(["a": 20, "b": 4, "c": 1, "d": 1], settings: .generous)
        self.submit(3, "low", priority: .backfill, to: &bed)
        self.submit(3, "high", to: &bed)
        #expect(bed.dispatches.allSatisfy { $0.datacenterID == "a" })
        bed.heartbeat("c", available: 0)
        bed.heartbeat("d", available: 0)
        bed.silence("a")
        bed.run(19)
        #expect(bed.dispatches.count == 6)
        bed.run(2)
        // As many as b has cores for, at once.
        #expect(bed.dispatches.dropFirst(6).map(\.task.jobID).prefix(4) == ["high0", "high1", "high2", "low0"])
        #expect(bed.decisions.last?.kind == .evacuate)
        #expect(bed.reason == .datacenterLost)
        #expect(bed.cancellations.first?.datacenterID == "a")
        #expect(bed.cancellations.first?.reason == "datacenter_lost")
        bed.complete(bed.dispatches[6])
        #expect(bed.result?.retriesConsumed == 1)
        #expect(bed.chain == ["datacenter_lost a/shell", "completed b/shell"])
    }

    /// Another partition of the same instance, with normal work in a.
    private func partition(_ number: Int32, normal count: Int, in bed: inout TestBed) -> Engine {
        var engine = Engine(partition: number, settings: bed.settings)
        engine.finishRestore(instance: &bed.instance, now: bed.now)
        var effects = Effects()
        for offset in 0..<count {
            engine.step(
                .jobSubmitted(.simple("\(number)-\(offset)", duration: 600, datacenters: ["a"])),
                at: InputPosition(partition: number, offset: Int64(offset), timestamp: bed.now), now: bed.now,
                instance: &bed.instance, effects: &effects)
        }
        return engine
    }

    private func evacuate(_ engine: inout Engine, in bed: inout TestBed) -> [String] {
        var effects = Effects()
        while engine.placeHeld(now: bed.now, instance: &bed.instance, effects: &effects) {}
        return effects.dispatches.map { "\($0.task.jobID) to \($0.datacenterID)" }
    }

    @Test func `Backfill of one partition stays until the normal work of the instance's others has been tried`() {
        var bed = TestBed(["a": 20, "b": 3, "c": 1], settings: .generous)
        self.submit(2, "low", priority: .backfill, to: &bed)
        var other = self.partition(7, normal: 2, in: &bed)
        var idle = self.partition(8, normal: 0, in: &bed)
        bed.heartbeat("c", available: 0)
        bed.silence("a")
        bed.run(21)
        #expect(bed.dispatches.count == 2)
        #expect(self.evacuate(&other, in: &bed) == ["7-0 to b", "7-1 to b"])
        bed.tick()
        #expect(bed.dispatches.count == 2)
        #expect(self.evacuate(&idle, in: &bed).isEmpty)
        bed.tick()
        #expect(bed.dispatches.dropFirst(2).map(\.task.jobID) == ["low0"])
    }

    @Test func `Normal work that finds no room doesn't keep another partition's backfill from room that suits it`() {
        var bed = TestBed(["a": 20, "b": 3, "c": 1], settings: .generous)
        self.submit(1, "low", priority: .backfill, to: &bed)
        var other = self.partition(7, normal: 0, in: &bed)
        var effects = Effects()
        other.step(
            .jobSubmitted(.simple("large", cores: 10, duration: 600, datacenters: ["a"])),
            at: InputPosition(partition: 7, offset: 0, timestamp: bed.now), now: bed.now, instance: &bed.instance,
            effects: &effects)
        bed.silence("a")
        bed.run(21)
        #expect(self.evacuate(&other, in: &bed).isEmpty)
        bed.tick()
        #expect(bed.sent.last == "b/shell#2")
    }

    @Test func `A partition that has left is waited for no longer`() {
        var bed = TestBed(["a": 20, "b": 3, "c": 1], settings: .generous)
        self.submit(1, "low", priority: .backfill, to: &bed)
        let other = self.partition(7, normal: 1, in: &bed)
        bed.silence("a")
        bed.run(21)
        #expect(bed.dispatches.count == 1)
        other.withdraw(from: &bed.instance)
        bed.tick()
        #expect(bed.sent.last == "b/shell#2")
    }

    @Test func `Backfill goes to no queue while another partition's normal work waits for its turn`() {
        var bed = TestBed(["a": 20, "b": 3, "c": 1], settings: .generous)
        self.submit(2, "low", priority: .backfill, to: &bed)
        var other = self.partition(7, normal: 3, in: &bed)
        bed.heartbeat("b", available: 0)
        bed.heartbeat("c", available: 0)
        bed.silence("a")
        bed.run(20.1)
        var moved: [String] = []
        for _ in 0..<40 {
            moved += self.evacuate(&other, in: &bed)
            bed.run(0.1)
        }
        #expect(moved.count == 3)
        #expect(bed.dispatches.count < 4)
        bed.run(3)
        #expect(bed.dispatches.count == 4)
    }

    @Test func `A partition that has moved as much as one turn allows keeps nobody waiting`() {
        var bed = TestBed(["a": 200, "b": 150, "c": 1], settings: .generous)
        self.submit(1, "low", priority: .backfill, to: &bed)
        var other = self.partition(7, normal: 64, in: &bed)
        bed.silence("a")
        bed.run(21)
        #expect(self.evacuate(&other, in: &bed).count == 64)
        bed.tick()
        #expect(bed.sent.last == "b/shell#2")
    }

    @Test(.timeLimit(.minutes(1)))
    func `Many that have tried something and find no room are all tried once, and then wait`() {
        var bed = TestBed(["a": 200, "b": 150, "c": 150, "d": 150, "e": 150], settings: .generous)
        self.submit(150, "j", to: &bed)
        for name in ["c", "d", "e"] { bed.heartbeat(name, available: 0) }
        bed.silence("a")
        bed.run(21)
        #expect(bed.dispatches.count == 300)
        #expect(bed.last?.datacenterID == "b")
        bed.run(20)
        bed.silence("b")
        bed.run(20.5)
        let queued = bed.dispatches.count
        #expect(queued == 301)
        // Where nobody queues, there is room for a hundred.
        #expect(bed.last?.datacenterID == "c")
        bed.heartbeat("d", available: 100)
        #expect(bed.dispatches.count == 401)
    }

    @Test func `A lane that gives a partition up takes nothing from the lane that has taken it over`() {
        var bed = TestBed(["a": 20, "b": 3, "c": 1], settings: .generous)
        self.submit(2, "j", to: &bed)
        var successor = Engine(partition: 3, settings: bed.settings)
        bed.state.restore(into: &successor)
        successor.finishRestore(instance: &bed.instance, now: bed.now)
        #expect(bed.reservations == 4)
        bed.engine.withdraw(from: &bed.instance)
        #expect(bed.reservations == 2)
        #expect(bed.instance.openJobs == 2)
        // Nor does anybody's backfill leave before its normal work.
        var order = EvacuationOrder()
        for _ in 0..<2 { order.add(3) }
        order.remove(3)
        #expect(!order.allowsBackfill(of: "a", 7, since: 1))
        order.tried("a", 3, epoch: nil)
        #expect(order.allowsBackfill(of: "a", 7, since: 1))
        successor.withdraw(from: &bed.instance)
        #expect(bed.reservations == 0)
    }

    @Test func `While no receiver has a free core, one a second goes to queue`() {
        var bed = TestBed(["a": 20, "b": 4, "c": 1], settings: .generous)
        self.submit(6, "j", to: &bed)
        bed.heartbeat("b", available: 0)
        bed.heartbeat("c", available: 0)
        bed.silence("a")
        bed.run(20.5)
        let start = bed.dispatches.count
        #expect(start == 7)
        bed.run(3)
        #expect(bed.dispatches.count == start + 3)
        #expect(bed.decisions.last?.action == .queue)
    }

    @Test func `What hasn't moved when the datacenter reports again stays`() {
        var bed = TestBed(["a": 20, "b": 1, "c": 1], settings: .generous)
        self.submit(6, "j", to: &bed)
        bed.heartbeat("b", available: 0)
        bed.heartbeat("c", available: 0)
        bed.silence("a")
        bed.run(20.5)
        let moved = bed.dispatches.count
        bed.heartbeat("a", cores: 20, available: 14)
        bed.run(20)
        #expect(bed.dispatches.count == moved)
        for dispatch in bed.dispatches.prefix(6) { bed.complete(dispatch) }
        #expect(bed.results.count == 6)
    }

    @Test func `A site that comes back finds its old lease fenced once the task has started elsewhere`() {
        var bed = TestBed(["a": 20, "b": 10, "c": 1], settings: .generous)
        self.submit(1, "j", to: &bed)
        bed.silence("a")
        bed.run(21)
        bed.start(bed.last)
        bed.complete(bed.dispatches[0])
        #expect(bed.ignored == [.otherAttempt])
        bed.complete(bed.last)
        #expect(bed.result?.tasks.first?.datacenterID == "b")
    }

    @Test func `At default settings what can be placed is dispatched again within 30 s of the last heartbeat`() {
        var settings = EngineSettings()
        settings.leaseHardLimitSeconds = 86_400
        var bed = TestBed(["a": 1000, "b": 400, "c": 350], settings: settings)
        for number in 0..<1000 {
            var submission = JobSubmission.simple("j\(number)", duration: 600, datacenters: ["a"])
            submission.workflows[0].timeoutSeconds = 600
            bed.submit(submission)
            bed.start(bed.last)
        }
        #expect(bed.dispatches.allSatisfy { $0.datacenterID == "a" })
        bed.run(5)
        let last = bed.now
        bed.silence("a")
        bed.run(until: last + 30)
        let moved = bed.dispatches.dropFirst(1000)
        #expect(moved.count >= 713)  // 95 % of the 750 cores that are free
        #expect(moved.allSatisfy { $0.datacenterID != "a" })
    }

    @Test func `In a panic nothing moves`() {
        var bed = TestBed(["a": 20, "b": 10, "c": 5, "d": 5], settings: .generous)
        self.submit(3, "j", to: &bed)
        for name in ["a", "c", "d"] { bed.silence(name) }
        bed.run(60)
        #expect(bed.instance.fleet.isPanicking)
        #expect(bed.dispatches.count == 3)
    }

    @Test func `What has no budget left is given up, what has nowhere to go stays until its lease ends`() {
        var bed = TestBed(["a": 20, "b": 10, "c": 1], settings: .generous)
        bed.submit(.simple("x", duration: 600, budget: 1, datacenters: ["a"]))
        bed.fail(bed.last)
        bed.run(0.1)
        var large = JobSubmission.simple("y", cores: 15, duration: 600, datacenters: ["a"])
        large.deadlineSeconds = 10_000
        bed.submit(large)
        bed.silence("a")
        bed.run(30)
        #expect(bed.result?.jobID == "x")
        #expect(bed.result?.reason == "job_budget_exhausted (1/1)")
        #expect(bed.results.count == 1)
        #expect(bed.dispatches.count == 3)
        bed.complete(bed.last)
        #expect(bed.result?.jobID == "y")
        #expect(bed.result?.status == .succeeded)
    }

    @Test func `A restarted process goes on with what is left`() {
        var bed = TestBed(["a": 20, "b": 2, "c": 1, "d": 1], settings: .generous)
        self.submit(6, "j", to: &bed)
        bed.heartbeat("c", available: 0)
        bed.heartbeat("d", available: 0)
        bed.silence("a")
        bed.run(21)
        let before = bed.dispatches.count
        #expect(before >= 8)
        #expect(bed.instance.openJobs == 6)
        bed.restart()
        #expect(bed.instance.openJobs == 6)
        #expect(bed.reservations == 6)
    }
}
