import Dispatch
import KafkaClient
import Spillway
import SpillwayCore
import Synchronization

/// The demo's own thread: submits jobs, reads back what became of them, and shows how it goes.
final class DemoDesk: Sendable {
    private let plan: DemoPlan
    private let configuration: Configuration
    private let duration: Duration?
    private let show: @Sendable (_ counts: DemoCounts, _ elapsed: Seconds, _ isLast: Bool) -> Void
    private let isStopped = Atomic<Bool>(false)
    private let waker = Mutex<Waker?>(nil)
    private let queue = DispatchQueue(label: "spillway.demo.desk")

    /// How long decisions are waited for after the last submission.
    private static let patience: Seconds = 10

    /// - Parameters:
    ///   - duration: how long jobs are submitted. `nil`: until it is stopped.
    ///   - show: called about once a second.
    init(
        plan: DemoPlan, configuration: Configuration, duration: Duration?,
        show: @escaping @Sendable (DemoCounts, Seconds, Bool) -> Void
    ) {
        self.plan = plan
        self.configuration = configuration
        self.duration = duration
        self.show = show
    }

    /// Submits nothing more, from any thread. What was submitted is waited for.
    func stop() {
        self.isStopped.store(true, ordering: .releasing)
        self.waker.withLock { $0 }?.wake()
    }

    /// Runs to the end and answers with what was counted.
    func run() async -> Result<DemoCounts, KafkaError> {
        await withCheckedContinuation { continuation in
            self.queue.async {
                do throws(KafkaError) {
                    continuation.resume(returning: .success(try self.work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }

    private func work() throws(KafkaError) -> DemoCounts {
        let startedAt = WallClock.now()
        let ledger = try DemoLedger(self.configuration, partitions: DemoPlan.partitions)
        let load = try DemoLoad(self.plan, self.configuration, startedAt: startedAt)
        self.waker.withLock { $0 = ledger.waker }
        let end = self.duration.map { startedAt + Self.seconds($0) } ?? .infinity
        var shownAt = startedAt
        while !self.isStopped.load(ordering: .acquiring) {
            let now = WallClock.now()
            if now >= end { break }
            try load.submit(now: now)
            ledger.submitted(load.takeDelivered())
            try ledger.turn(atMost: .milliseconds(10))
            if now - shownAt >= 1 {
                shownAt += 1
                self.show(ledger.counts, now - startedAt, false)
            }
        }
        let stoppedAt = WallClock.now()
        try load.finish(timeout: .seconds(5))
        ledger.submitted(load.takeDelivered())
        while ledger.counts.decided < ledger.counts.jobs, WallClock.now() - stoppedAt < Self.patience {
            try ledger.turn(atMost: .milliseconds(50))
        }
        self.show(ledger.counts, WallClock.now() - startedAt, true)
        load.close()
        try ledger.close()
        return ledger.counts
    }

    private static func seconds(_ duration: Duration) -> Seconds {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
