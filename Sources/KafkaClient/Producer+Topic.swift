import CRdKafka

extension Producer {
    /// A topic that its producer can send to.
    @safe public final class Topic {
        // Safe: valid from init to deinit; the client that it belongs to is held as long.
        let pointer: OpaquePointer
        private let handle: ClientHandle

        /// The topic's name.
        public let name: String

        init(_ name: String, _ handle: ClientHandle) throws(KafkaError) {
            guard let pointer = unsafe rd_kafka_topic_new(handle.pointer, name, nil) else {
                throw KafkaError(code: rd_kafka_last_error())
            }
            unsafe self.pointer = unsafe pointer
            self.handle = handle
            self.name = name
        }

        deinit { unsafe rd_kafka_topic_destroy(self.pointer) }

        /// What delivery reports call it.
        public var identity: TopicIdentity { unsafe TopicIdentity(self.pointer) }
    }
}
