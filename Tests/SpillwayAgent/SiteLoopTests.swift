import KafkaClient
import SpillwayAgent
import SpillwayCore
import SpillwayMessages
import Testing

/// Sites on a broker: job topics in, heartbeats and outcomes out.
@Suite(.timeLimit(.minutes(1))) struct SiteLoopTests {
    let cluster: TestCluster
    let topics: SiteTopics

    init() throws {
        self.cluster = try TestCluster()
        for name in ["heartbeats", "events", "jobs.dc-a.shell"] { try self.cluster.createTopic(name) }
        self.topics = SiteTopics(
            heartbeats: "heartbeats", events: "events", jobsPrefix: "jobs.", reading: .everything,
            consumer: self.cluster.settings, producer: self.cluster.settings)
    }

    /// A record that was read, copied.
    struct Record {
        var key: String
        var value: [UInt8]?
    }

    /// Reads a topic's records, so many at least.
    private func read(_ topic: String, atLeast count: Int) throws -> [Record] {
        let consumer = try Consumer(self.cluster.settings)
        try consumer.assign([PartitionOffset(TopicPartition(topic, 0), Offset.beginning)])
        var batch = RecordBatch()
        var records: [Record] = []
        for _ in 0..<100 where records.count < count {
            let read = try consumer.poll(into: &batch, timeout: .milliseconds(100))
            for index in 0..<read {
                let record = batch[index]
                let key = Self.bytes(record.key) ?? []
                records.append(Record(key: String(decoding: key, as: UTF8.self), value: Self.bytes(record.value)))
            }
        }
        batch.clear()
        try consumer.close()
        return records
    }

    private static func bytes(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }

    private func send(_ dispatch: TaskDispatch) throws {
        let producer = try Producer(self.cluster.settings)
        var writer = JSONWriter()
        writer.encode(dispatch)
        let (value, key) = (writer.bytes, Array(dispatch.routingKey.utf8))
        try unsafe producer.send(
            value.span.bytes, key: key.span.bytes, to: producer.topic(named: "jobs.dc-a.shell"))
        #expect(try producer.flush(timeout: .seconds(5)))
        producer.close()
    }

    private func outcomes(_ records: [Record]) throws -> [TaskOutcome] {
        var decoder = EventDecoder()
        var outcomes: [TaskOutcome] = []
        for record in records {
            let value = try #require(record.value)
            guard case .taskOutcome(let outcome) = try unsafe decoder.decode(value: value.span.bytes, typeHeader: nil)
            else { continue }
            outcomes.append(outcome)
        }
        return outcomes
    }

    @Test func `A dispatch is run, and its outcomes come back with its key`() throws {
        var now = 1000.0
        let loop = try SiteLoop(sites: [SiteTests.site()], topics: self.topics, clock: { now })
        try self.send(SiteTests.dispatch("j1", duration: 10))
        for _ in 0..<100 where loop.watch.figures.first?.running != 1 { try loop.turn(atMost: .milliseconds(100)) }
        #expect(loop.watch.figures.first?.availableCores == 3)
        now = 1010
        try loop.turn(atMost: .zero)
        #expect(loop.watch.figures.first?.ended == 1)
        #expect(try loop.end(timeout: .seconds(5)))
        let records = try self.read("events", atLeast: 2)
        #expect(records.map(\.key) == ["j1", "j1"])
        let outcomes = try self.outcomes(records)
        #expect(outcomes.map(\.kind) == [.accepted(started: true), .completed(result: nil)])
        #expect(outcomes.map(\.leaseToken) == ["1.2.1", "1.2.1"])
    }

    @Test func `A manager says first that it is there, and last that it is gone`() throws {
        let loop = try SiteLoop(sites: [SiteTests.site()], topics: self.topics, clock: { 1000 })
        try loop.turn(atMost: .zero)
        #expect(try loop.end(timeout: .seconds(5)))
        let records = try self.read("heartbeats", atLeast: 3)
        #expect(records.map(\.key) == ["dc-a/m1", "dc-a/m1", "dc-a/m1"])
        #expect(records.map { $0.value == nil } == [false, false, true])
        let stopping = String(decoding: try #require(records[1].value), as: UTF8.self)
        #expect(stopping.contains(#""state":"stopping""#))
        #expect(stopping.contains(#""sequence":2"#))
    }

    @Test func `What can't be read of a job topic is counted and stops nothing`() throws {
        let producer = try Producer(self.cluster.settings)
        let junk = Array("junk".utf8)
        try unsafe producer.send(junk.span.bytes, to: producer.topic(named: "jobs.dc-a.shell"))
        #expect(try producer.flush(timeout: .seconds(5)))
        try self.send(SiteTests.dispatch("j1"))
        let loop = try SiteLoop(sites: [SiteTests.site()], topics: self.topics, clock: { 1000 })
        for _ in 0..<100 where loop.watch.figures.first?.running != 1 { try loop.turn(atMost: .milliseconds(100)) }
        #expect(loop.watch.unreadable == 1)
        #expect(loop.watch.figures.first?.running == 1)
        _ = try loop.end(timeout: .seconds(5))
    }
}
