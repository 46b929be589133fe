import FoundationEssentials
import Glibc
import KafkaClient

/// One router's surroundings: a topic prefix, a group, and the settings that its processes share.
struct Setup {
    let prefix: String
    /// Where the tests find the broker.
    var bootstrap: String
    /// Where the router is told to look, if that is elsewhere.
    var routerBootstrap: String?
    var logLevel = "info"
    var metricsPort: UInt16 = 0
    var createTopics = true
    var delivery = "exactly_once"
    var lanes = 1
    var partitions = 8
    /// More of the file: lines of the section `kafka`, and of the top level.
    var kafkaLines: [String] = []
    var lines: [String] = []

    init(_ name: String, bootstrap: String) {
        self.bootstrap = bootstrap
        self.prefix = "\(name)-\(UInt32.random(in: 0...UInt32.max))."
    }

    var group: String { String(self.prefix.dropLast()) }
    func topic(_ name: String) -> String { self.prefix + name }

    /// The tests' own way to the broker.
    var client: ClientSettings {
        [
            "bootstrap.servers": self.bootstrap, "fetch.wait.max.ms": "10", "reconnect.backoff.max.ms": "1000",
            "topic.metadata.refresh.interval.ms": "1000",
        ]
    }

    /// The names of the topics that a router needs, with those of the tests' datacenters.
    static let topics =
        ["heartbeats", "events", "decisions", "results", "control", "views", "state", "dead-letter"]
        + Job.datacenters.map { "jobs.\($0).shell" }

    /// Makes them, as an operator would.
    func makeTopics(besides left: Set<String> = [], partitions: [String: Int] = [:]) throws {
        let admin = try Admin(self.client)
        defer { admin.close() }
        let stamped = ["message.timestamp.type": "LogAppendTime"]
        let new = Self.topics.filter { !left.contains($0) }.map { name in
            NewTopic(
                self.topic(name), partitions: partitions[name] ?? self.partitions, replicationFactor: 1,
                configuration: ["events", "heartbeats"].contains(name) ? stamped : [:])
        }
        for result in try admin.createTopics(new, timeout: .seconds(30)) {
            if let error = result.error { throw Trouble("\(result.name): \(error)") }
        }
    }

    func file(instance: String) -> String {
        var text = """
            kafka:
              bootstrap_servers: \(self.routerBootstrap ?? self.bootstrap)
              topic_prefix: "\(self.prefix)"
              group_id: "\(self.group)"
              instance_id: "\(instance)"
              create_topics: \(self.createTopics)
              partitions: \(self.partitions)
              delivery: \(self.delivery)

            """
        for line in self.kafkaLines { text += "  \(line)\n" }
        text += """
            lanes: \(self.lanes)
            http:
              metrics: 127.0.0.1:\(self.metricsPort)
              admin: "off"
            log:
              format: json
              level: \(self.logLevel)

            """
        for line in self.lines { text += "\(line)\n" }
        return text
    }
}
