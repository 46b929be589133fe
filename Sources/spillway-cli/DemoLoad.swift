import KafkaClient
import Spillway
import SpillwayCore
import SpillwayMessages

/// Submits the demo's jobs, as many as are due.
final class DemoLoad {
    private let plan: DemoPlan
    private let producer: Producer
    private let events: Producer.Topic
    private let startedAt: UnixSeconds
    private var writer = JSONWriter()
    private var next = 1
    private var reported = 0

    init(_ plan: DemoPlan, _ configuration: Configuration, startedAt: UnixSeconds) throws(KafkaError) {
        self.plan = plan
        self.startedAt = startedAt
        self.producer = try Producer(configuration.clientSettings(for: .reporter))
        self.events = try self.producer.topic(named: TopicNames(prefix: configuration.kafka.topicPrefix).events)
    }

    /// Submits what is due, in shares that leave time for reading.
    func submit(now: UnixSeconds) throws(KafkaError) {
        let due = Int((now - self.startedAt) * self.plan.rate)
        for _ in 0..<2000 where self.next <= due {
            let job = self.plan.job(self.next)
            self.writer.removeAll()
            self.writer.encode(job)
            let (value, key) = (self.writer.bytes, Array(job.jobID.utf8))
            do throws(KafkaError) {
                // Safe: the client copies the bytes during the call.
                try unsafe self.producer.send(value.span.bytes, key: key.span.bytes, to: self.events)
            } catch {
                // No room: the rest comes with the next turn.
                guard error.reason == .queueFull else { throw error }
                break
            }
            self.next += 1
        }
        try self.producer.serve()
    }

    /// Sends what is open, for so long at most.
    func finish(timeout: Duration) throws(KafkaError) {
        _ = try self.producer.flush(timeout: timeout)
    }

    /// Jobs that have reached the broker since the last call.
    func takeDelivered() -> Int {
        defer { self.reported = self.producer.deliveredCount }
        return self.producer.deliveredCount - self.reported
    }

    func close() {
        self.producer.close()
    }
}
