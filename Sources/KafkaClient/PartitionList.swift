import CRdKafka

/// Owns a list of partitions in librdkafka's form.
@safe struct PartitionList: ~Copyable {
    // Safe: made here, never nil, destroyed once, and never kept by a call that it's passed to.
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ offsets: [PartitionOffset]) {
        unsafe self.pointer = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))
        for offset in offsets {
            let entry = unsafe rd_kafka_topic_partition_list_add(self.pointer, offset.topic, offset.partition)
            unsafe entry?.pointee.offset = offset.offset
        }
    }

    init(_ partitions: [TopicPartition], offset: Int64 = Offset.none) {
        self.init(partitions.map { PartitionOffset($0, offset) })
    }

    init(topics: [String]) {
        self.init(topics.map { PartitionOffset($0, -1, Offset.none) })
    }

    init(owning pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
        unsafe self.pointer = unsafe pointer
    }

    deinit { unsafe rd_kafka_topic_partition_list_destroy(self.pointer) }

    var offsets: [PartitionOffset] { unsafe Self.offsets(of: self.pointer) }

    /// The first error of a partition, named with it.
    func checkPartitions() throws(KafkaError) {
        try unsafe Self.checkEntries(of: self.pointer)
    }

    static func checkEntries(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) throws(KafkaError) {
        let entries = unsafe Self.entries(of: list)
        for index in entries.indices {
            let entry = unsafe entries[index]
            guard unsafe entry.err != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            let text = unsafe String(cString: rd_kafka_err2str(entry.err))
            throw unsafe KafkaError(
                code: entry.err, message: "\(TopicPartition(String(cString: entry.topic), entry.partition)): \(text)")
        }
    }

    static func entries(
        of list: UnsafePointer<rd_kafka_topic_partition_list_t>
    ) -> UnsafeBufferPointer<rd_kafka_topic_partition_t> {
        unsafe UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
    }

    static func offsets(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [PartitionOffset] {
        unsafe self.entries(of: list).map { entry in
            unsafe PartitionOffset(String(cString: entry.topic), entry.partition, entry.offset)
        }
    }

    static func partitions(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [TopicPartition] {
        unsafe self.entries(of: list).map { entry in
            unsafe TopicPartition(String(cString: entry.topic), entry.partition)
        }
    }
}
