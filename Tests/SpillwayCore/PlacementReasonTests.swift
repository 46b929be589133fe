import SpillwayCore
import Testing

/// Each reason of a decision and each reason of an exclusion, in the case that calls for it.
@Suite struct PlacementReasonTests {
    /// `near` is full for ten minutes, `far` has room and is 20 ms farther.
    func fixture(
        rtt: [Double?] = [5, 25], _ change: (inout PlacementSettings) -> Void = { _ in }
    ) -> FleetFixture {
        var settings = FleetSettings()
        settings.datacenters = [
            ConfiguredDatacenter(name: "near", rttMilliseconds: rtt[0]),
            ConfiguredDatacenter(name: "far", rttMilliseconds: rtt[1]),
        ]
        var placement = PlacementSettings()
        change(&placement)
        var fixture = FleetFixture(settings: settings, placement: placement)
        fixture.hear("near", total: 8, available: 1, schedule: [(600, 7)])
        fixture.hear("far", total: 8, available: 8)
        return fixture
    }

    func ask(_ fixture: inout FleetFixture, cores: Int = 4) -> Placement {
        fixture.place(cores) { $0.preferred = ["near"] }
    }

    @Test func `A job leaves a primary that is full for one that is near enough`() {
        var fixture = self.fixture()
        let placement = self.ask(&fixture)
        #expect(placement.reason == .spilloverImprovesWaitTime)
        #expect(placement.action == .dispatch)
        #expect(placement.chosen == "far")
        #expect(placement.primary == ["near"])
        #expect(placement.fallback == ["far"])
        #expect(
            placement.spillover
                == SpilloverVerdict(
                    shouldSpillover: true, reason: .spilloverImprovesWaitTime, primaryDC: "near", spilloverDC: "far",
                    primaryWaitSeconds: 600, spilloverWaitSeconds: 0, latencyPenaltyMilliseconds: 20))
        #expect(placement.candidates.map(\.why) == [.preferred, .availableCores])
    }

    @Test func `Every other answer of the evaluator keeps the job at its primary`() {
        var disabled = self.fixture { $0.spilloverEnabled = false }
        #expect(self.ask(&disabled).reason == .spilloverDisabled)
        var room = self.fixture()
        #expect(self.ask(&room, cores: 1).reason == .primaryHasCapacity)
        #expect(self.ask(&room, cores: 1).action == .dispatch)
        var patient = self.fixture { $0.maxWaitSeconds = 600 }
        #expect(self.ask(&patient).reason == .primaryWaitAcceptable)
        var distant = self.fixture { $0.maxLatencyPenaltyMilliseconds = 19 }
        #expect(self.ask(&distant).reason == .noSpilloverWithCapacity)
        for rtt in [[5.0, nil], [nil, 25.0]] {
            var unknown = self.fixture(rtt: rtt)
            #expect(self.ask(&unknown).reason == .noSpilloverWithCapacity)
        }
        for placement in [self.ask(&disabled), self.ask(&patient), self.ask(&distant)] {
            #expect(placement.chosen == "near")
            #expect(placement.action == .queue)
            #expect(placement.expectedWaitSeconds == 600)
        }
    }

    @Test func `With future capacity a datacenter that frees up in time is a target, one that doesn't is not`() {
        for (offset, reason) in [(200.0, DecisionReason.spilloverImprovesWaitTime), (400, .improvementInsufficient)] {
            var fixture = self.fixture { $0.considersFutureCapacity = true }
            fixture.hear("far", total: 8, available: 1, schedule: [(offset, 7)])
            let placement = self.ask(&fixture)
            #expect(placement.reason == reason)
            #expect(placement.action == .queue)
            #expect(placement.expectedWaitSeconds == (offset == 200 ? 200 : 600))
        }
    }

    @Test func `A round trip that was learned counts where none is configured`() {
        var fixture = self.fixture(rtt: [5, nil])
        fixture.fleet.learnRoundTrip("far", milliseconds: 30)
        #expect(self.ask(&fixture).spillover?.latencyPenaltyMilliseconds == 25)
        fixture.fleet.learnRoundTrip("near", milliseconds: 500)
        #expect(self.ask(&fixture).spillover?.latencyPenaltyMilliseconds == 25)
    }

    @Test func `A job never spills into a worse bucket`() {
        var fixture = self.fixture()
        fixture.hear(heartbeat("far", sequence: 99, total: 8, available: 8, workers: 4, healthyWorkers: 1))
        #expect(self.ask(&fixture).reason == .noSpilloverWithCapacity)
    }

    @Test func `What isn't a first placement isn't asked for spillover`() {
        var fixture = self.fixture()
        let placement = fixture.place(4) {
            $0.preferred = ["near"]
            $0.isFirstPlacement = false
        }
        #expect(placement.reason == .selected)
        #expect(placement.spillover == nil)
        #expect(placement.chosen == "near")
    }

    @Test func `Every exclusion has its reason, the first that fits`() {
        var settings = FleetSettings()
        settings.panicShare = 0
        settings.datacenters = [
            ConfiguredDatacenter(name: "silent"), ConfiguredDatacenter(name: "config", isDrained: true),
        ]
        var fixture = FleetFixture(now: 900, settings: settings)
        fixture.hear("stale", total: 8, available: 8)
        fixture.go(to: 960)
        fixture.hear("lost", total: 8, available: 8)
        fixture.go(to: 985)
        for name in ["drained", "config", "small", "other", "sick", "topic", "circuit", "tried"] {
            let total = name == "small" ? 3 : 8
            let runtimes: [RuntimeReport]? =
                name == "other"
                ? [RuntimeReport(name: "wasm")]
                : name == "sick" ? [RuntimeReport(name: "shell", isHealthy: false)] : [RuntimeReport(name: "shell")]
            fixture.hear(heartbeat(name, sequence: 1, total: total, available: total, runtimes: runtimes))
        }
        fixture.fleet.setDrained("drained", true)
        fixture.fleet.setTopicExists("topic", runtime: "shell", false)
        fixture.fleet.setCircuitOpen("circuit", runtime: "shell", true)
        let placement = fixture.place(4) {
            $0.isFirstPlacement = false
            $0.triedTargets = [.init(datacenterID: "tried", runtime: "shell")]
        }
        let expected: [(String, ExclusionReason)] = [
            ("circuit", .circuitOpen), ("config", .draining), ("drained", .draining), ("lost", .lost),
            ("other", .noRuntime), ("sick", .noRuntime), ("silent", .unhealthy), ("small", .tooSmall),
            ("stale", .stale), ("topic", .noTopic), ("tried", .alreadyTried),
        ]
        #expect(placement.excluded == expected.prefix(8).map { Exclusion(datacenterID: $0.0, why: $0.1) })
        for reason in ExclusionReason.allCases {
            #expect(placement.excludedCounts[reason.rawValue] == expected.filter { $0.1 == reason }.count, "\(reason)")
        }
        #expect(placement.action == .hold)
        #expect(placement.reason == .noUsableDatacenter)
        #expect(placement.worstHealth == .unhealthy)
    }

    @Test func `A first placement fails where nothing is usable, and waits where only circuits stand in the way`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 8)
        #expect(fixture.place(9).action == .fail)
        #expect(fixture.place(9).reason == .noUsableDatacenter)
        fixture.fleet.setTopicExists("a", runtime: "shell", false)
        #expect(fixture.place(1).action == .fail)
        fixture.fleet.setTopicExists("a", runtime: "shell", nil)
        fixture.fleet.setCircuitOpen("a", runtime: "shell", true)
        #expect(fixture.place(1).action == .hold)
        #expect(fixture.place(1).reason == .noUsableDatacenter)
        fixture.fleet.setCircuitOpen("a", runtime: "shell", false)
        #expect(fixture.place(1).action == .dispatch)
    }

    @Test func `A runtime that nobody knows is unknown, also where everything is run`() {
        var fixture = FleetFixture()
        #expect(fixture.place(1) { $0.runtimes = ["wasm"] }.reason == .initializing)
        fixture.hear("a", total: 8, available: 8)
        let unknown = fixture.place(1) { $0.runtimes = ["wasm"] }
        #expect(unknown.action == .fail)
        #expect(unknown.reason == .unknownRuntime)
        #expect(!fixture.fleet.knowsRuntime("wasm"))
        #expect(fixture.place(1) { $0.runtimes = ["wasm", "shell"] }.runtime == "shell")
        fixture.hear(heartbeat("b", sequence: 1, total: 8, available: 2, runtimes: [RuntimeReport(name: "wasm")]))
        #expect(fixture.fleet.knowsRuntime("wasm"))
        let known = fixture.place(1) { $0.runtimes = ["wasm", "shell"] }
        #expect(known.chosen == "a")
        #expect(known.runtime == "wasm")
        fixture.fleet.removeManager(datacenterID: "b", managerID: "m1", now: 1000)
        #expect(!fixture.fleet.knowsRuntime("wasm"))
    }

    @Test func `The order of runtimes is the job's, then the task type's, then the global one`() {
        var placement = PlacementSettings()
        placement.runtimeOrder = ["shell", "wasm"]
        placement.taskTypes = ["render": ["gpu", "shell"]]
        var fixture = FleetFixture(placement: placement)
        fixture.hear("a", total: 8, available: 8)
        #expect(fixture.place(1).runtime == "shell")
        #expect(fixture.place(1) { $0.taskType = "render" }.runtime == "gpu")
        #expect(
            fixture.place(1) {
                $0.taskType = "render"
                $0.runtimes = ["wasm"]
            }.runtime == "wasm")
        // One that is reported unwell is skipped without waiting.
        fixture.hear(
            heartbeat(
                "a", sequence: 99, total: 8, available: 8,
                runtimes: [RuntimeReport(name: "gpu", isHealthy: false), RuntimeReport(name: "shell")]))
        #expect(fixture.place(1) { $0.taskType = "render" }.runtime == "shell")
    }

    @Test func `Each slot has its own datacenter, and what doesn't fit is held`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 8)
        fixture.hear("b", total: 8, available: 6)
        var taken: [String] = []
        for (slot, expected) in ["a", "b", nil].enumerated() {
            let placement = fixture.place(4) {
                $0.datacenterCount = 3
                $0.takenDatacenters = taken
            }
            #expect(placement.chosen == expected)
            #expect(placement.primary == ["a", "b"])
            #expect(placement.action == (slot < 2 ? .dispatch : .hold))
            if let chosen = placement.chosen { taken.append(chosen) }
            if expected == nil { #expect(placement.reason == .noUsableDatacenter) }
        }
    }

    @Test func `Buckets go before preference, preference before room, room before the id`() {
        var fixture = FleetFixture()
        for (name, available) in [("a", 4), ("b", 8), ("c", 8), ("d", 2)] {
            fixture.hear(name, total: 8, available: available)
        }
        fixture.hear("e", total: 8, available: 0, schedule: [(50, 8)])
        fixture.hear("f", total: 8, available: 0, schedule: [(20, 8)])
        fixture.hear(heartbeat("g", sequence: 99, total: 8, available: 8, workers: 4, healthyWorkers: 1))
        let placement = fixture.place(1) { $0.preferred = ["g", "nobody", "d", "e", "d"] }
        #expect(placement.candidates.map(\.datacenterID) == ["d", "b", "c", "a", "e", "f", "g"])
        #expect(placement.worstHealth == .healthy)
        #expect(placement.unknownPreferred == ["nobody"])
    }

    @Test func `A datacenter full of reservations is healthy, without room`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 8)
        _ = fixture.send(8)
        let placement = fixture.place(1)
        #expect(placement.action == .queue)
        #expect(placement.candidates.first?.health == .healthy)
        #expect(placement.candidates.first?.availableCores == 8)
        #expect(placement.candidates.first?.reservedCores == 8)
    }
}
