import Settings
import SpillwayCore

/// `spillway bench decisions`: what one decision costs, by the number of datacenters.
///
/// A decision is all of it but bytes: the ordered list with every reason, the spillover evaluator, the reservation, and
/// the release of the one that was taken a thousand decisions before, so that the fleet stays as full as it is. Every
/// fourth datacenter is healthy but full of reservations, so a quarter of the jobs, which prefer those, ask all others
/// whether they would be a better place.
struct DecisionsBench {
    let datacenters: [Int]
    let seconds: Double
    let output: BenchOutput

    /// Measures, and prints a line for each number of datacenters.
    func run() throws(CommandFailure) -> Int32 {
        BenchInterrupt.install()
        for count in self.datacenters {
            var work = DecisionWork(datacenters: count)
            let timing = try BenchTiming.measure(for: self.seconds) { first, count in
                for index in first..<first + count { work.decide(index) }
            }
            let perSecond = 1 / timing.seconds
            try self.output.line(
                [
                    ("bench", .text("decisions")), ("datacenters", .integer(count)),
                    ("per_second", .number(perSecond.rounded(to: 1))),
                    ("allocations", .number(timing.allocations.rounded(to: 3))),
                ],
                text: """
                    \(count) datacenters: \(perSecond.text(0)) decisions/s (\((timing.seconds * 1e6).text(2)) µs), \
                    \(timing.allocations.text(3)) allocations each, \(work.spilled * 100 / max(1, work.decided)) % spilled
                    """)
        }
        return 0
    }
}

/// A fleet, and jobs that are placed in it one after the other.
struct DecisionWork {
    private var fleet: Fleet
    private var requests: [PlacementRequest] = []
    private var placement = Placement()
    private var live: [ReservationID] = []
    private let now: UnixSeconds = 1_795_229_700
    private(set) var decided = 0
    private(set) var spilled = 0

    private static let managers = 4
    private static let cores = 1_000_000
    private static let liveReservations = 1000

    /// A fleet of so many datacenters.
    init(datacenters count: Int) {
        let names = (0..<count).map(BenchLoad.datacenter)
        self.fleet = Self.fleet(datacenters: count, now: self.now)
        for index in stride(from: 0, to: count, by: 4) where count > 1 {
            _ = self.fleet.reserve(
                Reservation(
                    partition: 0, datacenterID: names[index], cores: Self.managers * Self.cores, durationSeconds: 3600,
                    isQueued: false, dispatchedAt: self.now))
        }
        // As many different jobs as there are datacenters and sizes: making them is no part of the decision.
        for index in 0..<max(count, 8) {
            let cores = 1 + index % 8
            var request = PlacementRequest(requiredCores: cores, largestWorkflowCores: cores)
            request.preferred = [names[index % count]]
            request.runtimes = [BenchTopics.runtime]
            self.requests.append(request)
        }
        self.live.reserveCapacity(Self.liveReservations)
    }

    /// The fleet of the throughput workload: all of it heard from, all of it free.
    static func fleet(datacenters count: Int, now: UnixSeconds) -> Fleet {
        let names = (0..<count).map(BenchLoad.datacenter)
        var settings = FleetSettings()
        settings.datacenters = names.enumerated().map { index, name in
            ConfiguredDatacenter(name: name, rttMilliseconds: Double(1 + index % 64), managers: Self.managers)
        }
        var fleet = Fleet(settings, PlacementSettings())
        for name in names {
            for manager in 0..<Self.managers {
                var heartbeat = ManagerHeartbeat(
                    managerID: "\(name)-m\(manager)", datacenterID: name, workerCount: 8, healthyWorkerCount: 8,
                    totalCores: Self.cores, availableCores: Self.cores)
                heartbeat.sequence = 1
                _ = fleet.apply(heartbeat, recordTimestamp: now, offset: 0, now: now)
            }
        }
        fleet.viewIsReady(at: now)
        return fleet
    }

    /// Places a job.
    mutating func decide(_ index: Int) {
        let request = index % self.requests.count
        self.fleet.place(self.requests[request], now: self.now, into: &self.placement)
        self.decided += 1
        if self.placement.spillover?.shouldSpillover == true { self.spilled += 1 }
        guard let chosen = self.placement.chosen else { return }
        let id = self.fleet.reserve(
            Reservation(
                partition: 0, datacenterID: chosen, cores: self.requests[request].requiredCores, durationSeconds: 60,
                isQueued: self.placement.action == .queue, dispatchedAt: self.now))
        if self.live.count < Self.liveReservations {
            self.live.append(id)
        } else {
            self.fleet.release(self.live[self.decided % Self.liveReservations])
            self.live[self.decided % Self.liveReservations] = id
        }
    }
}
