import SpillwayCore
import Testing

/// Cores that no heartbeat knows yet: taken, accepted, given back, told to others (design section 4).
@Suite struct ReservationTests {
    @Test func `Fifty jobs of ten cores against two targets with a hundred free are twenty sent and thirty queued`() {
        var fixture = FleetFixture()
        for name in ["a", "b"] { fixture.hear(name, total: 100, available: 100) }
        var actions: [DecisionAction: Int] = [:]
        var cores: [String: Int] = [:]
        for _ in 0..<50 {
            let placement = fixture.send(10).placement
            actions[placement.action, default: 0] += 1
            if placement.action == .dispatch, let chosen = placement.chosen { cores[chosen, default: 0] += 10 }
        }
        #expect(actions == [.dispatch: 20, .queue: 30])
        #expect(cores == ["a": 100, "b": 100])
        for name in ["a", "b"] { #expect(fixture.status(name)?.overcommitRatio == 1) }
    }

    @Test func `A reservation ends with the first newer heartbeat of the manager that accepted it`() {
        var fixture = FleetFixture()
        fixture.hear("a", "m1", total: 8, available: 8)
        fixture.hear("a", "m2", total: 8, available: 8)
        guard let id = fixture.send(8).reservation else { return }
        fixture.now = 1001
        fixture.fleet.accept(id, managerID: "m1", at: 1001)
        #expect(fixture.status("a")?.capacity.reservedCores == 8)
        fixture.now = 1002
        fixture.hear("a", "m2", total: 8, available: 8)
        #expect(fixture.status("a")?.capacity.reservedCores == 8)
        fixture.hear("a", "m1", total: 8, available: 0, at: 1001)
        #expect(fixture.status("a")?.capacity.reservedCores == 8)
        fixture.hear("a", "m1", total: 8, available: 0, at: 1002)
        #expect(fixture.status("a")?.capacity.reservedCores == 0)
        #expect(fixture.fleet.reservationCount == 0)
    }

    @Test
    func `An acceptance that is read after a newer heartbeat ends it at once, one without a manager with the next`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 8)
        let ids = [fixture.send(2).reservation, fixture.send(2).reservation].compactMap(\.self)
        fixture.now = 1003
        fixture.hear("a", total: 8, available: 6)
        fixture.fleet.accept(ids[0], managerID: "m1", at: 1002)
        #expect(fixture.status("a")?.capacity.reservedCores == 2)
        fixture.fleet.accept(ids[1], managerID: nil, at: 1003.5)
        fixture.now = 1004
        fixture.hear("a", "m7", total: 8, available: 6)
        #expect(fixture.status("a")?.capacity.reservedCores == 0)
    }

    @Test func `Releasing twice is harmless, also when another has taken the place`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 8)
        guard let first = fixture.send(2).reservation else { return }
        fixture.fleet.release(first)
        guard let second = fixture.send(3).reservation else { return }
        fixture.fleet.release(first)
        #expect(fixture.status("a")?.capacity.reservedCores == 3)
        let epoch = fixture.fleet.placementEpoch
        fixture.fleet.release(second)
        #expect(fixture.fleet.placementEpoch > epoch)
        fixture.fleet.release(second)
        fixture.fleet.accept(second, managerID: "m1", at: 1000)
        #expect(fixture.status("a")?.capacity.reservedCores == 0)
        #expect(fixture.place(8).action == .dispatch)
    }

    @Test func `What is restored is taken, and doesn't count as a new decision`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 8, available: 8)
        _ = fixture.fleet.reserve(
            Reservation(
                partition: 3, datacenterID: "a", cores: 6, durationSeconds: 60, isQueued: false, dispatchedAt: 990,
                acceptedBy: "m1", acceptedAt: 1000.5, isRestored: true))
        #expect(fixture.status("a")?.capacity.reservedCores == 6)
        #expect(fixture.status("a")?.overcommitRatio == 0)
        fixture.now = 1001
        fixture.hear("a", total: 8, available: 2)
        #expect(fixture.status("a")?.capacity.reservedCores == 0)
    }

    @Test func `What another instance has taken is taken here, until it says otherwise`() {
        var one = FleetFixture()
        var other = FleetFixture()
        for name in ["a", "b"] {
            one.hear(name, total: 20, available: 20)
            other.hear(name, total: 20, available: 20)
        }
        for _ in 0..<5 { _ = one.send(10, for: 30) }
        let share = one.fleet.share(of: 0)
        #expect(share.datacenters.map(\.datacenterID) == ["a", "b"])
        #expect(
            share.datacenters.flatMap(\.running) == [
                CoresUntil(until: 1030, cores: 20), CoresUntil(until: 1030, cores: 20),
            ])
        #expect(share.datacenters.flatMap(\.queued) == [QueuedCores(cores: 10, durationSeconds: 30)])
        other.fleet.setRemote(share, partition: 0)
        for name in ["a", "b"] {
            #expect(other.status(name)?.capacity.reservedCores == 20)
            let (here, there) = (
                other.fleet.wait(for: 10, in: name, now: 1000), one.fleet.wait(for: 10, in: name, now: 1000)
            )
            #expect(here == there)
        }
        #expect(other.place(1).action == .queue)
        other.fleet.setRemote(nil, partition: 0)
        #expect(other.place(20).action == .dispatch)
    }

    @Test func `A share stays small, and keeps its cores and its work`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 100_000, available: 100_000)
        for index in 0..<5000 {
            _ = fixture.fleet.reserve(
                Reservation(
                    partition: 1, datacenterID: "a", cores: 1 + index % 3, durationSeconds: Double(index),
                    isQueued: index % 2 == 0, dispatchedAt: 1000))
        }
        let share = fixture.fleet.share(of: 1).datacenters[0]
        #expect(share.running.count <= 256)
        #expect(share.queued.count <= 256)
        let odd = stride(from: 1, to: 5000, by: 2).reduce(0) { $0 + 1 + $1 % 3 }
        #expect(share.running.reduce(0) { $0 + $1.cores } == odd)
        let work = stride(from: 0, to: 5000, by: 2).reduce(0.0) { $0 + Double((1 + $1 % 3) * $1) }
        #expect(abs(share.queued.reduce(0) { $0 + Double($1.cores) * $1.durationSeconds } - work) < 1e-6 * work)
    }
}
