import Glibc
import KafkaClient
import Testing

/// `spillway run` against a broker in the test's process.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RunTests {
    static let fixed = ["heartbeats", "events", "decisions", "results", "control", "views", "state", "dead-letter"]

    struct Ready: Decodable {
        var event: String
        var metrics: String?
        var admin: String?
    }

    static func arguments(_ cluster: TestCluster) -> [String] {
        [
            "run", "--set", "kafka.bootstrap_servers=\(cluster.bootstrapServers)", "--metrics", "127.0.0.1:0", "--set",
            "http.admin=off", "--format", "json", "--set", "kafka.instance_id=test",
        ]
    }

    @Test func `A missing topic that it may not create ends it with 1 and a sentence that names it`() throws {
        let cluster = try TestCluster()
        for name in Self.fixed { try cluster.createTopic("spillway.\(name)", partitions: 2) }
        // The embedded broker creates whatever is asked for, so absence has to be played.
        cluster.setTopicError("spillway.decisions", .unknownTopicOrPartition)
        let ending = try ChildProcess(Self.arguments(cluster), limit: 30).end()
        #expect(ending.code == 1)
        let sentence = ending.errors.split(separator: "\n").last ?? ""
        #expect(sentence.contains("spillway.decisions"))
        #expect(sentence.contains("kafka.create_topics"))
        withExtendedLifetime(cluster) {}
    }

    @Test func `Unequal partitions of events and state end it with 1`() throws {
        let cluster = try TestCluster()
        for name in Self.fixed { try cluster.createTopic("spillway.\(name)", partitions: name == "state" ? 3 : 2) }
        let ending = try ChildProcess(Self.arguments(cluster), limit: 30).end()
        #expect(ending.code == 1)
        #expect(ending.errors.contains("the same number of partitions"))
        withExtendedLifetime(cluster) {}
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `It says when it serves, and a first signal drains it`(signal: Int32) throws {
        let cluster = try TestCluster()
        for name in Self.fixed { try cluster.createTopic("spillway.\(name)", partitions: 2) }
        let child = try ChildProcess(Self.arguments(cluster))
        let ready: Ready = try JSONLine.decode(try #require(child.line()))
        #expect(ready.event == "ready")
        #expect(ready.admin == nil)
        let port = try DemoTests.port(try #require(ready.metrics))
        #expect(try Scrape.get("/health/ready", port: port).hasPrefix("HTTP/1.1 200"))
        #expect(try Scrape.get("/metrics", port: port).contains("spillway_ready 1"))
        child.signal(signal)
        let ending = child.end()
        #expect(ending.code == 0)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains("\"Stopped\""))
        withExtendedLifetime(cluster) {}
    }

    @Test func `A second signal ends it at once, with 128 and the signal's number`() throws {
        let cluster = try TestCluster()
        for name in Self.fixed { try cluster.createTopic("spillway.\(name)", partitions: 2) }
        let child = try ChildProcess(Self.arguments(cluster))
        #expect(child.line()?.contains("\"ready\"") == true)
        // Two that wait for it together, so that no drain can be done in between. Either may be taken first.
        for signal in [SIGSTOP, SIGTERM, SIGINT, SIGCONT] { child.signal(signal) }
        #expect([128 + SIGTERM, 128 + SIGINT].contains(child.end().code))
        withExtendedLifetime(cluster) {}
    }
}
