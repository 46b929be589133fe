import KafkaClient
import Metrics
import Spillway
import SpillwayMessages
import Synchronization
import Testing

/// A server that hosts the router in its own process, as small as it gets: what the README shows.
private struct Host: Sendable {
    let service: SpillwayService
    let lines: LineCounter

    init(configuration: Configuration) {
        let lines = LineCounter()
        self.lines = lines
        self.service = SpillwayService(configuration: configuration) { record in lines.count(record) }
    }

    /// What ServiceLifecycle's `Service` asks for.
    func run() async throws {
        try await self.service.run()
    }
}

/// Where the host's log lines go.
private final class LineCounter: Sendable {
    private let events = Mutex<[String]>([])

    func count(_ record: LogRecord) { self.events.withLock { $0.append(record.event) } }

    var seen: [String] { self.events.withLock { $0 } }
}

@Suite(.timeLimit(.minutes(5))) struct HostTests {
    let cluster: TestCluster

    init() throws {
        self.cluster = try TestCluster()
        for name in ["heartbeats", "events", "decisions", "results", "control", "views", "state", "dead-letter"] {
            try self.cluster.createTopic("spillway.\(name)", partitions: 2)
        }
        try self.cluster.createTopic("spillway.jobs.dc-a.shell", partitions: 2)
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.kafka.bootstrapServers = self.cluster.bootstrapServers
        configuration.kafka.instanceID = "host-test"
        configuration.http.metrics = Configuration.Address(host: "127.0.0.1", port: 0)
        configuration.http.admin = nil
        return configuration
    }

    private func send(_ records: [(topic: String, key: String, value: String)]) throws {
        var settings = self.cluster.settings
        settings["linger.ms"] = "0"
        let producer = try Producer(settings)
        for record in records {
            try producer.send(
                unsafe record.value.utf8Span.span.bytes, key: unsafe record.key.utf8Span.span.bytes,
                to: producer.topic(named: record.topic))
        }
        #expect(try producer.flush(timeout: .seconds(10)))
        producer.close()
    }

    /// Values of a topic that are wanted, until there are so many.
    private func values(
        of topic: String, count: Int, where isWanted: (String) -> Bool = { _ in true }
    ) throws -> [String] {
        var settings = self.cluster.settings
        settings["fetch.wait.max.ms"] = "10"
        settings["group.id"] = "reader"
        let consumer = try Consumer(settings)
        try consumer.assign((0..<2).map { PartitionOffset(topic, $0, Offset.beginning) })
        var batch = RecordBatch(capacity: 100)
        var values: [String] = []
        while values.count < count {
            _ = try consumer.poll(into: &batch, timeout: .seconds(1))
            batch.forEach { record in
                guard let value = record.value else { return }
                let text = unsafe value.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
                if isWanted(text) { values.append(text) }
            }
        }
        batch.clear()
        try consumer.close()
        return values
    }

    @Test func `A host runs the router in its own process, reads its metrics, and drains it by cancelling its task`()
        async throws
    {
        let host = Host(configuration: self.configuration)
        let task = Task { try await host.run() }
        let port = await host.service.whenReady()
        #expect(port != nil)
        #expect(host.service.isReady && host.service.isLive)

        try self.send([
            (
                "spillway.heartbeats", "dc-a/m1",
                #"{"manager_id":"m1","datacenter_id":"dc-a","worker_count":1,"healthy_worker_count":1,"total_cores":8,"available_cores":8}"#
            )
        ])
        try self.send(
            (0..<5).map { index in
                (
                    "spillway.events", "job-\(index)",
                    #"{"type":"job.submitted","job_id":"job-\#(index)","workflows":[{"cores":1,"payload":{"n":\#(index)}}]}"#
                )
            })
        let dispatches = try self.values(of: "spillway.jobs.dc-a.shell", count: 5)
        #expect(Set(dispatches).count == 5)
        #expect(dispatches.allSatisfy { $0.contains(#""type":"task.dispatched""#) })
        // A job that comes before the first heartbeat was read has a decision to hold it, and then one more.
        let decisions = try self.values(of: "spillway.decisions", count: 5) { $0.contains(#""chosen":["dc-a"]"#) }
        #expect(decisions.allSatisfy { $0.contains(#""action":"dispatch""#) })

        task.cancel()
        try await task.value
        let decided = host.service.metrics.first { $0.name == "spillway_decisions_total" }
        let counts = (decided?.series ?? []).map { series -> UInt64 in
            guard case .count(let count) = series.value else { return 0 }
            return count
        }
        #expect(counts.reduce(0, +) >= 5)
        #expect(host.lines.seen.contains("ready"))
        #expect(host.lines.seen.last == "Stopped")
    }

    @Test func `A router whose topics are missing ends and names them`() async throws {
        var configuration = self.configuration
        configuration.kafka.topicPrefix = "other."
        // The test cluster creates what is asked for, so the datacenter's topic can't be missing there; partitions can
        // differ.
        try self.cluster.createTopic("other.events", partitions: 3)
        let host = Host(configuration: configuration)
        await #expect(throws: SpillwayError.self) { try await host.run() }
    }
}
