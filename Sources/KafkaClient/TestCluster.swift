import CRdKafka

/// librdkafka's mock of a Kafka cluster, inside this process, for tests and demonstrations. Other processes can
/// connect to it at ``bootstrapServers``.
///
/// It begins in two milliseconds. It doesn't do all that a broker does: it keeps 5 MiB a partition, answers
/// transactions without their effects (aborted records stay visible, offsets in a transaction are dropped, nobody is
/// fenced), finds no offsets by time, creates topics whenever one is asked for and none on an administrator's request,
/// and holds an empty fetch for the whole of `fetch.wait.max.ms`, which clients should set to 10. A group's first join
/// takes three seconds there; ``Consumer/assign(_:)`` takes none.
///
/// May be used from any thread.
@safe public final class TestCluster: @unchecked Sendable {
    // @unchecked: nothing changes after init, and librdkafka's mock takes its own lock, or hands over to its own thread, in
    // every call, which the compiler can't know of a pointer. Safe: both are valid until deinit.
    private let client: ClientHandle
    private let cluster: OpaquePointer

    /// Where clients connect: each broker's address and port, on the loopback, with commas between.
    public let bootstrapServers: String

    /// Starts a cluster. Its brokers are numbered from 1.
    public init(brokers: Int = 1) throws(KafkaError) {
        let settings = ClientSettings()
        let context = ClientContext(settings, onEvent: nil, onLog: nil)
        self.client = try ClientHandle(RD_KAFKA_PRODUCER, settings, context)
        guard let cluster = unsafe rd_kafka_mock_cluster_new(self.client.pointer, Int32(clamping: brokers)) else {
            throw KafkaError(reason: .other, message: "The test cluster could not be started")
        }
        unsafe self.cluster = unsafe cluster
        unsafe self.bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    deinit { unsafe rd_kafka_mock_cluster_destroy(self.cluster) }

    /// Settings for a client of this cluster that waits for nothing.
    public var settings: ClientSettings {
        ["bootstrap.servers": self.bootstrapServers, "fetch.wait.max.ms": "10", "reconnect.backoff.ms": "10"]
    }

    /// Creates a topic.
    public func createTopic(_ name: String, partitions: Int = 1, replicas: Int = 1) throws(KafkaError) {
        try unsafe KafkaError.check(
            rd_kafka_mock_topic_create(self.cluster, name, Int32(clamping: partitions), Int32(clamping: replicas)))
    }

    /// Makes a topic answer with an error, or, with nil, no longer.
    public func setTopicError(_ topic: String, _ error: ErrorCode?) {
        unsafe rd_kafka_mock_topic_set_error(self.cluster, topic, error?.native ?? RD_KAFKA_RESP_ERR_NO_ERROR)
    }

    /// Makes the next requests of this kind fail, one for each code, whichever broker they reach.
    ///
    /// ``ErrorCode/transport`` breaks the connection.
    public func failNext(_ request: Request, with codes: [ErrorCode]) {
        let native = codes.map(\.native)
        unsafe rd_kafka_mock_push_request_errors_array(self.cluster, request.rawValue, native.count, native)
    }

    /// Forgets the failures that are still to come for requests of this kind.
    public func clearFailures(of request: Request) {
        unsafe rd_kafka_mock_clear_request_errors(self.cluster, request.rawValue)
    }

    /// Ends a broker's connections and takes no new ones.
    public func setBrokerDown(_ broker: Int32) throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_mock_broker_set_down(self.cluster, broker))
    }

    /// Takes connections again.
    public func setBrokerUp(_ broker: Int32) throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_mock_broker_set_up(self.cluster, broker))
    }

    /// Delays each of a broker's answers.
    public func setRoundTrip(_ broker: Int32, _ time: Duration) throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_mock_broker_set_rtt(self.cluster, broker, time.wholeMilliseconds))
    }

    /// Moves a partition's leadership to a broker, or, with nil, to none.
    public func setLeader(of partition: TopicPartition, to broker: Int32?) throws(KafkaError) {
        try unsafe KafkaError.check(
            rd_kafka_mock_partition_set_leader(self.cluster, partition.topic, partition.partition, broker ?? -1))
    }

    /// What a coordinator looks after.
    public enum CoordinatorKind: String, Sendable {
        /// A consumer group, by its `group.id`.
        case group
        /// A producer's transactions, by its `transactional.id`.
        case transaction
    }

    /// Makes a broker the coordinator of a group or of a transactional id.
    public func setCoordinator(_ kind: CoordinatorKind, _ key: String, to broker: Int32) throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_mock_coordinator_set(self.cluster, kind.rawValue, key, broker))
    }
}

extension TestCluster {
    /// A kind of request, by its number in Kafka's protocol.
    public struct Request: RawRepresentable, Hashable, Sendable {
        /// The number.
        public let rawValue: Int16

        /// Takes any number.
        public init(rawValue: Int16) {
            self.rawValue = rawValue
        }

        /// A producer's records.
        public static let produce = Request(rawValue: 0)
        /// A consumer's reading.
        public static let fetch = Request(rawValue: 1)
        /// Watermarks.
        public static let listOffsets = Request(rawValue: 2)
        /// Topics and brokers.
        public static let metadata = Request(rawValue: 3)
        /// A group's commit.
        public static let offsetCommit = Request(rawValue: 8)
        /// A group's committed offsets.
        public static let offsetFetch = Request(rawValue: 9)
        /// Who coordinates a group or a transactional id.
        public static let findCoordinator = Request(rawValue: 10)
        /// A member that joins.
        public static let joinGroup = Request(rawValue: 11)
        /// A member that is alive.
        public static let heartbeat = Request(rawValue: 12)
        /// A member that leaves.
        public static let leaveGroup = Request(rawValue: 13)
        /// A member that asks for its share.
        public static let syncGroup = Request(rawValue: 14)
        /// A producer that begins, in ``Producer/initTransactions(timeout:)`` or with idempotence.
        public static let initProducerID = Request(rawValue: 22)
        /// A transaction's first record for a partition.
        public static let addPartitionsToTransaction = Request(rawValue: 24)
        /// A transaction's first offsets for a group.
        public static let addOffsetsToTransaction = Request(rawValue: 25)
        /// The end of a transaction.
        public static let endTransaction = Request(rawValue: 26)
        /// A transaction's offsets.
        public static let commitTransactionOffsets = Request(rawValue: 28)
    }
}
