import SpillwayCore
import Testing

/// The incremental wait against one that is worked out from scratch, on random histories.
@Suite struct WaitPropertyTests {
    /// What the test itself remembers of a datacenter.
    struct Model {
        var heartbeats: [(stamp: Double, message: ManagerHeartbeat)] = []
        var live: [(id: ReservationID, cores: Int, seconds: Double, isQueued: Bool, at: Double)] = []

        func oracle(now: Double) -> WaitOracle {
            var oracle = WaitOracle()
            for (stamp, message) in self.heartbeats {
                oracle.total += message.totalCores
                oracle.available += message.availableCores
                oracle.activeSeconds += message.activeRemainingSeconds
                oracle.pendingCount += message.pendingWorkflowCount
                oracle.pendingSeconds += message.pendingDurationSeconds
                var left = message.totalCores - message.availableCores
                for entry in message.freeingSchedule {
                    oracle.isScheduleReported = true
                    let cores = min(left, entry.cores)
                    left -= cores
                    if cores > 0 { oracle.schedule.append((max(0, entry.offsetSeconds - (now - stamp)), cores)) }
                }
            }
            for reservation in self.live {
                if reservation.isQueued {
                    oracle.queued.append((reservation.cores, reservation.seconds))
                } else {
                    oracle.running.append((max(0, reservation.at + reservation.seconds - now), reservation.cores))
                }
            }
            return oracle
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `The wait is that of an oracle after any history`(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        var fixture = FleetFixture(now: 4096)
        var model = Model(
            heartbeats: Array(repeating: (0, heartbeat("a", sequence: 0, total: 0, available: 0)), count: 2))
        var sequence: Int64 = 0
        func hear(_ manager: Int) {
            sequence += 1
            let total = Int.random(in: 1...40, using: &numbers)
            let available = Bool.random(using: &numbers) ? 0 : Int.random(in: 0...total, using: &numbers)
            var offset = 0.0
            var schedule: [(Double, Int)] = []
            if Int.random(in: 0..<3, using: &numbers) > 0 {
                for _ in 0..<Int.random(in: 0...6, using: &numbers) {
                    offset += Double(Int.random(in: 0...80, using: &numbers)) / 4
                    schedule.append((offset, Int.random(in: 1...12, using: &numbers)))
                }
            }
            let pending = Bool.random(using: &numbers) ? 0 : Int.random(in: 0...30, using: &numbers)
            let message = heartbeat(
                "a", "m\(manager)", sequence: sequence, total: total, available: available, pending: pending,
                pendingSeconds: pending > 0 ? Double(Int.random(in: 0...400, using: &numbers)) / 2 : 0,
                activeSeconds: Double(Int.random(in: 0...2000, using: &numbers)) / 2, schedule: schedule)
            fixture.hear(message)
            model.heartbeats[manager] = (fixture.now, message)
        }
        hear(0)
        hear(1)
        for step in 0..<120 {
            switch Int.random(in: 0..<10, using: &numbers) {
            case 0: hear(Int.random(in: 0...1, using: &numbers))
            case 1, 2:
                // Never so far that a heartbeat goes stale.
                let oldest = model.heartbeats.map(\.stamp).min() ?? 0
                fixture.go(to: min(oldest + 9, fixture.now + Double(Int.random(in: 0...12, using: &numbers)) / 4))
            case 3:
                guard let place = model.live.indices.randomElement(using: &numbers) else { break }
                fixture.fleet.release(model.live.remove(at: place).id)
            default:
                let cores = Int.random(in: 0...12, using: &numbers)
                let seconds = Double(Int.random(in: 0...160, using: &numbers)) / 4
                let isQueued = Int.random(in: 0..<3, using: &numbers) > 0
                let id = fixture.fleet.reserve(
                    Reservation(
                        partition: Int32(step % 3), datacenterID: "a", cores: cores, durationSeconds: seconds,
                        isQueued: isQueued, dispatchedAt: fixture.now))
                model.live.append((id, cores, seconds, isQueued, fixture.now))
            }
            // From here on forecasts are made for a sixteenth of a second; times here are multiples of a quarter.
            let oracle = model.oracle(now: fixture.now)
            for cores in [1, 2, 7, oracle.total, oracle.total + 1] {
                let expected = oracle.wait(for: cores)
                let wait = fixture.fleet.wait(for: cores, in: "a", now: fixture.now)
                #expect(
                    wait == expected || abs(wait - expected) < 1e-6 * max(1, expected),
                    "seed \(seed), step \(step), \(cores) cores: \(wait) instead of \(expected), of \(oracle)")
            }
        }
    }

    @Test func `A queue beyond what is played one by one counts by its core-seconds`() {
        var fixture = FleetFixture()
        fixture.hear("a", total: 10, available: 0, schedule: [(10, 10)])
        for _ in 0..<3000 {
            _ = fixture.fleet.reserve(
                Reservation(
                    partition: 0, datacenterID: "a", cores: 2, durationSeconds: 5, isQueued: true, dispatchedAt: 1000))
        }
        // 3,000 times 2 cores for 5 s on 10 cores from 10 s on: the last starts at 10 + 2,995 / 5 · 5.
        let wait = fixture.fleet.wait(for: 1, in: "a", now: 1000)
        #expect(abs(wait - 3010) < 10, "\(wait)")
    }
}
