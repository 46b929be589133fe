import SpillwayCore
import Testing

/// A history that is drawn from a seed.
struct FleetHistory {
    var numbers: SeededNumbers
    var settings = FleetSettings()
    var placement = PlacementSettings()
    var names: [String] = []
    var fixture: FleetFixture
    var oracle: FleetOracle
    var live: [(id: ReservationID, key: Int)] = []
    var stamps: [String: Double] = [:]
    var sequences: [String: (incarnation: Int64, sequence: Int64)] = [:]
    let seed: UInt64
    /// Everything that was done to the fleet but to ask it.
    private var operations: [(inout Fleet) -> Void] = []
    /// One in so many placements is asked of a fleet that was never asked before. 0: none.
    var replayEvery = 0

    init(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        self.seed = seed
        // Some fleets are large enough to be kept in orders.
        let count = Int.random(in: seed % 5 == 0 ? 26...60 : 1...7, using: &numbers)
        self.names = (0..<count).map { "dc-\($0)" }
        let configured = Int.random(in: 0...count, using: &numbers)
        self.settings.datacenters = self.names.prefix(configured).map { name in
            ConfiguredDatacenter(
                name: name,
                rttMilliseconds: Int.random(in: 0...3, using: &numbers) > 0
                    ? Double(Int.random(in: 1...6, using: &numbers) * 25) : nil,
                managers: Bool.random(using: &numbers) ? Int.random(in: 1...3, using: &numbers) : nil,
                isDrained: Int.random(in: 0..<10, using: &numbers) == 0)
        }
        self.settings.heartbeatInterval = [1.01, 5.03, 9.07].randomElement(using: &numbers) ?? 5
        self.settings.panicShare = [0, 0.3, 0.5, 1].randomElement(using: &numbers) ?? 0.5
        self.settings.panicLimit = [600, 21.13].randomElement(using: &numbers) ?? 600
        self.settings.forgetAfter = [600, 61.17].randomElement(using: &numbers) ?? 600
        self.placement.spilloverEnabled = Int.random(in: 0..<10, using: &numbers) > 0
        self.placement.considersFutureCapacity = Int.random(in: 0..<4, using: &numbers) == 0
        self.placement.maxWaitSeconds = [0, 5, 20].randomElement(using: &numbers) ?? 60
        self.placement.candidateLimit = Int.random(in: 1...8, using: &numbers)
        self.placement.runtimeOrder = ["shell", "python"]
        self.placement.taskTypes = ["etl": ["python"]]
        self.fixture = FleetFixture(isReady: false, settings: self.settings, placement: self.placement)
        self.oracle = FleetOracle(self.settings)
        self.numbers = numbers
        self.oracle.advance(to: self.fixture.now)
        self.fixture.fleet.viewIsReady(at: self.fixture.now)
        self.oracle.readyAt = self.fixture.now
    }

    /// Does something to the fleet.
    mutating func act<Answer>(_ operation: @escaping (inout Fleet) -> Answer) -> Answer {
        self.operations.append { _ = operation(&$0) }
        return operation(&self.fixture.fleet)
    }

    /// A fleet of which all is true that is true of this one, and that was never asked for anything.
    func again() -> Fleet {
        var fleet = Fleet(self.settings, self.placement)
        fleet.viewIsReady(at: 1000)
        for operation in self.operations { operation(&fleet) }
        return fleet
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.numbers) }
    mutating func name() -> String { self.names.randomElement(using: &self.numbers) ?? "dc-0" }

    mutating func hear(_ name: String) {
        let manager = "m\(self.number(1...3))"
        let key = "\(name)/\(manager)"
        var (incarnation, sequence) = self.sequences[key] ?? (0, 0)
        switch self.number(0...14) {
        case 0: sequence -= 1
        case 1: break
        case 2: (incarnation, sequence) = (incarnation + 1, 1)
        case 3: (incarnation, sequence) = (incarnation - 1, 100)
        default: sequence += 1
        }
        if (incarnation, sequence) > self.sequences[key] ?? (-1, 0) { self.sequences[key] = (incarnation, sequence) }
        let total = self.number(0...24)
        let available = self.number(0...2) == 0 ? 0 : self.number(0...total)
        let pending = self.number(0...4) == 0 ? self.number(1...4) : 0
        var schedule: [(Double, Int)] = []
        if self.number(0...1) == 0 {
            var offset = 0.0
            for _ in 0..<self.number(1...4) {
                schedule.append((offset, self.number(0...8)))
                offset += Double(self.number(1...40)) / 2
            }
        }
        let workers = self.number(0...9)
        let well = self.number(0...3) == 0 ? self.number(0...workers) : workers
        let states: [ManagerState] = [.active, .active, .active, .active, .active, .draining, .stopping]
        var message = heartbeat(
            name, manager, sequence: sequence, total: total, available: available, pending: pending,
            pendingSeconds: Double(pending * self.number(0...30)),
            activeSeconds: Double((total - available) * self.number(0...40)), schedule: schedule, workers: workers,
            healthyWorkers: well, state: states.randomElement(using: &self.numbers) ?? .active)
        message.incarnation = incarnation
        if self.number(0...3) == 0 {
            message.runtimes = ["shell", "python", "spark"].prefix(self.number(0...3)).map { name in
                RuntimeReport(name: name, isHealthy: self.number(0...2) > 0)
            }
        }
        // Read late now and then, but never stamped before what the broker stamped last.
        let behind: Double = [0, 0, 0, 0, 0.25, 3, 12, 30, 40].randomElement(using: &self.numbers) ?? 0
        let stamp = max(self.stamps[key] ?? 0, self.fixture.now - behind)
        self.stamps[key] = stamp
        let now = self.fixture.now
        let verdict = self.act { $0.apply(message, recordTimestamp: stamp, offset: 0, now: now) }
        let expected = self.oracle.hear(message, stamp: stamp, offset: 0, now: self.fixture.now)
        #expect(verdict == expected, "seed \(self.seed)")
    }

    mutating func request() -> PlacementRequest {
        var request = PlacementRequest(requiredCores: self.number(0...30), largestWorkflowCores: 0)
        request.largestWorkflowCores = min(request.requiredCores, self.number(0...14))
        request.preferred = (0..<self.number(0...2)).map { _ in "dc-\(self.number(0...self.names.count))" }
        request.datacenterCount = self.number(1...3)
        if request.datacenterCount > 1, self.number(0...1) == 0 { request.takenDatacenters = [self.name()] }
        switch self.number(0...9) {
        case 0: request.runtimes = ["nobody"]
        case 1: request.runtimes = ["nobody", "spark"]
        case 2: request.runtimes = ["python", "shell"]
        case 3: request.taskType = "etl"
        default: break
        }
        return request
    }

    mutating func place() {
        let request = self.request()
        var placement = Placement()
        self.fixture.fleet.place(request, now: self.fixture.now, into: &placement)
        self.oracle.advance(to: self.fixture.now)
        self.compare(placement, self.oracle.place(request, self.placement), request)
        if self.replayEvery > 0, self.number(1...self.replayEvery) == 1 {
            var (fresh, other) = (self.again(), Placement())
            fresh.place(request, now: self.fixture.now, into: &other)
            #expect(placement == other, "seed \(self.seed) at \(self.fixture.now)")
        }
        guard let chosen = placement.chosen, self.number(0...2) > 0 else { return }
        let reservation = Reservation(
            partition: Int32(self.number(0...2)), datacenterID: chosen, cores: request.requiredCores,
            durationSeconds: Double(self.number(0...60)), isQueued: placement.action == .queue,
            dispatchedAt: self.fixture.now)
        self.live.append((self.act { $0.reserve(reservation) }, self.oracle.take(reservation)))
        if placement.action == .dispatch {
            let ratio = self.fixture.status(chosen)?.overcommitRatio ?? -1
            #expect(ratio <= 1, "seed \(self.seed)")
            #expect(abs(ratio - (self.oracle.overcommit[chosen] ?? 0)) < 1e-9, "seed \(self.seed)")
        }
    }

    func compare(_ placement: Placement, _ answer: FleetOracle.Answer, _ request: PlacementRequest) {
        let seed = "seed \(self.seed) at \(self.fixture.now)"
        let limit = self.placement.candidateLimit
        let ids = answer.places.map(\.id)
        #expect(placement.action == answer.action, "\(seed)")
        #expect(placement.reason == answer.reason, "\(seed)")
        #expect(placement.chosen == answer.chosen, "\(seed)")
        #expect(placement.primary == Array(ids.prefix(request.datacenterCount)), "\(seed)")
        #expect(placement.fallback == Array(ids.dropFirst(request.datacenterCount).prefix(limit)), "\(seed)")
        #expect(placement.worstHealth == answer.places.first?.health ?? .unhealthy, "\(seed)")
        #expect(placement.excluded == Array(answer.excluded.prefix(limit)), "\(seed)")
        for reason in ExclusionReason.allCases {
            let count = answer.excluded.count(where: { $0.why == reason })
            #expect(placement.excludedCounts[reason.rawValue] == count, "\(seed) \(reason)")
        }
        #expect(placement.candidates.map(\.datacenterID) == Array(ids.prefix(limit)), "\(seed)")
        for (candidate, place) in zip(placement.candidates, answer.places) {
            #expect(
                Self.isSame(candidate.waitSeconds, place.wait),
                "\(seed) \(place.id) \(request.requiredCores) \(self.oracle.waiting(in: place.id))")
            #expect(candidate.health == place.health, "\(seed) \(place.id)")
            #expect(candidate.availableCores - candidate.reservedCores == place.room, "\(seed) \(place.id)")
            #expect(candidate.rttMilliseconds == self.oracle.roundTrip(place.id), "\(seed) \(place.id)")
            let why: PlaceReason =
                place.isPreferred ? .preferred : place.health == .healthy ? .availableCores : .expectedWait
            #expect(candidate.why == why, "\(seed) \(place.id)")
        }
        let chosen = answer.places.first { $0.id == answer.chosen }
        #expect(placement.runtime == chosen?.runtime, "\(seed)")
        if let chosen { #expect(Self.isSame(placement.expectedWaitSeconds, chosen.wait), "\(seed)") }
        #expect((placement.spillover == nil) == (answer.spillover == nil), "\(seed)")
        guard let one = placement.spillover, let other = answer.spillover else { return }
        #expect(one.reason == other.reason && one.shouldSpillover == other.shouldSpillover, "\(seed)")
        #expect(
            one.primaryDC == other.primaryDC && one.spilloverDC == other.spilloverDC,
            "\(seed) \(one) \(other) \(answer.places) \(request)")
        #expect(Self.isSame(one.primaryWaitSeconds, other.primaryWaitSeconds), "\(seed)")
        if other.spilloverDC != nil {
            #expect(one.latencyPenaltyMilliseconds == other.latencyPenaltyMilliseconds, "\(seed)")
        }
    }

    static func isSame(_ left: Double, _ right: Double) -> Bool { left == right || abs(left - right) < 1e-6 }

    /// What was said of datacenters that were forgotten counts no longer.
    private mutating func sayAgain() {
        let now = self.fixture.now
        for name in self.oracle.forgotten {
            self.act { $0.setDrained(name, false, now: now) }
            for runtime in ["shell", "python"] {
                self.act { fleet in
                    fleet.setTopicExists(name, runtime: runtime, nil)
                    fleet.setCircuitOpen(name, runtime: runtime, false)
                }
            }
        }
        self.oracle.forgotten = []
    }

    mutating func compareStatuses() {
        self.oracle.advance(to: self.fixture.now)
        self.fixture.fleet.advance(to: self.fixture.now)
        self.sayAgain()
        let seed = "seed \(self.seed) at \(self.fixture.now)"
        let statuses = self.fixture.fleet.statuses(now: self.fixture.now)
        #expect(statuses.map(\.capacity.datacenterID) == self.oracle.datacenters.keys.sorted(), "\(seed)")
        #expect(self.fixture.fleet.isPanicking == self.oracle.isPanicking, "\(seed)")
        for status in statuses {
            guard let datacenter = self.oracle.datacenters[status.capacity.datacenterID] else { continue }
            #expect(status.capacity.health == self.oracle.health(datacenter), "\(seed) \(datacenter.id)")
            #expect(status.isStale == self.oracle.isStale(datacenter), "\(seed) \(datacenter.id)")
            #expect(status.isLost == self.oracle.isLost(datacenter), "\(seed) \(datacenter.id)")
            #expect(status.isLate == self.oracle.isLate(datacenter), "\(seed) \(datacenter.id)")
            let fresh = self.oracle.fresh(datacenter.id)
            #expect(status.capacity.totalCores == self.oracle.sum(fresh, \.totalCores), "\(seed) \(datacenter.id)")
            #expect(status.capacity.reservedCores == self.oracle.reserved(datacenter.id), "\(seed) \(datacenter.id)")
        }
    }

    mutating func end() {
        guard let index = self.live.indices.randomElement(using: &self.numbers) else { return }
        let (id, key) = self.live.remove(at: index)
        if self.number(0...1) == 0 {
            self.act { $0.release(id) }
            self.oracle.taken[key] = nil
        } else {
            let manager = "m\(self.number(1...3))"
            let now = self.fixture.now
            self.act { $0.accept(id, managerID: manager, at: now) }
            self.oracle.accept(key, by: manager, at: self.fixture.now)
        }
    }

    mutating func step() {
        defer {
            self.oracle.advance(to: self.fixture.now)
            self.fixture.fleet.advance(to: self.fixture.now)
            self.sayAgain()
        }
        let name = self.name()
        switch self.number(0...19) {
        case 0...6: self.hear(name)
        case 7...9:
            let most = self.number(0...9) == 0 ? 160 : 20
            self.fixture.go(to: self.fixture.now + Double(self.number(0...most)) / 4)
            self.oracle.advance(to: self.fixture.now)
        case 10: self.end()
        case 11 where self.number(0...2) == 0 && self.oracle.datacenters[name] != nil:
            let isDrained = self.number(0...2) == 0
            let now = self.fixture.now
            self.act { $0.setDrained(name, isDrained, now: now) }
            self.oracle.setDrained(name, isDrained)
        case 12 where self.number(0...1) == 0 && self.oracle.datacenters[name] != nil:
            let runtime = self.number(0...1) == 0 ? "shell" : "python"
            let isOpen = self.number(0...2) == 0
            self.act { $0.setCircuitOpen(name, runtime: runtime, isOpen) }
            if isOpen {
                self.oracle.datacenters[name]?.openCircuits.insert(runtime)
            } else {
                self.oracle.datacenters[name]?.openCircuits.remove(runtime)
            }
        case 13 where self.number(0...3) == 0 && self.oracle.datacenters[name] != nil:
            let exists = self.number(0...2) > 0
            self.act { $0.setTopicExists(name, runtime: "shell", exists) }
            if exists {
                self.oracle.datacenters[name]?.missingTopics.remove("shell")
            } else {
                self.oracle.datacenters[name]?.missingTopics.insert("shell")
            }
        default: self.place()
        }
    }
}
