import KafkaClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProducerTests {
    let cluster: TestCluster

    init() throws {
        self.cluster = try TestCluster()
        try self.cluster.createTopic("t", partitions: 2)
    }

    @Test func `Each record has a report with its ticket, place and topic`() throws {
        let reports = Box<[DeliveryReport]>([])
        let producer = try Producer(self.cluster.settings, onDelivery: { reports.value.append($0) })
        for ticket in UInt64(1)...100 { try producer.send("v", to: "t", partition: 1, ticket: ticket) }
        #expect(try producer.flush(timeout: .seconds(10)))
        #expect(reports.value.map(\.ticket) == Array(1...100))
        #expect(reports.value.map(\.offset) == Array(0..<100))
        #expect(try reports.value.allSatisfy { try $0.topic == producer.topic(named: "t").identity })
        #expect(reports.value.allSatisfy { $0.partition == 1 && $0.error == nil })
        #expect(producer.deliveredCount == 100)
        #expect(producer.outstanding == 0)
    }

    @Test func `A handler may ask for the counts`() throws {
        let last = Box(0)
        let inner = Box<Producer?>(nil)
        let producer = try Producer(self.cluster.settings) { _ in last.value = inner.value?.deliveredCount ?? -1 }
        inner.value = producer
        try producer.send("v", to: "t")
        #expect(try producer.flush(timeout: .seconds(10)))
        #expect(last.value == 1)
        inner.value = nil
    }

    @Test func `A full queue is back pressure: serving makes room`() throws {
        let producer = try Producer(self.cluster.settings.merging(["queue.buffering.max.messages": "10"]))
        var refusals = 0
        for number in 0..<200 { refusals += try producer.sendWhenThereIsRoom("\(number)", to: "t", partition: 0) }
        #expect(try producer.flush(timeout: .seconds(10)))
        #expect(refusals > 0)
        #expect(producer.deliveredCount == 200)
    }

    @Test func `A flush doesn't wait for the linger, and says whether all is done`() throws {
        let producer = try Producer(self.cluster.settings.merging(["linger.ms": "30000"]))
        try producer.send("v", to: "t")
        let clock = ContinuousClock()
        var isDone = false
        let duration = try clock.measure { isDone = try producer.flush(timeout: .seconds(20)) }
        #expect(isDone)
        #expect(duration < .seconds(10))

        try self.cluster.setBrokerDown(1)
        try producer.send("w", to: "t")
        #expect(try !producer.flush(timeout: .milliseconds(50)))
        #expect(producer.outstanding == 1)
    }

    @Test func `The first failure names the topic whose ACL is missing`() throws {
        self.cluster.failNext(.produce, with: [.topicAuthorizationFailed])
        let errors = Box<[KafkaError?]>([])
        let producer = try Producer(self.cluster.settings) { errors.value.append($0.error) }
        try producer.send("v", to: "t", partition: 1, ticket: 9)
        #expect(try producer.flush(timeout: .seconds(10)))
        #expect(producer.failedCount == 1)
        let failure = producer.takeFailure()
        #expect(failure?.topic == "t")
        #expect(failure?.partition == 1)
        #expect(failure?.ticket == 9)
        #expect(failure?.error.reason == .notAuthorized)
        #expect(failure?.error.codeName == "TOPIC_AUTHORIZATION_FAILED")
        #expect(errors.value == [failure?.error])
        #expect(producer.takeFailure() == nil)
    }

    @Test func `What is purged is reported as such, and is no failure`() throws {
        try self.cluster.setBrokerDown(1)
        let errors = Box<[KafkaError.Reason?]>([])
        let producer = try Producer(self.cluster.settings) { errors.value.append($0.error?.reason) }
        for _ in 0..<5 { try producer.send("v", to: "t", partition: 0) }
        try producer.purge()
        #expect(try producer.flush(timeout: .seconds(10)))
        #expect(errors.value == Array(repeating: .purged, count: 5))
        #expect(producer.takeFailure() == nil)
    }

    @Test func `A record that is too large is refused, others still go`() throws {
        let producer = try Producer(self.cluster.settings.merging(["message.max.bytes": "1000"]))
        let error = #expect(throws: KafkaError.self) {
            try producer.send(String(repeating: "x", count: 2000), to: "t")
        }
        #expect(error?.reason == .tooLarge)
        try producer.send("v", to: "t")
        #expect(try producer.flush(timeout: .seconds(10)))
    }

    @Test func `A record is forwarded with its headers byte for byte, and some behind them`() throws {
        var headers = HeaderList()
        headers.append("a", "1")
        headers.append("null", nil)
        headers.append("empty", "")
        headers.append("a", "2")
        let producer = try Producer(self.cluster.settings)
        try producer.send("v", key: "k", to: "t", partition: 0, headers: headers)
        #expect(try producer.flush(timeout: .seconds(10)))

        try self.cluster.createTopic("u")
        let consumer = try Consumer(self.cluster.settings)
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        var batch = RecordBatch(capacity: 10)
        #expect(try consumer.poll(into: &batch, timeout: .seconds(10)) == 1)
        var more = HeaderList()
        more.append("error", "late")
        let u = try producer.topic(named: "u")
        try batch.forEach { record throws(KafkaError) in
            try producer.send(record.value, key: record.key, to: u, headersOf: record, appending: more)
            try producer.send(record.value, to: u, headersOf: record)
            var copy = HeaderList()
            copy.append(contentsOf: record)
            try producer.send(nil, to: u, headers: copy)
        }
        #expect(try producer.flush(timeout: .seconds(10)))

        try consumer.assign([PartitionOffset("u", 0, Offset.beginning)])
        let records = try consumer.read(3)
        let expected: [Copied.Header] = [.init("a", "1"), .init("null", nil), .init("empty", ""), .init("a", "2")]
        #expect(records.map(\.headers) == [expected + [.init("error", "late")], expected, expected])
        #expect(records.map(\.key) == [Array("k".utf8), nil, nil])
        #expect(records.map(\.text) == ["v", "v", nil])
    }

    @Test func `A header list is filled anew for each record`() throws {
        let producer = try Producer(self.cluster.settings)
        var headers = HeaderList()
        for number in 0..<40 {
            headers.removeAll()
            for _ in 0..<number { headers.append("h", "\(number)") }
            try producer.send("v", to: "t", partition: 0, headers: headers)
        }
        #expect(try producer.flush(timeout: .seconds(10)))
        let consumer = try Consumer(self.cluster.settings)
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        #expect(try consumer.read(40).map(\.headers.count) == Array(0..<40))
    }

    @Test func `Reports wake a consumer that waits for records on the same thread`() throws {
        let consumer = try Consumer(self.cluster.settings)
        try consumer.assign([PartitionOffset("t", 0, Offset.end)])
        let producer = try Producer(self.cluster.settings)
        try producer.wakeOnReports(consumer.waker)
        var batch = RecordBatch(capacity: 10)
        try producer.send("v", to: "t", partition: 1)
        let end = ContinuousClock.now + .seconds(30)
        while producer.deliveredCount == 0, ContinuousClock.now < end {
            // Waits for a minute, were it not for the report.
            _ = try consumer.poll(into: &batch, timeout: .seconds(60))
            try producer.serve()
        }
        #expect(producer.deliveredCount == 1)
        #expect(ContinuousClock.now < end)
        producer.close()
    }

    @Test func `A closed producer refuses every call`() throws {
        let producer = try Producer(self.cluster.settings)
        let topic = try producer.topic(named: "t")
        producer.close()
        let error = #expect(throws: KafkaError.self) { try producer.send(nil, to: topic) }
        #expect(error?.reason == .closed)
        #expect(topic.name == "t")
    }

    @Test(arguments: ["murmur2_random", "consistent_random"])
    func `The partitioner is a setting`(name: String) throws {
        let partitions = Box<Set<Int32>>([])
        let producer = try Producer(self.cluster.settings.merging(["partitioner": name])) {
            partitions.value.insert($0.partition)
        }
        for _ in 0..<10 { try producer.send("v", key: "the same", to: "t") }
        #expect(try producer.flush(timeout: .seconds(10)))
        #expect(partitions.value.count == 1)
    }
}
