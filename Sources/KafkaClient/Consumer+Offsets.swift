import CRdKafka

extension Consumer {
    /// Commits offsets for the group, each one behind the last record that is done with, and waits for the answer.
    ///
    /// May be called inside a rebalance. While the group's coordinator is away it waits, seconds if need be.
    public func commit(_ offsets: [PartitionOffset]) throws(KafkaError) {
        let list = PartitionList(offsets)
        try unsafe KafkaError.check(rd_kafka_commit(self.openedInGroup().pointer, list.pointer, 0))
        try list.checkPartitions()
    }

    /// What the group committed; ``Offset/none`` for partitions where it committed nothing.
    ///
    /// With `isolation.level` `read_committed`, the default, an open transaction that holds offsets makes it wait, and
    /// throw ``KafkaError/Reason/timedOut`` in the end: ask again.
    public func committed(_ partitions: [TopicPartition], timeout: Duration) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions)
        try unsafe KafkaError.check(
            rd_kafka_committed(self.openedInGroup().pointer, list.pointer, timeout.wholeMilliseconds))
        try list.checkPartitions()
        return list.offsets
    }

    /// This member's standing in its group, for ``Producer/sendOffsets(_:group:timeout:)``.
    public func groupMetadata() throws(KafkaError) -> GroupMetadata {
        guard let pointer = try unsafe rd_kafka_consumer_group_metadata(self.openedInGroup().pointer) else {
            throw KafkaError(reason: .misconfigured, message: "A consumer without group.id has no group")
        }
        return unsafe GroupMetadata(owning: pointer)
    }

    /// Asks the broker for a partition's first offset and the one behind its last.
    public func watermarks(
        of partition: TopicPartition, timeout: Duration
    ) throws(KafkaError) -> (low: Int64, high: Int64) {
        try self.opened().watermarks(of: partition, timeout: timeout)
    }

    /// The watermarks as the last fetch of the partition told them, without asking; nil before.
    public func cachedWatermarks(of partition: TopicPartition) throws(KafkaError) -> (low: Int64, high: Int64)? {
        var low: Int64 = Offset.none
        var high: Int64 = Offset.none
        let code = try unsafe rd_kafka_get_watermark_offsets(
            self.opened().pointer, partition.topic, partition.partition, &low, &high)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 else { return nil }
        return (low, high)
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

extension ClientHandle {
    func watermarks(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> (low: Int64, high: Int64) {
        var low: Int64 = 0
        var high: Int64 = 0
        try unsafe KafkaError.check(
            rd_kafka_query_watermark_offsets(
                self.pointer, partition.topic, partition.partition, &low, &high, timeout.wholeMilliseconds))
        return (low, high)
    }

    func offsets(
        of partitions: [TopicPartition], at time: Int64, timeout: Duration
    ) throws(KafkaError) -> [PartitionOffset] {
        guard !partitions.isEmpty else { return [] }
        let list = PartitionList(partitions, offset: time)
        try unsafe KafkaError.check(
            rd_kafka_offsets_for_times(self.pointer, list.pointer, timeout.wholeMilliseconds))
        try list.checkPartitions()
        return list.offsets
    }
}
