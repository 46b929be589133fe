import Dispatch
import KafkaClient
import Spillway
import SpillwayAgent
import Synchronization

/// The demo's datacenters, on a thread of their own.
final class DemoSites: Sendable {
    /// How they stand.
    let watch: SiteWatch
    private let isStopped = Atomic<Bool>(false)
    private let waker: Waker
    private let start: Mutex<Start>
    private let queue = DispatchQueue(label: "spillway.demo.sites")

    /// The loop, until its thread takes it.
    private struct Start: ~Copyable {
        var loop: SiteLoop?
    }

    init(_ plan: DemoPlan, _ configuration: Configuration) throws(KafkaError) {
        let topics = TopicNames(prefix: configuration.kafka.topicPrefix)
        let loop = try SiteLoop(
            sites: plan.sites(incarnation: Int64(WallClock.now())),
            topics: SiteTopics(
                heartbeats: topics.heartbeats, events: topics.events, jobsPrefix: topics.jobs, reading: .everything,
                consumer: configuration.clientSettings(for: .reader),
                producer: configuration.clientSettings(for: .reporter)),
            clock: WallClock.now)
        self.watch = loop.watch
        self.waker = loop.waker
        self.start = Mutex(Start(loop: loop))
    }

    /// Runs until ``stop()``, then says that the managers are gone.
    func run() async -> KafkaError? {
        await withCheckedContinuation { continuation in
            self.queue.async {
                do throws(KafkaError) {
                    try self.work()
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }
        }
    }

    /// Ends it, from any thread.
    func stop() {
        self.isStopped.store(true, ordering: .releasing)
        self.waker.wake()
    }

    private func work() throws(KafkaError) {
        guard let loop = self.start.withLock({ start in start.loop.take() }) else { return }
        while !self.isStopped.load(ordering: .acquiring) { try loop.turn(atMost: .milliseconds(100)) }
        _ = try loop.end(timeout: .seconds(5))
    }
}
