import SpillwayAgent
import SpillwayCore
import Testing

/// What a manager says of itself.
@Suite struct SiteHeartbeatTests {
    @Test func `The heartbeat says what runs, what waits, and when cores come free`() {
        var site = SiteTests.site(cores: 4)
        site.receive(SiteTests.dispatch("j1", cores: 3, duration: 10), now: 100)
        site.receive(SiteTests.dispatch("j2", cores: 2, duration: 5), now: 102)
        let heartbeat = site.heartbeat(now: 104)
        #expect(heartbeat.datacenterID == "dc-a")
        #expect(heartbeat.managerID == "m1")
        #expect(heartbeat.totalCores == 4)
        #expect(heartbeat.availableCores == 1)
        #expect(heartbeat.pendingWorkflowCount == 1)
        #expect(heartbeat.pendingDurationSeconds == 5)
        #expect(heartbeat.activeRemainingSeconds == 6)
        #expect(heartbeat.freeingSchedule == [CoresFreeing(offsetSeconds: 6, cores: 3)])
        #expect(heartbeat.estimatedCoresFreeAt == 6)
        #expect(heartbeat.estimatedCoresFreeing == 3)
        #expect(heartbeat.timestamp == 104)
        #expect(heartbeat.runtimes == [RuntimeReport(name: "shell")])
    }

    @Test func `Its estimate of a wait counts what is in front`() {
        var site = SiteTests.site(cores: 1)
        #expect(site.wait(for: 1, now: 0) == 0)
        site.receive(SiteTests.dispatch("j1", duration: 10), now: 0)
        #expect(site.wait(for: 1, now: 4) == 6)
        site.receive(SiteTests.dispatch("j2", duration: 5), now: 4)
        #expect(site.wait(for: 1, now: 4) == 11)
        #expect(site.wait(for: 2, now: 4) == .infinity)
    }

    @Test func `Heartbeats come at the interval, numbered, and not in bursts after a pause`() {
        var site = SiteTests.site()
        #expect(site.heartbeatIfDue(now: 100)?.sequence == 1)
        #expect(site.heartbeatIfDue(now: 104.9) == nil)
        #expect(site.heartbeatIfDue(now: 105.1)?.sequence == 2)
        #expect(site.heartbeatIfDue(now: 131)?.sequence == 3)
        #expect(site.heartbeatIfDue(now: 132) == nil)
        #expect(site.nextDue == 136)
    }

    @Test func `A manager that stops says so at once and takes nothing new`() {
        var site = SiteTests.site()
        _ = site.heartbeatIfDue(now: 0)
        site.stopTaking(.stopping)
        #expect(site.heartbeatIfDue(now: 1)?.state == .stopping)
        site.receive(SiteTests.dispatch("j1"), now: 1)
        #expect(SiteTests.kinds(&site) == [.rejected(.noCapacity)])
    }
}
