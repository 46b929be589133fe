public import Settings

extension Configuration {
    /// The connection to Kafka and what is stored there.
    public struct Kafka: Hashable, Sendable {
        /// What a lane promises about its input.
        public enum Delivery: String, CaseIterable, Hashable, Sendable {
            /// Effects, state and offsets of a batch in one transaction.
            case exactlyOnce = "exactly_once"
            /// An idempotent producer: what comes twice carries the same ids.
            case atLeastOnce = "at_least_once"
        }

        /// Brokers to begin with: `host:port`, commas between them. The default is `127.0.0.1:9092`.
        public var bootstrapServers = "127.0.0.1:9092"
        /// What every topic's name begins with. The default is `spillway.`; it may be empty.
        public var topicPrefix = "spillway."
        /// The consumer group, and the beginning of transactional ids. The default is `spillway`.
        public var groupID = "spillway"
        /// The name of this process in the group. Empty, the default, stands for the host name: ``effectiveInstanceID``.
        public var instanceID = ""
        /// Whether missing topics are created. The default is not to, but to name them and stop.
        public var createTopics = false
        /// The partitions of topics that are created. The default is 8.
        public var partitions = 8
        /// The replication factor of topics that are created. The default is -1, the broker's default.
        public var replicationFactor = -1
        /// What a lane promises. The default is exactly once.
        public var delivery = Delivery.exactlyOnce
        /// The time between commits, which bounds the latency. The default is 50 milliseconds.
        public var commitInterval = Duration.milliseconds(50)
        /// Settings of librdkafka by their own names. They win over what is derived.
        public var properties: [String: String] = [:]
        /// The same, for what is never shown, such as `sasl.password`.
        public var secrets: [String: Secret] = [:]

        /// The defaults.
        public init() {}
    }
}
