import FoundationEssentials
import Glibc
import KafkaClient

/// One router's surroundings: a topic prefix, a group, and the settings that its processes share.
struct Setup {
    let prefix: String
    var bootstrap: String
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

    func file(instance: String) -> String {
        var text = """
            kafka:
              bootstrap_servers: \(self.bootstrap)
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
              metrics: 127.0.0.1:0
              admin: "off"
            log:
              format: json

            """
        for line in self.lines { text += "\(line)\n" }
        return text
    }
}
