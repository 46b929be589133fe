import CAllocationCount
import SpillwayCore
import Testing

/// What a decision costs, in kinds of fleets and by their size. Times are compared with each other, never with a clock's.
@Suite(.serialized) struct DecisionCostTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case healthy, busy, busyWithoutSchedule, busyWithQueues, degraded

        var testDescription: String { self.rawValue }
    }

    /// A fleet of one kind, and jobs of many sizes that are placed in it one after the other, each as time goes on a bit.
    struct Work {
        var fleet: Fleet
        var requests: [PlacementRequest] = []
        var placement = Placement()
        var live: [ReservationID] = []
        var now = 1_795_229_700.0
        var decided = 0

        init(_ kind: Kind, datacenters count: Int) {
            let names = (0..<count).map { "dc-\(10_000 + $0)" }
            var settings = FleetSettings()
            settings.datacenters = names.enumerated().map { index, name in
                ConfiguredDatacenter(name: name, rttMilliseconds: Double(1 + index % 64))
            }
            self.fleet = Fleet(settings, PlacementSettings())
            for (index, name) in names.enumerated() {
                for manager in 0..<4 {
                    var message = ManagerHeartbeat(
                        managerID: "m\(manager)", datacenterID: name, workerCount: 8,
                        healthyWorkerCount: kind == .degraded ? 2 : 8, totalCores: 1000,
                        availableCores: kind == .healthy || kind == .degraded ? 1000 : 0)
                    message.sequence = 1
                    message.activeRemainingSeconds = Double(60_000 + index % 7 * 1000)
                    if kind == .degraded { message.availableCores = 10 }
                    if kind == .busyWithQueues { message.pendingWorkflowCount = 3 + index % 5 }
                    message.pendingDurationSeconds = Double(message.pendingWorkflowCount * 30)
                    if kind != .busyWithoutSchedule {
                        message.freeingSchedule = (0..<20).map { step in
                            CoresFreeing(offsetSeconds: Double(step * 10 + 5 + index % 3), cores: 1 + step % 3)
                        }
                    }
                    _ = self.fleet.apply(message, recordTimestamp: self.now, offset: 0, now: self.now)
                }
            }
            self.fleet.viewIsReady(at: self.now)
            for index in 0..<max(count, 8) {
                let cores = kind == .degraded ? 41 + index % 8 : 1 + index % 8
                var request = PlacementRequest(requiredCores: cores, largestWorkflowCores: 1)
                request.preferred = index % 2 == 0 ? [names[index % count]] : []
                request.runtimes = ["shell"]
                self.requests.append(request)
            }
            self.live.reserveCapacity(1000)
        }

        mutating func decide() {
            let request = self.decided % self.requests.count
            // A batch has one time; the next is a bit later. All of it stays within what the heartbeats' ages allow.
            if self.decided % 100 == 0 { self.now += 0.000_1 }
            self.fleet.place(self.requests[request], now: self.now, into: &self.placement)
            self.decided += 1
            guard let chosen = self.placement.chosen else { return }
            let id = self.fleet.reserve(
                Reservation(
                    partition: 0, datacenterID: chosen, cores: self.requests[request].requiredCores,
                    durationSeconds: 60, isQueued: self.placement.action == .queue, dispatchedAt: self.now))
            if self.live.count < 1000 {
                self.live.append(id)
            } else {
                self.fleet.release(self.live[self.decided % 1000])
                self.live[self.decided % 1000] = id
            }
        }
    }

    /// Unoptimized code allocates for its own reasons.
    static var isOptimized: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    @Test(.enabled(if: isOptimized), arguments: Kind.allCases, [16, 1024])
    func `A decision allocates nothing once its fleet is known`(kind: Kind, datacenters: Int) {
        var work = Work(kind, datacenters: datacenters)
        for _ in 0..<6000 { work.decide() }
        callocationcount_begin()
        for _ in 0..<2000 { work.decide() }
        let count = callocationcount_end()
        // -1: they can't be counted here.
        #expect(count <= 0, "\(count) allocations in 2,000 decisions")
        #expect(work.placement.chosen != nil)
    }
}
