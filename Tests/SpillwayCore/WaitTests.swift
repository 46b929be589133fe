import SpillwayCore
import Testing

/// The wait for N cores, in cases worked out by hand (design section 4).
@Suite struct WaitTests {
    @Test func `No cores wait for nothing and more cores than there are wait forever`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 0, pending: 3, pendingSeconds: 90)
        #expect(fixture.fleet.wait(for: 0, in: "a", now: 1000) == 0)
        #expect(fixture.fleet.wait(for: -1, in: "a", now: 1000) == 0)
        #expect(fixture.fleet.wait(for: 9, in: "a", now: 1000) == .infinity)
        #expect(fixture.fleet.wait(for: 1, in: "nowhere", now: 1000) == .infinity)
    }

    @Test func `Free cores without a queue ahead are there at once`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 3)
        #expect(fixture.fleet.wait(for: 3, in: "a", now: 1000) == 0)
    }

    @Test func `Cores come free by the schedule, less the age of its heartbeat`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 1, schedule: [(12.5, 4), (30, 3)])
        #expect(fixture.fleet.wait(for: 5, in: "a", now: 1000) == 12.5)
        #expect(fixture.fleet.wait(for: 6, in: "a", now: 1000) == 30)
        #expect(fixture.fleet.wait(for: 5, in: "a", now: 1010) == 2.5)
        #expect(fixture.fleet.wait(for: 5, in: "a", now: 1020) == 0)
    }

    @Test func `A passed offset is no room before a heartbeat says so`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 0, schedule: [(5, 8)])
        fixture.go(to: 1006)
        let placement = fixture.place(4)
        #expect(placement.expectedWaitSeconds == 0)
        #expect(placement.action == .queue)
    }

    @Test func `Busy cores that the schedule leaves out come free after it, or by what is left on the average`() {
        var fixture = FleetFixture()
        // Eight busy cores, two of them scheduled: six come free after max(10, 400 / 8).
        fixture.hear("a", total: 8, available: 0, schedule: [(10, 2)], activeSeconds: 400)
        #expect(fixture.fleet.wait(for: 2, in: "a", now: 1000) == 10)
        #expect(fixture.fleet.wait(for: 3, in: "a", now: 1000) == 50)
        fixture.hear("b", total: 8, available: 0, schedule: [(70, 2)], activeSeconds: 400)
        #expect(fixture.fleet.wait(for: 3, in: "b", now: 1000) == 70)
    }

    @Test func `A schedule that promises more than is busy is cut and counted`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 6, schedule: [(10, 1), (20, 5)])
        #expect(fixture.fleet.scheduleCoresLeftOut == 4)
        #expect(fixture.fleet.wait(for: 8, in: "a", now: 1000) == 20)
    }

    @Test func `Schedules of several managers are one`() {
        var fixture = FleetFixture()
        fixture.hear("a", "m1", total: 4, available: 0, at: 998, schedule: [(12, 4)])
        fixture.hear("a", "m2", total: 4, available: 0, at: 1000, schedule: [(5, 2), (20, 2)])
        #expect(fixture.fleet.wait(for: 2, in: "a", now: 1000) == 5)
        #expect(fixture.fleet.wait(for: 3, in: "a", now: 1000) == 10)
        #expect(fixture.fleet.wait(for: 7, in: "a", now: 1000) == 20)
        #expect(
            fixture.fleet.capacity(of: "a", now: 1000)?.freeingSchedule
                == [(5.0, 2), (10, 4), (20, 2)].map { CoresFreeing(offsetSeconds: $0.0, cores: $0.1) })
    }

    @Test func `What waits at the managers starts first, one core each for its mean`() {
        var fixture = FleetFixture()
        // Four cores at 10 s; six wait, 30 s each: four start at 10, two at 40, together with two free cores.
        fixture.hear("a", total: 4, available: 0, schedule: [(10, 4)], pending: 6, pendingSeconds: 180)
        #expect(fixture.fleet.wait(for: 1, in: "a", now: 1000) == 40)
        #expect(fixture.fleet.wait(for: 2, in: "a", now: 1000) == 40)
        #expect(fixture.fleet.wait(for: 3, in: "a", now: 1000) == 70)
    }

    @Test func `Two thousand million waiting workflows are no work to count`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 4, available: 0, schedule: [(10, 4)], pending: 2_000_000_000, pendingSeconds: 2e9)
        #expect(abs(fixture.fleet.wait(for: 1, in: "a", now: 1000) - (10 + 500_000_000)) < 2)
    }

    @Test func `Waiting workflows that take no time need a core all the same`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 4, available: 0, schedule: [(10, 4)], pending: 6, pendingSeconds: 0)
        #expect(fixture.fleet.wait(for: 4, in: "a", now: 1000) == 10)
    }

    @Test func `Without a schedule and anything known ahead, the seed's formula holds`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 2, pending: 2, pendingSeconds: 40, activeSeconds: 120)
        #expect(fixture.fleet.wait(for: 1, in: "a", now: 1000) == 20)
    }

    @Test func `With a reservation the rule holds for it and the busy cores alike`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 100, available: 100)
        for _ in 0..<10 { _ = fixture.send(10, for: 60) }
        // The formula would promise 0 s here.
        #expect(fixture.fleet.wait(for: 10, in: "a", now: 1000) == 60)
        #expect(fixture.fleet.wait(for: 10, in: "a", now: 1020) == 40)
    }

    @Test func `A dispatch in the queue takes its cores for its duration`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 10, available: 0, schedule: [(10, 5), (20, 5)])
        let first = fixture.send(8, for: 100)
        #expect(first.placement.action == .queue)
        #expect(first.placement.expectedWaitSeconds == 20)
        // Two cores are free from 20 on, eight more from 120 on.
        #expect(fixture.fleet.wait(for: 2, in: "a", now: 1000) == 20)
        #expect(fixture.fleet.wait(for: 3, in: "a", now: 1000) == 120)
        if let id = first.reservation { fixture.fleet.release(id) }
        #expect(fixture.fleet.wait(for: 3, in: "a", now: 1000) == 10)
    }

    @Test func `Nothing overtakes what stands in front, even where cores are free`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 10, available: 4, schedule: [(10, 6)])
        let first = fixture.send(8, for: 100)
        #expect(first.placement.action == .queue)
        let second = fixture.place(1)
        #expect(second.action == .queue)
        #expect(second.expectedWaitSeconds == 10)
    }

    @Test func `A job beyond a datacenter's total waits for all its cores and is queued`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 8)
        let idle = fixture.place(20) { $0.largestWorkflowCores = 1 }
        #expect(idle.action == .queue)
        #expect(idle.expectedWaitSeconds == 0)
        _ = fixture.send(4, for: 60)
        let busy = fixture.place(20) { $0.largestWorkflowCores = 1 }
        #expect(busy.action == .queue)
        #expect(busy.expectedWaitSeconds == 60)
    }

    @Test func `Overdue work at a manager is expected after its timeout, then later and later`() {
        let dispatch = ActiveDispatch(cores: 4, dispatchedAt: 0, durationSeconds: 60, timeoutSeconds: 30)
        #expect(dispatch.expectedFreeSeconds(now: 50) == 10)
        #expect(dispatch.expectedFreeSeconds(now: 60) == 30)
        #expect(dispatch.expectedFreeSeconds(now: 80) == 10)
        #expect(dispatch.expectedFreeSeconds(now: 90) == 30)
        #expect(dispatch.expectedFreeSeconds(now: 160) == 100)
        let estimate = ManagerEstimate(
            totalCores: 8, active: [dispatch], pending: [QueuedCores(cores: 6, durationSeconds: 20)])
        #expect(estimate.wait(for: 2, now: 160) == 100)
        #expect(estimate.wait(for: 3, now: 160) == 120)
        #expect(estimate.freeingSchedule(now: 160) == [CoresFreeing(offsetSeconds: 100, cores: 4)])
    }
}
