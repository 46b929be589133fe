import Settings
import SpillwayCore

/// `spillway bench view`: heartbeats into the fleet view a second, by the number of managers.
///
/// Managers stand four to a datacenter, half of their cores busy with a freeing schedule of eight entries, and send one
/// heartbeat after the other in turn. Only applying is measured: neither Kafka nor JSON.
struct ViewBench {
    let managers: [Int]
    let seconds: Double
    let output: BenchOutput

    private static let perDatacenter = 4

    /// Measures, and prints a line for each number of managers.
    func run() throws(CommandFailure) -> Int32 {
        BenchInterrupt.install()
        for count in self.managers {
            var fleet = Fleet(FleetSettings(), PlacementSettings())
            var heartbeats = (0..<count).map(Self.heartbeat)
            let start: UnixSeconds = 1_795_229_700
            let timing = try BenchTiming.measure(for: self.seconds) { first, number in
                for index in first..<first + number {
                    let now = start + Double(index / count) * 5 + Double(index % count) * 5 / Double(count)
                    heartbeats[index % count].sequence = Int64(index)
                    _ = fleet.apply(
                        heartbeats[index % count], recordTimestamp: now, offset: Int64(index), now: now)
                    if index % count == 0 { _ = fleet.takeChanges() }
                }
            }
            let perSecond = 1 / timing.seconds
            try self.output.line(
                [
                    ("bench", .text("view")), ("managers", .integer(count)),
                    ("updates_per_second", .number(perSecond.rounded(to: 1))),
                    ("allocations", .number(timing.allocations.rounded(to: 3))),
                ],
                text: """
                    \(count) managers: \(perSecond.text(0)) updates/s (\((timing.seconds * 1e6).text(2)) µs), \
                    \(timing.allocations.text(3)) allocations each
                    """)
        }
        return 0
    }

    private static func heartbeat(_ index: Int) -> ManagerHeartbeat {
        let datacenter = BenchLoad.datacenter(index / Self.perDatacenter)
        var heartbeat = ManagerHeartbeat(
            managerID: "\(datacenter)-m\(index % Self.perDatacenter)", datacenterID: datacenter, workerCount: 8,
            healthyWorkerCount: 8, totalCores: 128, availableCores: 64)
        heartbeat.activeRemainingSeconds = 3600
        heartbeat.freeingSchedule = (0..<8).map { entry in
            CoresFreeing(offsetSeconds: Double(entry + 1) * 10 + Double(index % 7), cores: 8)
        }
        return heartbeat
    }
}
