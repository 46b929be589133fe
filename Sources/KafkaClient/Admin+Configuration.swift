import CRdKafka

extension Admin {
    /// A setting of a topic, on the broker's side.
    public struct ConfigurationEntry: Hashable, Sendable {
        /// Its name, such as `cleanup.policy`.
        public let name: String
        /// Its value, or nil where the broker keeps it secret.
        public let value: String?
        /// It hasn't been set for this topic or cluster.
        public let isDefault: Bool
        /// The broker keeps its value secret.
        public let isSensitive: Bool
        /// It can't be changed.
        public let isReadOnly: Bool
    }

    /// A topic's settings, on the broker's side, by name.
    public func describeConfiguration(
        ofTopic name: String, timeout: Duration
    ) throws(KafkaError) -> [ConfigurationEntry] {
        var resource = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name)
        defer { unsafe rd_kafka_ConfigResource_destroy(resource) }
        return try unsafe self.perform(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout: timeout) { client, options, queue in
            unsafe rd_kafka_DescribeConfigs(client, &resource, 1, options, queue)
        } read: { event throws(KafkaError) in
            var count = 0
            let result = unsafe rd_kafka_event_DescribeConfigs_result(event)
            let resources = unsafe rd_kafka_DescribeConfigs_result_resources(result, &count)
            guard count > 0, let found = unsafe resources?[0] else { return [] }
            let code = unsafe rd_kafka_ConfigResource_error(found)
            if let error = unsafe KafkaError.partial(code, rd_kafka_ConfigResource_error_string(found)) { throw error }
            let entries = unsafe rd_kafka_ConfigResource_configs(found, &count)
            return unsafe UnsafeBufferPointer(start: entries, count: count).map { unsafe ConfigurationEntry($0) }
                .sorted { $0.name < $1.name }
        }
    }
}

extension Admin.ConfigurationEntry {
    fileprivate init(_ entry: OpaquePointer?) {
        unsafe self.name = String(cString: rd_kafka_ConfigEntry_name(entry))
        unsafe self.value = rd_kafka_ConfigEntry_value(entry).map { unsafe String(cString: $0) }
        unsafe self.isDefault = rd_kafka_ConfigEntry_is_default(entry) == 1
        unsafe self.isSensitive = rd_kafka_ConfigEntry_is_sensitive(entry) == 1
        unsafe self.isReadOnly = rd_kafka_ConfigEntry_is_read_only(entry) == 1
    }
}
