import KafkaClient
import Testing

/// What only a real broker shows. `SPILLWAY_TEST_BOOTSTRAP` names it.
@Suite(.timeLimit(.minutes(2)), .enabled(if: realBroker != nil), .serialized) struct RealBrokerTests {
    let settings: ClientSettings
    let admin: Admin
    let unique = "\(UInt64.random(in: 0...UInt64.max))"

    init() throws {
        self.settings = (realBroker ?? [:]).merging(["fetch.wait.max.ms": "10", "heartbeat.interval.ms": "500"])
        self.admin = try Admin(self.settings)
    }

    private func topic(_ name: String, partitions: Int = 1) throws -> String {
        let name = "\(name)-\(self.unique)"
        let results = try self.admin.createTopics([NewTopic(name, partitions: partitions)], timeout: .seconds(30))
        #expect(results.map(\.error) == [nil])
        return name
    }

    private func transactional(_ id: String) throws -> Producer {
        let producer = try Producer(self.settings.merging(["transactional.id": "\(id)-\(self.unique)"]))
        try producer.initTransactions(timeout: .seconds(30))
        return producer
    }

    private func reader(_ topic: String, isolation: String) throws -> Consumer {
        let consumer = try Consumer(
            self.settings.merging(["isolation.level": isolation, "enable.partition.eof": "true"]))
        try consumer.assign([PartitionOffset(topic, 0, Offset.beginning)])
        return consumer
    }

    /// Everything in partition 0 up to where this reader's isolation lets it see.
    private func all(_ topic: String, isolation: String) throws -> [String?] {
        let isAtEnd = Box(false)
        let consumer = try Consumer(
            self.settings.merging(["isolation.level": isolation, "enable.partition.eof": "true"]),
            onEvent: { event in if case .endOfPartition = event { isAtEnd.value = true } })
        try consumer.assign([PartitionOffset(topic, 0, Offset.beginning)])
        var batch = RecordBatch(capacity: 100)
        var texts: [String?] = []
        let end = ContinuousClock.now + .seconds(20)
        while !isAtEnd.value, ContinuousClock.now < end {
            _ = try consumer.poll(into: &batch, timeout: .seconds(1))
            batch.forEach { record in texts.append(Copied(record).text) }
        }
        try consumer.close()
        return texts
    }

    /// A committed offset, once the broker has completed the transaction that held it.
    private func stable(_ group: String, _ partition: TopicPartition) throws -> Int64? {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            do throws(KafkaError) {
                return try self.admin.committedOffsets(
                    ofGroup: group, [partition], isStable: true, timeout: .seconds(10)
                ).first?.known
            } catch {
                guard error.isRetriable, ContinuousClock.now < end else { throw error }
            }
        }
    }

    @Test func `Topics are created, described, found to be there already, and deleted`() throws {
        let name = "created-\(self.unique)"
        let topic = NewTopic(
            name, partitions: 3, replicationFactor: 1, configuration: ["cleanup.policy": "compact"])
        #expect(try self.admin.createTopics([topic], timeout: .seconds(30)).map(\.error) == [nil])
        let again = try self.admin.createTopics([topic], timeout: .seconds(30))
        #expect(again.map(\.error?.reason) == [.alreadyExists])
        #expect(again.map(\.name) == [name])

        let description = try self.admin.describeTopic(name, timeout: .seconds(10))
        #expect(description.error == nil)
        #expect(description.partitions.map(\.id) == [0, 1, 2])
        let entries = try self.admin.describeConfiguration(ofTopic: name, timeout: .seconds(10))
        let policy = entries.first { $0.name == "cleanup.policy" }
        #expect(policy?.value == "compact")
        #expect(policy?.isDefault == false)

        let absent = "absent-\(self.unique)"
        #expect(try self.admin.deleteTopics([name], timeout: .seconds(30)).map(\.error) == [nil])
        let failed = try self.admin.deleteTopics([absent], timeout: .seconds(30))
        #expect(failed.map(\.error?.reason) == [.unknownTopic])
    }

    @Test func `A topic that isn't there is a value, and isn't created by looking`() throws {
        let absent = "absent-\(self.unique)"
        for _ in 0..<2 {
            let topics = try self.admin.describeTopics([absent], timeout: .seconds(10))
            #expect(topics.map(\.error?.reason) == [.unknownTopic])
        }
        let cluster = try self.admin.describeCluster(timeout: .seconds(10))
        #expect(!cluster.topics.contains { $0.name == absent })
        #expect(!cluster.brokers.isEmpty)
    }

    @Test func `Readers of committed records see no aborted and no open ones`() throws {
        let topic = try self.topic("committed")
        let producer = try self.transactional("committed")
        let committed = try producer.transaction()
        try producer.send("a", to: topic)
        try committed.commit()
        let aborted = try producer.transaction()
        try producer.send("b", to: topic)
        #expect(try producer.flush(timeout: .seconds(10)))
        try aborted.abort()
        let open = try producer.transaction()
        try producer.send("c", to: topic)
        #expect(try producer.flush(timeout: .seconds(10)))
        #expect(try self.all(topic, isolation: "read_committed") == ["a"])
        #expect(try self.all(topic, isolation: "read_uncommitted") == ["a", "b", "c"])
        try open.commit()
        #expect(try self.all(topic, isolation: "read_committed") == ["a", "c"])
    }

    @Test func `A second producer with the same transactional id fences the first`() throws {
        let topic = try self.topic("fenced")
        let first = try self.transactional("fenced")
        try first.beginTransaction()
        try first.send("a", to: topic)
        #expect(try first.flush(timeout: .seconds(10)))
        let second = try self.transactional("fenced")
        let error = #expect(throws: KafkaError.self) { try first.commitTransaction(timeout: .seconds(10)) }
        #expect(error?.reason == .fenced)
        #expect(error?.recovery == .close)
        try second.transaction().commit()
        #expect(try self.all(topic, isolation: "read_committed") == [])
    }

    @Test func `Offsets in a transaction are committed with it, and not before`() throws {
        let topic = try self.topic("offsets")
        let group = "offsets-\(self.unique)"
        let partition = TopicPartition(topic, 0)
        let producer = try self.transactional("offsets")
        let first = try producer.transaction()
        try first.sendOffsets([PartitionOffset(topic, 0, 3)], group: GroupMetadata(groupID: group))
        try first.commit()
        #expect(try self.stable(group, partition) == 3)

        let second = try producer.transaction()
        try second.sendOffsets([PartitionOffset(topic, 0, 5)], group: GroupMetadata(groupID: group))
        #expect(try self.admin.committedOffsets(ofGroup: group, [partition], timeout: .seconds(10)).map(\.known) == [3])
        let error = #expect(throws: KafkaError.self) {
            try self.admin.committedOffsets(ofGroup: group, [partition], isStable: true, timeout: .seconds(1))
        }
        #expect(error?.isRetriable == true)
        try second.abort()
        #expect(try self.stable(group, partition) == 3)
    }

    @Test func `A member that left can't commit in a transaction any more`() throws {
        let topic = try self.topic("deposed")
        let consumer = try Consumer(
            self.settings.merging(["group.id": "deposed-\(self.unique)", "enable.auto.commit": "false"]))
        let producer = try self.transactional("deposed")
        try consumer.subscribe(to: [topic])
        try consumer.poll { (try? consumer.assignment().isEmpty) == false }
        let metadata = try consumer.groupMetadata()
        try consumer.close()

        let transaction = try producer.transaction()
        let error = #expect(throws: KafkaError.self) {
            try transaction.sendOffsets([PartitionOffset(topic, 0, 1)], group: metadata)
        }
        #expect(error?.reason == .illegalGeneration)
        #expect(error?.recovery == .abort)
        try transaction.abort()
        try producer.transaction().commit()
    }

    @Test func `Offsets are found by time`() throws {
        let topic = try self.topic("times")
        let producer = try Producer(self.settings)
        for time in [1000, 2000, 3000] { try producer.send("v", to: topic, timestampMilliseconds: Int64(time)) }
        #expect(try producer.flush(timeout: .seconds(10)))
        let partition = [TopicPartition(topic, 0)]
        let consumer = try Consumer(self.settings)
        let found = try [0, 1500, 3000].map { time in
            try consumer.offsets(of: partition, atMilliseconds: time, timeout: .seconds(10)).first?.offset
        }
        #expect(found == [0, 1, 2])
        let none = try self.admin.offsets(of: partition, atMilliseconds: 4000, timeout: .seconds(10))
        #expect(none.map(\.offset) == [Offset.end])
    }

    @Test(arguments: ["range", "cooperative-sticky"])
    func `A second member gets its share after the first has committed inside the rebalance`(strategy: String) throws {
        let topic = try self.topic("share-\(strategy)", partitions: 4)
        let settings = self.settings.merging([
            "group.id": "share-\(strategy)-\(self.unique)", "enable.auto.commit": "false",
            "auto.offset.reset": "earliest", "partition.assignment.strategy": strategy,
        ])
        let producer = try Producer(self.settings)
        for partition in Int32(0)..<4 { try producer.send("\(partition)", to: topic, partition: partition) }
        #expect(try producer.flush(timeout: .seconds(10)))

        let revoked = Box<Set<TopicPartition>>([])
        let first = try Consumer(
            settings,
            onRebalance: { consumer, rebalance in
                guard case .revoked(let partitions) = rebalance else { return [] }
                revoked.value.formUnion(partitions)
                #expect(throws: Never.self) { try consumer.commit(partitions.map { PartitionOffset($0, 1) }) }
                return []
            })
        try first.subscribe(to: [topic])
        #expect(try Set(first.read(4).compactMap(\.text)) == ["0", "1", "2", "3"])
        let second = try Consumer(settings)
        try second.subscribe(to: [topic])
        var batch = RecordBatch()
        var again = 0
        try first.poll {
            if let count = try? second.poll(into: &batch, timeout: .milliseconds(50)) { again += count }
            let counts = [try? first.assignment().count, try? second.assignment().count]
            return counts == [2, 2]
        }
        #expect(try first.assignment().count == 2)
        #expect(revoked.value.count == (strategy == "range" ? 4 : 2))
        #expect(again == 0)
        try first.close()
        try second.close()
    }

    @Test func `A static member that comes twice makes the older one useless`() throws {
        let topic = try self.topic("static")
        let settings = self.settings.merging([
            "group.id": "static-\(self.unique)", "group.instance.id": "one", "enable.auto.commit": "false",
        ])
        let older = try Consumer(settings)
        try older.subscribe(to: [topic])
        try older.poll { (try? older.assignment().isEmpty) == false }
        let newer = try Consumer(settings)
        try newer.subscribe(to: [topic])
        var batch = RecordBatch()
        let error = #expect(throws: KafkaError.self) {
            try older.poll {
                _ = try? newer.poll(into: &batch, timeout: .milliseconds(50))
                return false
            }
        }
        #expect(error?.reason == .instanceFenced)
        #expect(error?.isFatal == true)
        try newer.close()
    }
}
