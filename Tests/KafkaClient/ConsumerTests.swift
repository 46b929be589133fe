import KafkaClient
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConsumerTests {
    let cluster: TestCluster

    init() throws {
        self.cluster = try TestCluster()
        try self.cluster.createTopic("t", partitions: 2)
    }

    @Test func `Partitions are read without a group, from where the reader says`() throws {
        try self.cluster.fill("t", partition: 0, with: ["a", "b", "c"])
        try self.cluster.fill("t", partition: 1, with: ["d"])
        let consumer = try Consumer(self.cluster.settings)
        try consumer.assign([PartitionOffset("t", 0, 1), PartitionOffset("t", 1, Offset.beginning)])
        #expect(try Set(consumer.read(3).compactMap(\.text)) == ["b", "c", "d"])
        #expect(try Set(consumer.assignment()) == [TopicPartition("t", 0), TopicPartition("t", 1)])
    }

    @Test func `Without a group nothing is committed, and an unnamed start follows auto.offset.reset`() throws {
        try self.cluster.fill("t", with: ["a"])
        let consumer = try Consumer(self.cluster.settings.merging(["auto.offset.reset": "earliest"]))
        try consumer.assign([PartitionOffset("t", 0)])
        #expect(try consumer.read(1).map(\.text) == ["a"])
        let error = #expect(throws: KafkaError.self) { try consumer.commit([PartitionOffset("t", 0, 1)]) }
        #expect(error?.reason == .misconfigured)
    }

    @Test func `A paused partition gives nothing until it's resumed`() throws {
        try self.cluster.fill("t", partition: 0, with: ["a"])
        try self.cluster.fill("t", partition: 1, with: ["b"])
        let consumer = try Consumer(self.cluster.settings.merging(["enable.partition.eof": "true"]))
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning), PartitionOffset("t", 1, Offset.beginning)])
        try consumer.pause([TopicPartition("t", 0)])
        #expect(try consumer.read(1).map(\.text) == ["b"])
        var batch = RecordBatch(capacity: 10)
        #expect(try consumer.poll(into: &batch, timeout: .milliseconds(100)) == 0)
        try consumer.resume([TopicPartition("t", 0)])
        #expect(try consumer.read(1).map(\.text) == ["a"])
    }

    @Test func `A partition is read again after a seek, and the position follows`() throws {
        try self.cluster.fill("t", with: ["a", "b", "c"])
        let consumer = try Consumer(self.cluster.settings)
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        #expect(try consumer.position(of: TopicPartition("t", 0)) == nil)
        #expect(try consumer.read(3).count == 3)
        #expect(try consumer.position(of: TopicPartition("t", 0)) == 3)
        try consumer.seek(to: [PartitionOffset("t", 0, 1)], timeout: .seconds(5))
        #expect(try consumer.read(2).map(\.text) == ["b", "c"])
    }

    @Test func `The ends of many partitions come in one call, and of one as watermarks`() throws {
        try self.cluster.fill("t", partition: 0, with: ["a", "b", "c"])
        let both = [TopicPartition("t", 0), TopicPartition("t", 1)]
        let consumer = try Consumer(self.cluster.settings)
        #expect(try consumer.endOffsets(of: both, timeout: .seconds(10)).map(\.offset) == [3, 0])
        #expect(try consumer.beginOffsets(of: both, timeout: .seconds(10)).map(\.offset) == [0, 0])
        #expect(try consumer.watermarks(of: both[0], timeout: .seconds(10)) == (0, 3))
        #expect(try consumer.cachedWatermarks(of: both[1]) == nil)
    }

    @Test func `Committed offsets are found again, and where there are none, none`() throws {
        let settings = self.cluster.settings.merging(["group.id": "g", "enable.auto.commit": "false"])
        let consumer = try Consumer(settings)
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        try consumer.commit([PartitionOffset("t", 0, 7)])
        let committed = try consumer.committed(
            [TopicPartition("t", 0), TopicPartition("t", 1)], timeout: .seconds(10))
        #expect(committed.map(\.known) == [7, nil])
    }

    @Test func `A refused commit says why`() throws {
        let consumer = try Consumer(
            self.cluster.settings.merging(["group.id": "g", "enable.auto.commit": "false"]))
        self.cluster.failNext(.offsetCommit, with: [.groupAuthorizationFailed])
        let error = #expect(throws: KafkaError.self) { try consumer.commit([PartitionOffset("t", 0, 7)]) }
        #expect(error?.reason == .notAuthorized)
        #expect(error?.codeName == "GROUP_AUTHORIZATION_FAILED")
    }

    @Test func `The end of a partition and an error of one are events, not records`() throws {
        try self.cluster.fill("t", with: ["a", "b"])
        let ends = Box<[PartitionOffset]>([])
        let failures = Box<[TopicPartition: KafkaError]>([:])
        let consumer = try Consumer(
            self.cluster.settings.merging(["enable.partition.eof": "true", "auto.offset.reset": "error"]),
            onEvent: { event in
                switch event {
                case .endOfPartition(let offset): ends.value.append(offset)
                case .partitionError(let partition, let error): failures.value[partition] = error
                default: break
                }
            })
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning), PartitionOffset("t", 1, 1000)])
        #expect(try consumer.read(2).map(\.text) == ["a", "b"])
        try consumer.poll { !ends.value.isEmpty && !failures.value.isEmpty }
        #expect(ends.value.first == PartitionOffset("t", 0, 2))
        #expect(failures.value[TopicPartition("t", 1)]?.reason == .offsetOutOfRange)
    }

    @Test func `A wait for records ends at once when another thread wakes it`() throws {
        let consumer = try Consumer(self.cluster.settings)
        try consumer.assign([PartitionOffset("t", 0, Offset.end)])
        var batch = RecordBatch(capacity: 10)
        let clock = ContinuousClock()
        for _ in 0..<50 {
            let waker = consumer.waker
            onThread { waker.wake() }
            let duration = try clock.measure { _ = try consumer.poll(into: &batch, timeout: .seconds(20)) }
            #expect(duration < .seconds(10))
        }
    }

    @Test func `A closed consumer refuses every call, and its waker is harmless`() throws {
        let consumer = try Consumer(self.cluster.settings)
        try consumer.close()
        try consumer.close()
        consumer.wake()
        var batch = RecordBatch(capacity: 10)
        let error = #expect(throws: KafkaError.self) { try consumer.poll(into: &batch, timeout: .zero) }
        #expect(error?.reason == .closed)
        #expect(throws: KafkaError.self) { try consumer.assign([]) }
    }

    @Test func `That no broker can be reached is an event with a reason`() throws {
        let reasons = Box<[KafkaError.Reason]>([])
        let consumer = try Consumer(["bootstrap.servers": "127.0.0.1:1"]) { event in
            if case .error(let error) = event { reasons.value.append(error.reason) }
        }
        try consumer.poll { reasons.value.contains(.unreachable) }
        #expect(reasons.value.contains(.unreachable))
    }
}

extension Consumer {
    fileprivate convenience init(
        _ settings: ClientSettings, _ onEvent: @escaping (ClientEvent) -> Void
    ) throws(KafkaError) {
        try self.init(settings, onEvent: onEvent)
    }
}
