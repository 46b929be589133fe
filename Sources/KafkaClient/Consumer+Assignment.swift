import CRdKafka

extension Consumer {
    /// Joins the group and reads what it's given of these topics. A name that begins with `^` is a regular expression.
    ///
    /// It replaces the former subscription. Joining happens inside the polls that follow.
    public func subscribe(to topics: [String]) throws(KafkaError) {
        let list = PartitionList(topics: topics)
        try unsafe KafkaError.check(rd_kafka_subscribe(self.openedInGroup().pointer, list.pointer))
    }

    /// Leaves the group, but keeps the client.
    public func unsubscribe() throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_unsubscribe(self.opened().pointer))
    }

    /// Reads exactly these partitions, from these offsets, without a group's say. It replaces the former assignment.
    ///
    /// Reading begins at once from a real offset. From ``Offset/beginning`` or ``Offset/end`` librdkafka waits half a second
    /// first; ask ``beginOffsets(of:timeout:)`` or ``endOffsets(of:timeout:)`` where that matters.
    public func assign(_ offsets: [PartitionOffset]) throws(KafkaError) {
        var offsets = offsets
        if let start = self.startWithoutGroup {
            for index in offsets.indices where offsets[index].offset == Offset.stored { offsets[index].offset = start }
        }
        let list = PartitionList(offsets)
        try unsafe KafkaError.check(rd_kafka_assign(self.opened().pointer, list.pointer))
    }

    /// Reads nothing.
    public func unassign() throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_assign(self.opened().pointer, nil))
    }

    /// What is being read.
    public func assignment() throws(KafkaError) -> [TopicPartition] {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        try unsafe KafkaError.check(rd_kafka_assignment(self.opened().pointer, &list))
        guard let list = unsafe list else { return [] }
        return unsafe PartitionList(owning: list).offsets.map(\.topicPartition)
    }

    /// Whether the group has given this member's partitions away, so that nothing may be committed for them.
    public var isAssignmentLost: Bool {
        get throws(KafkaError) { try unsafe rd_kafka_assignment_lost(self.opened().pointer) != 0 }
    }

    /// Stops reading these partitions. They stay assigned, so the group isn't disturbed. What was fetched is dropped,
    /// and fetched again after ``resume(_:)``: it isn't for short stops.
    public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try unsafe KafkaError.check(rd_kafka_pause_partitions(self.opened().pointer, list.pointer))
        try list.checkPartitions()
    }

    /// Reads these partitions on.
    public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try unsafe KafkaError.check(rd_kafka_resume_partitions(self.opened().pointer, list.pointer))
        try list.checkPartitions()
    }

    /// Reads these partitions from there. They must be assigned, and their reading must have begun.
    ///
    /// - Throws: ``KafkaError/Reason/timedOut`` if it hasn't been done by then; ``KafkaError/Reason/wrongState`` and
    ///   others for the first partition that can't.
    public func seek(to offsets: [PartitionOffset], timeout: Duration) throws(KafkaError) {
        let list = PartitionList(offsets)
        try unsafe KafkaError.check(
            rd_kafka_seek_partitions(self.opened().pointer, list.pointer, timeout.wholeMilliseconds))
        try list.checkPartitions()
    }

    /// Where reading will go on, one behind the last record that a poll gave out; ``Offset/none`` before the first.
    public func positions(of partitions: [TopicPartition]) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions)
        try unsafe KafkaError.check(rd_kafka_position(self.opened().pointer, list.pointer))
        try list.checkPartitions()
        return list.offsets
    }

    /// Where reading of one partition will go on, or nil before its first record.
    public func position(of partition: TopicPartition) throws(KafkaError) -> Int64? {
        try self.positions(of: [partition]).first?.known
    }
}
