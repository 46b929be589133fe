import Settings
import SpillwayCore

/// `spillway bench wait`: the time that the wait rule takes, by the number of dispatches that are under way.
///
/// One datacenter, every core of which is taken by a dispatch of one core that no heartbeat knows yet, all ending at
/// different times; asked is the wait for 8 cores. Beside the router's figure stands that of the manager's own estimate
/// over as many active dispatches, which is the rule that the origin has.
struct WaitBench {
    let active: [Int]
    let seconds: Double
    let output: BenchOutput

    private static let asked = 8
    private static let now: UnixSeconds = 1_795_229_700

    /// Measures, and prints a line for each number of dispatches.
    func run() throws(CommandFailure) -> Int32 {
        BenchInterrupt.install()
        for count in self.active {
            var fleet = Self.fleet(count)
            var sum = 0.0
            let router = try BenchTiming.measure(for: self.seconds / 2) { _, number in
                for _ in 0..<number { sum += fleet.wait(for: Self.asked, in: "dc-00", now: Self.now + 1) }
            }
            let estimate = Self.estimate(count)
            let manager = try BenchTiming.measure(for: self.seconds / 2) { _, number in
                for _ in 0..<number { sum += estimate.wait(for: Self.asked, now: Self.now + 1) }
            }
            try self.output.line(
                [
                    ("bench", .text("wait")), ("active", .integer(count)),
                    ("seconds", .number(router.seconds.rounded(to: 10))),
                    ("manager_seconds", .number(manager.seconds.rounded(to: 10))),
                    ("allocations", .number(router.allocations.rounded(to: 3))),
                ],
                text: """
                    \(count) active dispatches: \((router.seconds * 1e6).text(3)) µs and \
                    \(router.allocations.text(3)) allocations at the router, \((manager.seconds * 1e6).text(3)) µs at \
                    the manager\(sum < 0 ? "!" : "")
                    """)
        }
        return 0
    }

    private static func fleet(_ count: Int) -> Fleet {
        var settings = FleetSettings()
        settings.datacenters = [ConfiguredDatacenter(name: "dc-00", rttMilliseconds: 1, managers: 1)]
        var fleet = Fleet(settings, PlacementSettings())
        var heartbeat = ManagerHeartbeat(
            managerID: "m0", datacenterID: "dc-00", workerCount: 8, healthyWorkerCount: 8, totalCores: count,
            availableCores: count)
        heartbeat.sequence = 1
        _ = fleet.apply(heartbeat, recordTimestamp: Self.now, offset: 0, now: Self.now)
        for index in 0..<count {
            _ = fleet.reserve(
                Reservation(
                    partition: 0, datacenterID: "dc-00", cores: 1, durationSeconds: Self.duration(index),
                    isQueued: false,
                    dispatchedAt: Self.now))
        }
        return fleet
    }

    private static func estimate(_ count: Int) -> ManagerEstimate {
        ManagerEstimate(
            totalCores: count,
            active: (0..<count).map {
                ActiveDispatch(
                    cores: 1, dispatchedAt: Self.now, durationSeconds: Self.duration($0), timeoutSeconds: 30)
            })
    }

    /// All different, in no order.
    private static func duration(_ index: Int) -> Seconds { 60 + Double(index &* 7919 % 1_000_003) / 1000 }
}
