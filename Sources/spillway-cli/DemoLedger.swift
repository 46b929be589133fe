import KafkaClient
import Spillway

/// Reads back what the router has written, so that the summary counts what is really there.
final class DemoLedger {
    private(set) var counts = DemoCounts()
    private let consumer: Consumer
    private let decisions: TopicIdentity
    private let deadLetter: TopicIdentity
    private var batch = RecordBatch(capacity: 2000)

    init(_ configuration: Configuration, partitions: Int) throws(KafkaError) {
        let topics = TopicNames(prefix: configuration.kafka.topicPrefix)
        self.consumer = try Consumer(configuration.clientSettings(for: .reader))
        self.decisions = try self.consumer.identity(ofTopic: topics.decisions)
        self.deadLetter = try self.consumer.identity(ofTopic: topics.deadLetter)
        try self.consumer.assign(
            [topics.decisions, topics.deadLetter].flatMap { name in
                (0..<partitions).map { PartitionOffset(TopicPartition(name, Int32($0)), Offset.beginning) }
            })
    }

    /// Ends a wait, from any thread.
    var waker: Waker { self.consumer.waker }

    /// Reads what there is, after waiting for something for so long at most.
    func turn(atMost limit: Duration) throws(KafkaError) {
        let count = try self.consumer.poll(into: &self.batch, timeout: limit)
        for index in 0..<count { self.take(self.batch[index]) }
    }

    func close() throws(KafkaError) {
        self.batch.clear()
        try self.consumer.close()
    }

    private func take(_ record: RecordView) {
        if record.topic == self.deadLetter { self.counts.deadLettered += 1 }
        guard record.topic == self.decisions, let value = record.value else { return }
        // Safe: the bytes are copied within the closure.
        let bytes = unsafe value.withUnsafeBytes { unsafe Array($0) }
        if let decision = DecisionRecord.read(bytes) { self.counts.count(decision) }
    }

    /// Says how many of the demo's own jobs were submitted since the last call.
    func submitted(_ more: Int) {
        self.counts.jobs += more
    }
}
