import CRdKafka

extension Admin {
    /// What became of one topic of several.
    public struct TopicResult: Hashable, Sendable {
        /// The topic's name.
        public let name: String
        /// Why it wasn't done, or nil where it was.
        public let error: KafkaError?
    }

    /// Creates topics, and waits until the brokers know them.
    ///
    /// - Returns: what became of each. One that is there has ``KafkaError/Reason/alreadyExists``.
    public func createTopics(_ topics: [NewTopic], timeout: Duration) throws(KafkaError) -> [TopicResult] {
        var natives: [OpaquePointer?] = unsafe []
        defer { unsafe natives.forEach { unsafe rd_kafka_NewTopic_destroy($0) } }
        for topic in topics {
            var text = [CChar](repeating: 0, count: 256)
            guard
                let native = unsafe rd_kafka_NewTopic_new(
                    topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replicationFactor ?? -1),
                    &text,
                    text.count)
            else {
                throw KafkaError(reason: .misconfigured, message: "\(topic.name): \(ClientHandle.string(text))")
            }
            unsafe natives.append(native)
            for (name, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
                try KafkaError.check(unsafe rd_kafka_NewTopic_set_config(native, name, value))
            }
        }
        return try unsafe self.perform(RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout: timeout) { client, options, queue in
            unsafe rd_kafka_CreateTopics(client, &natives, natives.count, options, queue)
        } read: { event throws(KafkaError) in
            var count = 0
            let results = unsafe rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            return unsafe Self.topicResults(results, count)
        }
    }

    /// Deletes topics.
    ///
    /// - Returns: what became of each.
    public func deleteTopics(_ names: [String], timeout: Duration) throws(KafkaError) -> [TopicResult] {
        var natives = unsafe names.map { unsafe rd_kafka_DeleteTopic_new($0) }
        defer { unsafe natives.forEach { unsafe rd_kafka_DeleteTopic_destroy($0) } }
        return try unsafe self.perform(RD_KAFKA_ADMIN_OP_DELETETOPICS, timeout: timeout) { client, options, queue in
            unsafe rd_kafka_DeleteTopics(client, &natives, natives.count, options, queue)
        } read: { event throws(KafkaError) in
            var count = 0
            let results = unsafe rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
            return unsafe Self.topicResults(results, count)
        }
    }

    /// Describes topics, in the order of their names here. One that isn't there is a value with an error, not an error.
    public func describeTopics(_ names: [String], timeout: Duration) throws(KafkaError) -> [TopicDescription] {
        let deadline = Deadline(after: timeout)
        var descriptions: [TopicDescription] = []
        for name in names {
            descriptions.append(try self.describeTopic(name, timeout: deadline.remaining))
        }
        return descriptions
    }

    /// Describes a topic. One that isn't there is a value with an error, not an error.
    public func describeTopic(_ name: String, timeout: Duration) throws(KafkaError) -> TopicDescription {
        let client = try unsafe self.opened().pointer
        guard let topic = unsafe rd_kafka_topic_new(client, name, nil) else {
            return TopicDescription(name: name, error: KafkaError(code: rd_kafka_last_error()))
        }
        defer { unsafe rd_kafka_topic_destroy(topic) }
        return try unsafe self.metadata(topic: topic, timeout: timeout).topics.first
            ?? TopicDescription(
                name: name, error: KafkaError(code: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART))
    }

    /// Describes all topics that this client may see, and the brokers.
    public func describeCluster(timeout: Duration) throws(KafkaError) -> ClusterDescription {
        try unsafe self.metadata(topic: nil, timeout: timeout)
    }

    /// The brokers of the cluster.
    public func brokers(timeout: Duration) throws(KafkaError) -> [ClusterDescription.Broker] {
        try self.describeCluster(timeout: timeout).brokers
    }

    private func metadata(topic: OpaquePointer?, timeout: Duration) throws(KafkaError) -> ClusterDescription {
        let client = try unsafe self.opened().pointer
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let isAll: Int32 = unsafe topic == nil ? 1 : 0
        try unsafe KafkaError.check(
            rd_kafka_metadata(client, isAll, topic, &metadata, max(1, timeout.wholeMilliseconds)))
        guard let metadata = unsafe metadata else { return ClusterDescription(brokers: [], topics: []) }
        defer { unsafe rd_kafka_metadata_destroy(metadata) }
        return unsafe ClusterDescription(metadata.pointee)
    }

    private static func topicResults(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
    ) -> [TopicResult] {
        unsafe UnsafeBufferPointer(start: results, count: count).map { result in
            unsafe TopicResult(
                name: String(cString: rd_kafka_topic_result_name(result)),
                error: .partial(rd_kafka_topic_result_error(result), rd_kafka_topic_result_error_string(result)))
        }
    }
}
