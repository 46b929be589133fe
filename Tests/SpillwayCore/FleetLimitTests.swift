import SpillwayCore
import Testing

/// Fleets at their largest, and what anyone may send beyond that.
@Suite struct FleetLimitTests {
    static var small: FleetSettings {
        var settings = FleetSettings()
        settings.datacenterLimit = 20
        settings.managerLimit = 50
        return settings
    }

    @Test func `A fleet takes a thousand datacenters and ten thousand managers, and four times that, by default`() {
        #expect(FleetSettings().datacenterLimit >= 4 * 1024 && FleetSettings().managerLimit >= 4 * 10_000)
    }

    @Test func `Names beyond the limit are refused and counted, and find room once others are forgotten`() {
        var fixture = FleetFixture(settings: Self.small)
        for number in 0..<20 {
            #expect(fixture.hear(heartbeat("dc-\(number)", sequence: 1, total: 4, available: 4)) == .applied)
        }
        #expect(fixture.hear(heartbeat("one-more", sequence: 1, total: 4, available: 4)) == .refused)
        fixture.fleet.setDrained("one-more", true)
        fixture.fleet.setCircuitOpen("one-more", runtime: "shell", true)
        #expect(fixture.fleet.namesRefused == 3)
        #expect(fixture.fleet.datacenterCount == 20)
        #expect(fixture.hear(heartbeat("dc-7", sequence: 2, total: 4, available: 4)) == .applied)
        #expect(fixture.status("one-more") == nil)
        fixture.go(to: 1601)
        #expect(fixture.fleet.managerCount == 0)
        #expect(fixture.hear(heartbeat("one-more", sequence: 1, total: 4, available: 4)) == .applied)
    }

    @Test func `Managers beyond the limit are refused, and leave no datacenter behind`() {
        var fixture = FleetFixture(settings: Self.small)
        for number in 0..<50 {
            fixture.hear(heartbeat("dc-\(number / 10)", "m\(number)", sequence: 1, total: 1, available: 1))
        }
        #expect(fixture.fleet.managerCount == 50)
        #expect(fixture.hear(heartbeat("dc-0", "new", sequence: 1, total: 1, available: 1)) == .refused)
        #expect(fixture.hear(heartbeat("elsewhere", "new", sequence: 1, total: 1, available: 1)) == .refused)
        #expect(fixture.fleet.datacenterCount == 5)
        fixture.fleet.removeManager(datacenterID: "dc-0", managerID: "m1", now: 1000)
        #expect(fixture.hear(heartbeat("dc-0", "new", sequence: 1, total: 1, available: 1)) == .applied)
    }

    @Test func `What is undone of a name that nobody has heard from leaves nothing behind`() {
        var fixture = FleetFixture(settings: Self.small)
        for number in 0..<40 {
            fixture.fleet.setDrained("dc-\(number)", true)
            fixture.fleet.setDrained("dc-\(number)", false)
            fixture.fleet.setTopicExists("dc-\(number)", runtime: "shell", true)
            fixture.fleet.setCircuitOpen("dc-\(number)", runtime: "shell", false)
        }
        #expect(fixture.fleet.datacenterCount == 0 && fixture.fleet.namesRefused == 0)
    }

    @Test func `Of 1,024 datacenters a decision names as many as its limit, and counts all`() {
        var fixture = FleetFixture()
        for number in 0..<1024 {
            let state: ManagerState = number % 3 == 0 ? .draining : .active
            fixture.hear(heartbeat("dc-\(number)", sequence: 1, total: 8, available: number % 2 * 8, state: state))
        }
        let placement = fixture.place(4) { $0.preferred = (0..<200).map { "nobody-\($0)" } }
        #expect(placement.candidates.count == 8 && placement.excluded.count == 8)
        #expect(placement.primary.count == 1 && placement.fallback.count == 8)
        #expect(placement.unknownPreferred.count == 8)
        #expect(placement.excludedCounts[ExclusionReason.draining.rawValue] == 342)
        #expect(placement.excludedCounts.reduce(0, +) == 342)
    }
}
