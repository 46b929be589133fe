import KafkaClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct RecordTests {
    let cluster: TestCluster

    init() throws {
        self.cluster = try TestCluster()
        try self.cluster.createTopic("t")
    }

    private func consumer() throws -> Consumer {
        let consumer = try Consumer(self.cluster.settings)
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        return consumer
    }

    @Test func `A tombstone, an empty value and a missing key are told apart`() throws {
        let producer = try Producer(self.cluster.settings)
        try producer.send(nil, key: "tombstone", to: "t")
        try producer.send("", key: "empty", to: "t")
        try producer.send("v", key: "", to: "t")
        try producer.send("v", key: nil, to: "t")
        #expect(try producer.flush(timeout: .seconds(10)))

        let records = try self.consumer().read(4)
        #expect(records.map(\.value) == [nil, [], [0x76], [0x76]])
        #expect(records.map(\.key) == [Array("tombstone".utf8), Array("empty".utf8), [], nil])
        #expect(records.map(\.offset) == [0, 1, 2, 3])
    }

    @Test func `Headers come as they were sent: in order, with repeated names, null and empty values`() throws {
        var headers = HeaderList()
        headers.append("a", "1")
        headers.append("null", nil)
        headers.append("empty", "")
        headers.append(named: "a", "2")
        let producer = try Producer(self.cluster.settings)
        try producer.send("v", to: "t", headers: headers)
        #expect(try producer.flush(timeout: .seconds(10)))

        let consumer = try self.consumer()
        var batch = RecordBatch(capacity: 10)
        #expect(try consumer.poll(into: &batch, timeout: .seconds(10)) == 1)
        let record = batch[0]
        #expect(Copied(record).headers == [.init("a", "1"), .init("null", nil), .init("empty", ""), .init("a", "2")])
        #expect(record.headerCount == 4)
        #expect(copied(record.header(named: "a")) == Array("2".utf8))
        #expect(copied(record.header(named: "empty")) == [])
        #expect(copied(record.header(named: "null")) == nil)
        #expect(copied(record.header(named: "absent")) == nil)
        let isNullThere = if let view = record.headerView(named: "null") { view.isNamed("null") } else { false }
        let isAbsentThere = if record.headerView(named: "absent") != nil { true } else { false }
        #expect(isNullThere)
        #expect(!isAbsentThere)
    }

    @Test func `A record without headers has none`() throws {
        try self.cluster.fill("t", with: ["v"])
        let records = try self.consumer().read(1)
        #expect(records.first?.headers == [])
    }

    @Test func `A record carries the time that its producer gave it`() throws {
        let producer = try Producer(self.cluster.settings)
        try producer.send("v", to: "t", timestampMilliseconds: 1_700_000_000_123)
        #expect(try producer.flush(timeout: .seconds(10)))

        let consumer = try self.consumer()
        var batch = RecordBatch(capacity: 10)
        #expect(try consumer.poll(into: &batch, timeout: .seconds(10)) == 1)
        #expect(batch[0].timestampMilliseconds == 1_700_000_000_123)
        #expect(batch[0].timestampKind == .create)
    }

    @Test func `A poll gives what there is and doesn't wait for a full batch`() throws {
        try self.cluster.fill("t", with: (0..<10).map { "\($0)" })
        let consumer = try self.consumer()
        var batch = RecordBatch(capacity: 1000)
        let clock = ContinuousClock()
        let duration = try clock.measure { _ = try consumer.poll(into: &batch, timeout: .seconds(30)) }
        let count = batch.count
        #expect(count > 0)
        #expect(duration < .seconds(15))
    }

    @Test func `A batch never holds more than its capacity and loses nothing`() throws {
        try self.cluster.fill("t", with: (0..<100).map { "\($0)" })
        let consumer = try self.consumer()
        var batch = RecordBatch(capacity: 7)
        var texts: [String?] = []
        while texts.count < 100 {
            let count = try consumer.poll(into: &batch, timeout: .seconds(10))
            #expect((1...7).contains(count))
            if count == 0 { break }
            for index in 0..<batch.count { texts.append(Copied(batch[index]).text) }
        }
        #expect(texts == (0..<100).map { "\($0)" })
    }

    @Test func `A batch may outlive its consumer`() throws {
        try self.cluster.fill("t", with: ["v"])
        var batch = RecordBatch(capacity: 10)
        do {
            let consumer = try self.consumer()
            #expect(try consumer.poll(into: &batch, timeout: .seconds(10)) == 1)
            try consumer.close()
        }
        #expect(Copied(batch[0]).text == "v")
        batch.clear()
        let isEmpty = batch.isEmpty
        #expect(isEmpty)
    }

    @Test func `Records of a topic share an identity that can be known before them`() throws {
        try self.cluster.createTopic("u")
        try self.cluster.fill("t", with: ["1", "2"])
        try self.cluster.fill("u", with: ["3"])
        let consumer = try Consumer(self.cluster.settings)
        let t = try consumer.identity(ofTopic: "t")
        let u = try consumer.identity(ofTopic: "u")
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning), PartitionOffset("u", 0, Offset.beginning)])
        var found: [String: TopicIdentity] = [:]
        var batch = RecordBatch(capacity: 10)
        var count = 0
        while count < 3 {
            let polled = try consumer.poll(into: &batch, timeout: .seconds(10))
            if polled == 0 { break }
            count += polled
            batch.forEach { record in found[record.topicName] = record.topic }
        }
        #expect(found == ["t": t, "u": u])
        #expect(t != u)
    }
}
