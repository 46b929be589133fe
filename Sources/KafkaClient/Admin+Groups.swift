import CRdKafka

extension Admin {
    /// What a group committed, whether it's running or not; ``Offset/none`` where it committed nothing.
    ///
    /// - Parameter isStable: Waits for transactions that hold offsets, and throws a retriable error rather than answer
    ///   what may change with their end.
    public func committedOffsets(
        ofGroup group: String, _ partitions: [TopicPartition], isStable: Bool = false, timeout: Duration
    ) throws(KafkaError) -> [PartitionOffset] {
        guard !partitions.isEmpty else { return [] }
        // Not librdkafka's ListConsumerGroupOffsets: 2.0.2 ends the process (an assertion of its own) when the group's
        // coordinator was away for a few of its timeouts.
        return try self.asker(ofGroup: group, isStable: isStable).committed(partitions, timeout: timeout)
    }

    /// Asks for a partition's first offset and the one behind its last.
    public func watermarks(
        of partition: TopicPartition, timeout: Duration
    ) throws(KafkaError) -> (low: Int64, high: Int64) {
        try self.opened().watermarks(of: partition, timeout: timeout)
    }

    /// The offset of each partition's first record of that time or later; ``Offset/end`` where there is none.
    public func offsets(
        of partitions: [TopicPartition], atMilliseconds time: Int64, timeout: Duration
    ) throws(KafkaError) -> [PartitionOffset] {
        try self.opened().offsets(of: partitions, at: max(0, time), timeout: timeout)
    }

    /// The offset behind the last record of each partition, of all of them in one call.
    public func endOffsets(of partitions: [TopicPartition], timeout: Duration) throws(KafkaError) -> [PartitionOffset] {
        try self.opened().offsets(of: partitions, at: Offset.end, timeout: timeout)
    }

    /// The offset of the first record that the log still holds of each partition, of all of them in one call.
    public func beginOffsets(
        of partitions: [TopicPartition], timeout: Duration
    ) throws(KafkaError) -> [PartitionOffset] {
        try self.opened().offsets(of: partitions, at: Offset.beginning, timeout: timeout)
    }
}
