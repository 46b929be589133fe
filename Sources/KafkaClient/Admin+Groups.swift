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
        let list = PartitionList(partitions)
        var query = unsafe rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)
        defer { unsafe rd_kafka_ListConsumerGroupOffsets_destroy(query) }
        return try unsafe self.perform(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, timeout: timeout, isStable: isStable
        ) { client, options, queue in
            unsafe rd_kafka_ListConsumerGroupOffsets(client, &query, 1, options, queue)
        } read: { event throws(KafkaError) in
            var count = 0
            let result = unsafe rd_kafka_event_ListConsumerGroupOffsets_result(event)
            let groups = unsafe rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count)
            guard count > 0, let group = unsafe groups?[0] else { return [] }
            try unsafe KafkaError.checkBorrowed(rd_kafka_group_result_error(group))
            guard let offsets = unsafe rd_kafka_group_result_partitions(group) else { return [] }
            try unsafe PartitionList.checkEntries(of: offsets)
            return unsafe PartitionList.offsets(of: offsets)
        }
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

extension KafkaError {
    /// Throws what an error says that belongs to a result.
    fileprivate static func checkBorrowed(_ error: OpaquePointer?) throws(KafkaError) {
        guard let error = unsafe error else { return }
        let code = unsafe rd_kafka_error_code(error)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        throw unsafe KafkaError(code: code, message: String(cString: rd_kafka_error_string(error)))
    }
}
