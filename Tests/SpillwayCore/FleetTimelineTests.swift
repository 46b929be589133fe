import SpillwayCore
import Testing

/// What time does to the view: stale, late, lost, panic, hold-down, forgotten, initializing (design sections 4 and 5.3).
@Suite struct FleetTimelineTests {
    /// Three datacenters that report every 5 s; `silent` stop at 1000.
    func fixture(_ names: [String] = ["a", "b", "c"], settings: FleetSettings = FleetSettings()) -> FleetFixture {
        var fixture = FleetFixture(now: 980, settings: settings)
        for time in stride(from: 980.0, through: 1000, by: 5) {
            fixture.go(to: time)
            for name in names { fixture.hear(name, total: 10, available: 10) }
        }
        _ = fixture.fleet.takeChanges()
        return fixture
    }

    @Test func `A manager's newest heartbeat wins, older and repeated ones are told apart`() {
        var fixture = FleetFixture()
        #expect(fixture.hear(heartbeat("a", sequence: 5, total: 8, available: 8)) == .applied)
        #expect(fixture.hear(heartbeat("a", sequence: 5, total: 8, available: 1)) == .repeated)
        #expect(fixture.hear(heartbeat("a", sequence: 4, total: 8, available: 1)) == .older)
        var restarted = heartbeat("a", sequence: 1, total: 8, available: 3)
        restarted.incarnation = 1
        #expect(fixture.hear(restarted) == .applied)
        #expect(fixture.hear(heartbeat("a", sequence: 6, total: 8, available: 1)) == .older)
        #expect(fixture.status("a")?.capacity.availableCores == 3)
    }

    @Test func `A sequence that is absent is the record's offset`() {
        var fixture = FleetFixture()
        var message = heartbeat("a", sequence: 0, total: 8, available: 8)
        message.sequence = nil
        #expect(fixture.fleet.apply(message, recordTimestamp: 1000, offset: 7, now: 1000) == .applied)
        #expect(fixture.fleet.apply(message, recordTimestamp: 1000, offset: 7, now: 1000) == .repeated)
        #expect(fixture.fleet.apply(message, recordTimestamp: 1000, offset: 6, now: 1000) == .older)
        #expect(fixture.fleet.apply(message, recordTimestamp: 1000, offset: 8, now: 1000) == .applied)
    }

    @Test func `A datacenter is late after 2.2 of its intervals and lost after 4`() {
        var fixture = self.fixture()
        for time in [1005.0, 1010] {
            fixture.go(to: time)
            for name in ["b", "c"] { fixture.hear(name, total: 10, available: 10) }
        }
        fixture.go(to: 1011)
        #expect(fixture.status("a")?.isLate == false)
        fixture.go(to: 1011.001)
        #expect(fixture.status("a")?.isLate == true)
        fixture.go(to: 1015)
        for name in ["b", "c"] { fixture.hear(name, total: 10, available: 10) }
        fixture.go(to: 1020)
        #expect(fixture.status("a")?.isLost == false)
        fixture.go(to: 1020.001)
        #expect(fixture.status("a")?.isLost == true)
        #expect(fixture.health("a") == .unhealthy)
        #expect(
            fixture.fleet.takeChanges() == [
                .health(datacenterID: "a", from: .healthy, to: .unhealthy), .lost(datacenterID: "a"),
            ])
        #expect(fixture.place(1).excluded == [Exclusion(datacenterID: "a", why: .lost)])
        fixture.hear("a", total: 10, available: 10)
        #expect(
            fixture.fleet.takeChanges() == [
                .health(datacenterID: "a", from: .unhealthy, to: .healthy), .back(datacenterID: "a"),
            ])
    }

    @Test func `A fast datacenter is late after 2 s and lost after 3 s at the least`() {
        var fixture = FleetFixture(now: 1000)
        for step in 0...6 {
            fixture.go(to: 1000 + Double(step) / 4)
            for name in ["a", "b", "c"] { fixture.hear(name, total: 1, available: 1) }
        }
        for time in [1003.0, 1003.5, 1004] {
            fixture.go(to: time)
            for name in ["b", "c"] { fixture.hear(name, total: 1, available: 1) }
            #expect(fixture.status("a")?.isLate == (time - 1001.5 > 2))
            #expect(fixture.status("a")?.isLost == false)
        }
        fixture.go(to: 1004.6)
        #expect(fixture.status("a")?.isLost == true)
    }

    @Test func `Datacenters that fall silent together are a panic before any of them is lost`() {
        var fixture = self.fixture()
        fixture.go(to: 1005)
        fixture.hear("c", total: 10, available: 10)
        fixture.go(to: 1011.5)
        // Two of three are late: fewer than half report in time.
        #expect(fixture.fleet.takeChanges() == [.panicBegan])
        #expect(fixture.fleet.isPanicking)
        fixture.go(to: 1100)
        #expect(fixture.fleet.takeChanges() == [])
        for name in ["a", "b", "c"] {
            #expect(fixture.status(name)?.isLost == false)
            #expect(fixture.status(name)?.isStale == false)
            #expect(fixture.health(name) == .healthy)
        }
        // Routing goes on with the last known view, and spillover is frozen on figures that old.
        let placement = fixture.place(4)
        #expect(placement.action == .dispatch)
        #expect(placement.reason == .capacityStale)
    }

    @Test func `A panic ends when the share has been reached again for one interval`() {
        var fixture = self.fixture()
        fixture.go(to: 1012)
        #expect(fixture.fleet.isPanicking)
        fixture.hear("a", total: 10, available: 10)
        fixture.hear("b", total: 10, available: 10)
        fixture.go(to: 1016.9)
        #expect(fixture.fleet.isPanicking)
        fixture.go(to: 1017)
        #expect(!fixture.fleet.isPanicking)
        #expect(fixture.fleet.takeChanges() == [.panicBegan, .panicEnded(byLimit: false)])
        fixture.go(to: 1020.5)
        #expect(fixture.status("c")?.isLost == true)
    }

    @Test func `A panic ends at its limit and begins again only once the share has been reached`() {
        var settings = FleetSettings()
        settings.panicLimit = 60
        var fixture = self.fixture(settings: settings)
        fixture.go(to: 1012)
        fixture.go(to: 1072)
        #expect(!fixture.fleet.isPanicking)
        #expect(fixture.status("a")?.isStale == true)
        fixture.go(to: 1100)
        #expect(!fixture.fleet.isPanicking)
        #expect(fixture.fleet.takeChanges().contains(.panicEnded(byLimit: true)))
        for name in ["a", "b"] { fixture.hear(name, total: 10, available: 10) }
        fixture.go(to: 1112)
        #expect(fixture.fleet.isPanicking)
    }

    @Test func `One datacenter alone never panics, nor does a share of nothing`() {
        var alone = self.fixture(["a"])
        alone.go(to: 1030)
        #expect(!alone.fleet.isPanicking)
        #expect(alone.status("a")?.isLost == true)
        var settings = FleetSettings()
        settings.panicShare = 0
        var off = self.fixture(settings: settings)
        off.go(to: 1030)
        #expect(!off.fleet.isPanicking)
    }

    @Test func `Two datacenters that fell silent while the process stood still are a panic, and not lost before it`() {
        var fixture = self.fixture(["a", "b"])
        _ = fixture.fleet.takeChanges()
        fixture.go(to: 1100)
        let changes = fixture.fleet.takeChanges()
        #expect(fixture.fleet.isPanicking)
        #expect(changes.contains(.panicBegan))
        #expect(!changes.contains { if case .lost = $0 { true } else { false } })
        // A heartbeat tells how late it is as well as time does.
        var other = self.fixture(["a", "b"])
        other.now = 1100
        other.hear("a", total: 10, available: 10)
        #expect(other.fleet.isPanicking)
    }

    @Test func `A configured datacenter that was forgotten is lost until it reports again`() {
        var settings = FleetSettings()
        settings.datacenters = [ConfiguredDatacenter(name: "a"), ConfiguredDatacenter(name: "b")]
        var fixture = self.fixture(["a"], settings: settings)
        fixture.go(to: 1601)
        #expect(fixture.fleet.managerCount == 0)
        #expect(fixture.status("a")?.isLost == true)
        #expect(!fixture.fleet.takeChanges().contains(.back(datacenterID: "a")))
        #expect(fixture.place(1).excluded.map(\.why) == [.lost, .unhealthy])
        fixture.hear("a", total: 10, available: 10)
        #expect(fixture.fleet.takeChanges().contains(.back(datacenterID: "a")))
        // One whose manager takes itself out has not fallen silent.
        fixture.fleet.removeManager(datacenterID: "a", managerID: "m1", now: 1601)
        #expect(fixture.status("a")?.isLost == false)
    }

    @Test func `A drained datacenter isn't counted among those that should report`() {
        var fixture = self.fixture(["a", "b"])
        fixture.fleet.setDrained("b", true)
        fixture.go(to: 1020.5)
        #expect(!fixture.fleet.isPanicking)
        #expect(fixture.status("a")?.isLost == true)
    }

    @Test func `A better health is held down, a worse one is not`() {
        var settings = FleetSettings()
        settings.healthHoldDown = 10
        var fixture = FleetFixture(settings: settings)
        fixture.hear("a", total: 8, available: 8)
        #expect(fixture.health("a") == .healthy)
        fixture.hear("a", total: 8, available: 0)
        #expect(fixture.health("a") == .busy)
        for time in stride(from: 1002.0, through: 1011, by: 1) {
            fixture.go(to: time)
            fixture.hear("a", total: 8, available: 8)
            #expect(fixture.health("a") == .busy)
        }
        fixture.go(to: 1011.9)
        #expect(fixture.health("a") == .busy)
        fixture.go(to: 1012)
        #expect(fixture.health("a") == .healthy)
    }

    @Test func `A value on an edge keeps the worse health`() {
        var settings = FleetSettings()
        settings.healthHoldDown = 10
        var fixture = FleetFixture(settings: settings)
        for step in 0..<20 {
            fixture.go(to: 1000 + Double(step) * 4)
            fixture.hear("a", total: 8, available: step % 2 == 0 ? 0 : 1)
            #expect(fixture.health("a") == .busy)
        }
    }

    @Test func `A silent manager is forgotten after ten minutes, and a learned datacenter with its last`() {
        var fixture = self.fixture(["a", "b"])
        fixture.hear("a", "old", total: 10, available: 10)
        for time in stride(from: 1005.0, through: 1605, by: 5) {
            fixture.go(to: time)
            fixture.hear("a", total: 10, available: 10)
            if time == 1100 { #expect(fixture.health("a") == .degraded) }
        }
        #expect(fixture.health("a") == .healthy)
        #expect(fixture.fleet.statuses(now: 1605).map(\.capacity.datacenterID) == ["a"])
        let changes = fixture.fleet.takeChanges()
        #expect(changes.contains(.managerForgotten(datacenterID: "a", managerID: "old")))
        #expect(changes.contains(.datacenterForgotten(datacenterID: "b")))
        // It comes back as a new one, beside another that took its place.
        fixture.hear("z", total: 3, available: 3)
        fixture.hear("b", total: 5, available: 5)
        #expect(fixture.fleet.statuses(now: 1605).map(\.capacity.datacenterID) == ["a", "b", "z"])
        #expect(fixture.place(1).candidates.map(\.datacenterID) == ["a", "b", "z"])
    }

    @Test func `A tombstone takes a manager out at once`() {
        var fixture = FleetFixture()
        fixture.hear("a", "m1", total: 8, available: 8, schedule: [])
        fixture.hear("a", "m2", total: 8, available: 0, schedule: [(10, 8)])
        fixture.fleet.removeManager(datacenterID: "a", managerID: "m2", now: 1000)
        #expect(fixture.status("a")?.capacity.totalCores == 8)
        #expect(fixture.status("a")?.capacity.managerCount == 1)
        fixture.fleet.removeManager(datacenterID: "a", managerID: "m1", now: 1000)
        #expect(fixture.fleet.statuses(now: 1000).isEmpty)
    }

    @Test func `A manager that drains is alive without cores, and a datacenter of such takes no work`() {
        var fixture = FleetFixture()
        fixture.hear(heartbeat("a", "m1", sequence: 1, total: 8, available: 8, schedule: []))
        fixture.hear(heartbeat("a", "m2", sequence: 1, total: 8, available: 2, schedule: [(5, 6)], state: .draining))
        #expect(fixture.status("a")?.capacity.totalCores == 8)
        #expect(fixture.status("a")?.capacity.aliveManagerCount == 2)
        #expect(fixture.health("a") == .healthy)
        fixture.hear(heartbeat("a", "m1", sequence: 2, total: 8, available: 8, state: .stopping))
        #expect(fixture.place(1).excluded == [Exclusion(datacenterID: "a", why: .draining)])
    }

    @Test func `Nothing fails before a fresh heartbeat was read`() {
        var fixture = FleetFixture()
        #expect(fixture.place(1).reason == .initializing)
        fixture.go(to: 5000)
        let empty = fixture.place(1)
        #expect(empty.action == .hold)
        #expect(empty.reason == .initializing)
        // An old heartbeat is none, and never dispatched on.
        fixture.hear("a", total: 8, available: 8, at: 4900)
        #expect(fixture.place(1).reason == .initializing)
        #expect(fixture.place(1).excluded == [Exclusion(datacenterID: "a", why: .stale)])
    }

    @Test func `For the length of the staleness a job waits for datacenters that were heard from before`() {
        var settings = FleetSettings()
        settings.datacenters = [ConfiguredDatacenter(name: "small")]
        var fixture = FleetFixture(isReady: false, settings: settings)
        fixture.hear("small", total: 2, available: 2)
        fixture.hear("old", total: 100, available: 100, at: 900)
        fixture.fleet.viewIsReady(at: 1000)
        #expect(fixture.place(1).action == .dispatch)
        #expect(fixture.place(50).reason == .initializing)
        let epoch = fixture.fleet.placementEpoch
        fixture.hear("small", total: 2, available: 2, at: 1000)
        fixture.go(to: 1015)
        fixture.hear("small", total: 2, available: 2)
        fixture.go(to: 1030)
        #expect(fixture.fleet.placementEpoch > epoch)
        let failed = fixture.place(50)
        #expect(failed.action == .fail)
        #expect(failed.reason == .noUsableDatacenter)
    }
}
