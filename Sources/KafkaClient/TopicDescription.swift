import CRdKafka

/// What the cluster says about a topic.
public struct TopicDescription: Hashable, Sendable {
    /// A partition of the topic.
    public struct Partition: Hashable, Sendable {
        /// Its number.
        public let id: Int32
        /// The broker that leads it, or -1.
        public let leader: Int32
        /// The brokers that hold it.
        public let replicas: [Int32]
        /// Those of them that have all of it.
        public let inSyncReplicas: [Int32]
        /// Why it can't be used, or nil where it can.
        public let error: KafkaError?
    }

    /// Its name.
    public let name: String
    /// Why nothing is known about it: ``KafkaError/Reason/unknownTopic`` where there is none,
    /// ``KafkaError/Reason/notAuthorized`` where it may not be seen. Nil where it's there.
    public let error: KafkaError?
    /// Its partitions, by number.
    public let partitions: [Partition]

    init(name: String, error: KafkaError) {
        self.name = name
        self.error = error
        self.partitions = []
    }

    init(_ topic: rd_kafka_metadata_topic) {
        unsafe self.name = String(cString: topic.topic)
        unsafe self.error = KafkaError.partial(topic.err, nil)
        let partitions = unsafe UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
        self.partitions = unsafe partitions.map { unsafe Partition($0) }.sorted { $0.id < $1.id }
    }
}

extension TopicDescription.Partition {
    fileprivate init(_ partition: rd_kafka_metadata_partition) {
        unsafe self.id = partition.id
        unsafe self.leader = partition.leader
        unsafe self.replicas = Array(
            UnsafeBufferPointer(start: partition.replicas, count: Int(partition.replica_cnt)))
        unsafe self.inSyncReplicas = Array(
            UnsafeBufferPointer(start: partition.isrs, count: Int(partition.isr_cnt)))
        unsafe self.error = KafkaError.partial(partition.err, nil)
    }
}

/// What the cluster says about itself.
public struct ClusterDescription: Hashable, Sendable {
    /// A broker.
    public struct Broker: Hashable, Sendable {
        /// Its number.
        public let id: Int32
        /// The host that it says it's reached at.
        public let host: String
        /// The port that it says it's reached at.
        public let port: Int32
    }

    /// The brokers, by number.
    public let brokers: [Broker]
    /// The topics, by name.
    public let topics: [TopicDescription]

    init(brokers: [Broker], topics: [TopicDescription]) {
        self.brokers = brokers
        self.topics = topics
    }

    init(_ metadata: rd_kafka_metadata) {
        let brokers = unsafe UnsafeBufferPointer(start: metadata.brokers, count: Int(metadata.broker_cnt))
        let topics = unsafe UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
        self.brokers = unsafe brokers.map { unsafe Broker(id: $0.id, host: String(cString: $0.host), port: $0.port) }
            .sorted { $0.id < $1.id }
        self.topics = unsafe topics.map { unsafe TopicDescription($0) }.sorted { $0.name < $1.name }
    }
}
