import SpillwayCore
import Testing

/// Invariants 5, 6 and 7 of design section 10, and the order of candidates, on random fleets. A failure prints its seed.
@Suite struct InvariantTests {
    /// One history: heartbeats, time, drains, placements and ends of attempts.
    static func play(seed: UInt64, check: Bool) -> [Placement] {
        var numbers = SeededNumbers(seed)
        var placements: [Placement] = []
        var settings = FleetSettings()
        let count = Int.random(in: 1...12, using: &numbers)
        settings.datacenters = (0..<count).map {
            ConfiguredDatacenter(
                name: "dc-\($0)", rttMilliseconds: Bool.random(using: &numbers) ? Double($0 * 13 % 50) : nil)
        }
        settings.healthHoldDown = Bool.random(using: &numbers) ? 0 : 4
        var limits = PlacementSettings()
        limits.candidateLimit = Int.random(in: 1...10, using: &numbers)
        var fixture = FleetFixture(settings: settings, placement: limits)
        var sequence: Int64 = 0
        var live: [ReservationID] = []
        func hear(_ name: String) {
            sequence += 1
            let total = Int.random(in: 0...40, using: &numbers)
            let available = Int.random(in: 0...total, using: &numbers)
            let pending = Int.random(in: 0..<4, using: &numbers) == 0 ? Int.random(in: 1...5, using: &numbers) : 0
            fixture.hear(
                heartbeat(
                    name, sequence: sequence, total: total, available: available, pending: pending,
                    pendingSeconds: Double(pending * 20), activeSeconds: Double(total * 10),
                    schedule: Bool.random(using: &numbers) ? [(10, 3), (40, 30)] : [], workers: 4,
                    healthyWorkers: Int.random(in: 1...4, using: &numbers),
                    state: Int.random(in: 0..<12, using: &numbers) == 0 ? .draining : .active))
        }
        for _ in 0..<150 {
            let name = "dc-\(Int.random(in: 0..<count, using: &numbers))"
            switch Int.random(in: 0..<12, using: &numbers) {
            case 0, 1, 2: hear(name)
            case 3: fixture.go(to: fixture.now + Double(Int.random(in: 0...16, using: &numbers)) / 4)
            case 4: fixture.fleet.setDrained(name, Bool.random(using: &numbers))
            case 5:
                if let place = live.indices.randomElement(using: &numbers) {
                    fixture.fleet.release(live.remove(at: place))
                }
            default:
                var request = PlacementRequest(
                    requiredCores: Int.random(in: 0...24, using: &numbers), largestWorkflowCores: 0)
                request.largestWorkflowCores = min(request.requiredCores, Int.random(in: 0...12, using: &numbers))
                request.preferred = (0..<Int.random(in: 0...3, using: &numbers)).map { _ in
                    "dc-\(Int.random(in: 0...count, using: &numbers))"
                }
                request.datacenterCount = Int.random(in: 1...3, using: &numbers)
                if request.datacenterCount > 1, Bool.random(using: &numbers) { request.takenDatacenters = [name] }
                var placement = Placement()
                fixture.fleet.place(request, now: fixture.now, into: &placement)
                if check { Self.check(placement, request, &fixture, limit: limits.candidateLimit, seed: seed) }
                placements.append(placement)
                guard let chosen = placement.chosen else { break }
                let id = fixture.fleet.reserve(
                    Reservation(
                        partition: 0, datacenterID: chosen, cores: request.requiredCores, durationSeconds: 30,
                        isQueued: placement.action == .queue, dispatchedAt: fixture.now))
                live.append(id)
                if placement.action == .dispatch {
                    // Without ends of attempts in between, nothing but heartbeats gives room.
                    if check {
                        let status = fixture.status(chosen)
                        #expect((status?.overcommitRatio ?? 2) <= 1, "seed \(seed)")
                        #expect(
                            (status?.capacity.reservedCores ?? .max) <= (status?.capacity.availableCores ?? 0),
                            "seed \(seed)")
                    }
                }
            }
        }
        return placements
    }

    static func check(
        _ placement: Placement, _ request: PlacementRequest, _ fixture: inout FleetFixture, limit: Int, seed: UInt64
    ) {
        let oracle = PlacementOracle(&fixture.fleet, request, now: fixture.now)
        let ids = oracle.candidates.map(\.id)
        #expect(placement.primary == Array(ids.prefix(request.datacenterCount)), "seed \(seed)")
        #expect(placement.fallback == Array(ids.dropFirst(request.datacenterCount).prefix(limit)), "seed \(seed)")
        #expect(placement.candidates.map(\.datacenterID) == Array(ids.prefix(limit)), "seed \(seed)")
        #expect(placement.candidates.map(\.waitSeconds) == oracle.candidates.prefix(limit).map(\.wait), "seed \(seed)")
        #expect(placement.excludedCounts == oracle.counts, "seed \(seed)")
        #expect(placement.excluded == Array(oracle.excluded.prefix(limit)), "seed \(seed)")
        guard let chosen = oracle.candidates.first(where: { $0.id == placement.chosen }) else {
            #expect(placement.chosen == nil, "seed \(seed): not among the candidates")
            #expect(ids.allSatisfy { request.takenDatacenters.contains($0) }, "seed \(seed)")
            return
        }
        #expect(!request.takenDatacenters.contains(chosen.id), "seed \(seed)")
        #expect(chosen.status.capacity.health != .unhealthy && !chosen.status.isDrained, "seed \(seed)")
        #expect(chosen.status.capacity.totalCores >= request.largestWorkflowCores, "seed \(seed)")
        #expect((placement.action == .dispatch) == chosen.canServe, "seed \(seed)")
        guard let home = oracle.candidates.first(where: { !request.takenDatacenters.contains($0.id) }) else { return }
        #expect(placement.spillover?.primaryDC == home.id, "seed \(seed)")
        // The nearest fallback of a bucket that is as good and that has room.
        let targets = oracle.candidates.dropFirst(request.datacenterCount).filter { target in
            guard let here = home.status.rttMilliseconds, let there = target.status.rttMilliseconds else {
                return false
            }
            return target.canServe && target.id != home.id && there - here <= 100
                && target.status.capacity.health <= home.status.capacity.health
                && !request.takenDatacenters.contains(target.id)
        }
        let best = targets.min {
            ($0.status.rttMilliseconds ?? 0, $0.id) < ($1.status.rttMilliseconds ?? 0, $1.id)
        }
        let asks = !home.canServe && home.wait > 60 && !fixture.fleet.isPanicking
        #expect(chosen.id == (asks ? best?.id ?? home.id : home.id), "seed \(seed): \(placement.reason)")
    }

    @Test(arguments: 1...80 as ClosedRange<UInt64>)
    func `Every placement is the oracle's, on no bad datacenter and within what is free`(seed: UInt64) {
        _ = Self.play(seed: seed, check: true)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `The same history gives the same answers`(seed: UInt64) {
        #expect(Self.play(seed: seed, check: false) == Self.play(seed: seed, check: false), "seed \(seed)")
    }
}
