import Glibc
import KafkaClient
import Testing

/// `spillway demo`: the whole, in one process.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DemoTests {
    struct Ready: Decodable {
        var event: String
        var bootstrap: String
        var metrics: String
    }

    struct Summary: Decodable {
        struct Times: Decodable {
            var p50: Double
            var p99: Double
        }

        var event: String
        var jobs: Int
        var dispatched: Int
        var queued: Int
        var spilled: Int
        var fallback: Int
        var failed: Int
        var dead_lettered: Int
        var per_datacenter: [String: Int]
        var decision_seconds: Times
        var bootstrap: String
    }

    static func port(_ address: String) throws -> UInt16 {
        let digits = address.split(separator: ":").last.flatMap { UInt16($0) }
        return try #require(digits)
    }

    @Test func `It decides, shows metrics while it runs, and its summary adds up`() throws {
        let child = try ChildProcess(
            ["demo", "--duration", "8s", "--rate", "100", "--metrics-port", "0", "--format", "json"])
        let ready: Ready = try JSONLine.decode(try #require(child.line()))
        #expect(ready.event == "ready")
        let port = try Self.port(ready.metrics)
        #expect(try Scrape.get("/health/ready", port: port).hasPrefix("HTTP/1.1 200"))
        // The last of these answers comes from well within the load.
        var page = ""
        repeat { page = try Scrape.get("/metrics", port: port) } while !page.contains("action=\"queue\"")
        #expect(page.contains("spillway_decisions_total{action=\"dispatch\",reason=\"primary_has_capacity\"}"))
        #expect(page.contains("spillway_datacenter_total_cores{datacenter_id=\"dc-d\"}"))
        try Self.connect(to: ready.bootstrap)

        let ending = child.end()
        #expect(ending.code == 0)
        #expect(ending.output.count == 1)
        let summary: Summary = try JSONLine.decode(try #require(ending.output.last))
        #expect(summary.event == "summary")
        #expect(summary.bootstrap == ready.bootstrap)
        #expect((700...800).contains(summary.jobs))
        #expect(summary.dispatched + summary.queued + summary.failed == summary.jobs)
        #expect(summary.per_datacenter.values.reduce(0, +) == summary.dispatched + summary.queued)
        #expect(Set(summary.per_datacenter.keys) == ["dc-a", "dc-b", "dc-c", "dc-d"])
        #expect(summary.spilled > 0)
        #expect(summary.dead_lettered == 0)
        #expect(summary.decision_seconds.p50 > 0)
        #expect(summary.decision_seconds.p99 >= summary.decision_seconds.p50)
        #expect(summary.decision_seconds.p99 < 1)
    }

    /// Other programs can connect.
    private static func connect(to bootstrap: String) throws {
        let admin = try Admin(["bootstrap.servers": bootstrap])
        defer { admin.close() }
        let topic = try admin.describeTopic("spillway.jobs.dc-a.simulated", timeout: .seconds(5))
        #expect(topic.error == nil)
        #expect(!topic.partitions.isEmpty)
    }

    @Test func `Without a duration it runs until a signal, then sums up and exits with 0`() throws {
        let child = try ChildProcess(["demo", "--rate", "50", "--metrics-port", "0"])
        var line = child.line()
        while let text = line, !text.contains("jobs,") { line = child.line() }
        child.signal(SIGINT)
        let ending = child.end()
        #expect(ending.code == 0)
        #expect(ending.output.contains("Summary"))
        #expect(ending.output.contains { $0.hasPrefix("A decision takes ") })
    }

    @Test func `While it runs, a job's decision is explained from its topics`() throws {
        let demo = try ChildProcess(["demo", "--rate", "20", "--metrics-port", "0", "--format", "json"])
        let ready: Ready = try JSONLine.decode(try #require(demo.line()))
        let port = try Self.port(ready.metrics)
        let broker = ["--set", "kafka.bootstrap_servers=\(ready.bootstrap)"]
        // A histogram's count tells when the first jobs have been decided and committed.
        while try Scrape.get("/metrics", port: port).contains("spillway_job_placement_latency_seconds_count 0\n") {}
        let json = try ChildProcess(["explain", "demo-000001", "--format", "json"] + broker).end()
        #expect(json.code == 0)
        let decision: DecideTests.Decision = try JSONLine.decode(try #require(json.output.first))
        #expect(decision.chosen == ["dc-a"])
        let text = try ChildProcess(["explain", "demo-000001"] + broker).end()
        #expect(text.code == 0)
        #expect(text.output.first?.contains("place: dispatch dc-a (simulated), primary_has_capacity") == true)
        let unknown = try ChildProcess(["explain", "nobody"] + broker).end()
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("nobody"))
        demo.signal(SIGTERM)
        #expect(demo.end().code == 0)
    }

    @Test func `A port that is taken is a sentence and exit 1`() throws {
        let first = try ChildProcess(["demo", "--rate", "1", "--metrics-port", "0", "--format", "json"])
        let ready: Ready = try JSONLine.decode(try #require(first.line()))
        let port = try Self.port(ready.metrics)
        let second = try ChildProcess.run("demo", "--metrics-port", "\(port)", "--format", "json")
        #expect(second.code == 1)
        #expect(second.output.isEmpty)
        #expect(second.errors.contains("\(port)"))
        first.signal(SIGTERM)
        #expect(first.end().code == 0)
    }
}
