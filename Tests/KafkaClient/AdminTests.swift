import KafkaClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct AdminTests {
    let cluster: TestCluster
    let admin: Admin

    init() throws {
        self.cluster = try TestCluster(brokers: 3)
        try self.cluster.createTopic("t", partitions: 4, replicas: 3)
        self.admin = try Admin(self.cluster.settings)
    }

    @Test func `A topic is described with its partitions, and one with an error is a value`() throws {
        self.cluster.setTopicError("u", .unknownTopicOrPartition)
        let topics = try self.admin.describeTopics(["t", "u"], timeout: .seconds(10))
        #expect(topics.map(\.name) == ["t", "u"])
        #expect(topics.map(\.partitions.count) == [4, 0])
        #expect(topics.first?.error == nil)
        #expect(topics.last?.error?.reason == .unknownTopic)
        #expect(topics.first?.partitions.allSatisfy { $0.replicas.count == 3 && $0.error == nil } == true, "\(topics)")
    }

    @Test func `The brokers are known`() throws {
        let brokers = try self.admin.brokers(timeout: .seconds(10))
        #expect(brokers.map(\.id) == [1, 2, 3])
        let addresses = brokers.map { "\($0.host):\($0.port)" }.joined(separator: ",")
        #expect(addresses == self.cluster.bootstrapServers)
    }

    @Test func `Another group's committed offsets are read without joining it`() throws {
        let consumer = try Consumer(self.cluster.settings.merging(["group.id": "g", "enable.auto.commit": "false"]))
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        try consumer.commit([PartitionOffset("t", 0, 7), PartitionOffset("t", 2, 9)])
        let offsets = try self.admin.committedOffsets(
            ofGroup: "g", (0..<4).map { TopicPartition("t", $0) }, timeout: .seconds(10))
        #expect(offsets.map(\.known) == [7, nil, 9, nil])
    }

    @Test func `The ends of a topic of which nothing is read`() throws {
        try self.cluster.fill("t", partition: 3, with: ["a", "b"])
        let partitions = (0..<4).map { TopicPartition("t", Int32($0)) }
        #expect(try self.admin.endOffsets(of: partitions, timeout: .seconds(10)).map(\.offset) == [0, 0, 0, 2])
        #expect(try self.admin.beginOffsets(of: partitions, timeout: .seconds(10)).map(\.offset) == [0, 0, 0, 0])
        #expect(try self.admin.watermarks(of: partitions[3], timeout: .seconds(10)) == (0, 2))
    }

    @Test func `What the cluster can't do ends with the time that was given`() throws {
        // The mock doesn't create topics on request.
        let error = #expect(throws: KafkaError.self) {
            try self.admin.createTopics([NewTopic("u", partitions: 1)], timeout: .milliseconds(100))
        }
        #expect(error?.reason == .timedOut)
        try self.cluster.setBrokerDown(1)
        try self.cluster.setBrokerDown(2)
        try self.cluster.setBrokerDown(3)
        let other = try Admin(self.cluster.settings)
        #expect(throws: KafkaError.self) { try other.brokers(timeout: .milliseconds(100)) }
        other.close()
        let closed = #expect(throws: KafkaError.self) { try other.brokers(timeout: .milliseconds(100)) }
        #expect(closed?.reason == .closed)
    }

    @Test func `A new topic that makes no sense is refused by name`() throws {
        let error = #expect(throws: KafkaError.self) {
            try self.admin.createTopics([NewTopic("u", partitions: 1_000_000)], timeout: .seconds(1))
        }
        #expect(error?.description.contains("u: ") == true, "\(String(describing: error))")
    }
}
