import Settings
import Spillway
import Testing

@Suite struct ConfigurationClientTests {
    private func properties(_ text: String, _ role: ClientRole = .laneConsumer(lane: 0)) throws -> [String: String] {
        try configuration("kafka:\n  instance_id: host\n" + text).clientProperties(for: role)
    }

    @Test func `A lane's consumer is a static member that commits nothing by itself`() throws {
        let properties = try self.properties("  group_id: g", .laneConsumer(lane: 3))
        let expected = [
            "group.id": "g", "group.instance.id": "host-3", "enable.auto.commit": "false",
            "enable.auto.offset.store": "false", "isolation.level": "read_committed", "session.timeout.ms": "10000",
            "heartbeat.interval.ms": "1000", "max.poll.interval.ms": "300000",
            "partition.assignment.strategy": "range", "allow.auto.create.topics": "false",
            "bootstrap.servers": "127.0.0.1:9092", "socket.nagle.disable": "true",
        ]
        for (name, value) in expected { #expect(properties[name] == value, "\(name)") }
    }

    @Test func `A lane's producer is transactional`() throws {
        let properties = try self.properties("  group_id: g", .laneProducer(lane: 3))
        let expected = [
            "transactional.id": "g-host-3", "enable.idempotence": "true", "transaction.timeout.ms": "15000",
            "message.timeout.ms": "14000", "linger.ms": "100", "partitioner": "murmur2_random",
        ]
        for (name, value) in expected { #expect(properties[name] == value, "\(name)") }
        #expect(properties["group.id"] == nil && properties["allow.auto.create.topics"] == nil)
    }

    @Test func `Without transactions it is idempotent`() throws {
        let properties = try self.properties("  delivery: at_least_once", .laneProducer(lane: 0))
        #expect(properties["transactional.id"] == nil && properties["transaction.timeout.ms"] == nil)
        #expect(properties["enable.idempotence"] == "true")
    }

    @Test func `An agent's group is its datacenter's`() throws {
        let properties = try self.properties("  group_id: g", .agentConsumer(datacenter: "dc-a"))
        #expect(properties["group.id"] == "g-agent-dc-a" && properties["group.instance.id"] == nil)
    }

    @Test func `A user's property wins, and what depends on it follows`() throws {
        let long = try self.properties("  properties: {session.timeout.ms: 400000}")
        #expect(long["session.timeout.ms"] == "400000" && long["max.poll.interval.ms"] == "400000")
        let short = try self.properties("  properties: {session.timeout.ms: \"1500\"}")
        #expect(short["heartbeat.interval.ms"] == "500" && short["max.poll.interval.ms"] == "300000")
        let poll = try self.properties("  properties: {max.poll.interval.ms: 5000}")
        #expect(poll["session.timeout.ms"] == "5000")
        let heartbeat = try self.properties("  properties: {heartbeat.interval.ms: 6000}")
        #expect(heartbeat["session.timeout.ms"] == "18000")
        let fetch = try self.properties("  properties: {fetch.max.bytes: 200000000}")
        #expect(fetch["receive.message.max.bytes"] == "200000512")
    }

    @Test func `The transaction is longer than what happens in it`() throws {
        let producer = ClientRole.laneProducer(lane: 0)
        let message = try self.properties("  properties: {delivery.timeout.ms: 60000}", producer)
        #expect(message["message.timeout.ms"] == "60000" && message["transaction.timeout.ms"] == "60000")
        #expect(message["delivery.timeout.ms"] == nil)
        let socket = try self.properties("  properties: {socket.timeout.ms: 60000}", producer)
        #expect(socket["transaction.timeout.ms"] == "60100")
        let transaction = try self.properties("  properties: {transaction.timeout.ms: 5000}", producer)
        #expect(transaction["message.timeout.ms"] == "4000")
        let interval = try self.properties("  commit_interval: 10s", producer)
        #expect(interval["linger.ms"] == "20000" && interval["transaction.timeout.ms"] == "25000")
    }

    @Test func `Secrets and other properties go to the clients that take them`() throws {
        let text =
            "  properties: {security.protocol: SASL_SSL, compression.codec: lz4, fetch.min.bytes: 2}\n"
            + "  secrets: {sasl.password: hunter2}"
        let consumer = try self.properties(text)
        let producer = try self.properties(text, .laneProducer(lane: 0))
        let admin = try self.properties(text, .admin)
        for properties in [consumer, producer, admin] {
            #expect(properties["security.protocol"] == "SASL_SSL" && properties["sasl.password"] == "hunter2")
        }
        #expect(producer["compression.type"] == "lz4" && consumer["compression.type"] == nil)
        #expect(consumer["fetch.min.bytes"] == "2" && producer["fetch.min.bytes"] == nil)
    }

    @Test(arguments: [
        "group.id", "group.instance.id", "transactional.id", "enable.idempotence", "enable.auto.commit",
        "enable.auto.offset.store", "isolation.level",
    ])
    func `What is Spillway's own is refused at its line`(name: String) {
        for section in ["properties", "secrets"] {
            #expect(
                problems("kafka:\n  \(section):\n    acks: all\n    \(name): x\n") == [
                    "spillway.yaml:4: kafka.\(section).\(name): is Spillway's own and can't be set"
                ])
        }
    }

    @Test(arguments: [
        (
            "properties: {session.timeout.ms: 9000, max.poll.interval.ms: 8000}",
            "kafka.properties.max.poll.interval.ms: must be at least session.timeout.ms, which is 9000"
        ),
        (
            "properties: {session.timeout.ms: soon}",
            "kafka.properties.session.timeout.ms: must be a number, is \"soon\""
        ),
        (
            "properties: {transaction.timeout.ms: 5000, message.timeout.ms: 6000}",
            "kafka.properties.transaction.timeout.ms: must be at least message.timeout.ms, which is 6000"
        ),
        (
            "properties: {linger.ms: 5, queue.buffering.max.ms: 6}",
            "kafka.properties.queue.buffering.max.ms: is another name of linger.ms, which is set as well"
        ),
        (
            "properties: {transaction.timeout.ms: 40}",
            "kafka.properties.transaction.timeout.ms: must be above kafka.commit_interval, which is 50ms"
        ),
        ("properties: {a: [1]}", "kafka.properties.a: must be a text, a number, true or false"),
        ("properties: {a: }", "kafka.properties.a: must be a text, a number, true or false"),
    ])
    func `Properties that contradict each other are refused at their line`(text: String, problem: String) {
        #expect(problems("kafka:\n  \(text)\n") == ["spillway.yaml:2: \(problem)"])
    }

    @Test func `A property among the secrets that is set twice is refused`() {
        #expect(
            problems("kafka:\n  properties: {sasl.password: a}\n  secrets: {sasl.password: b}\n") == [
                "spillway.yaml:3: kafka.secrets.sasl.password: is set in kafka.properties as well, as sasl.password"
            ])
    }

    @Test func `What librdkafka says against a property is a problem at its line, without a secret's value`() {
        let file = SettingsFile(
            path: "f", contents: Array("kafka:\n  properties:\n    nonsense: 1\n  secrets:\n    also: hunter2\n".utf8))
        do throws(ConfigurationError) {
            _ = try Configuration.load(file: file) { name, value in "no \(name), \(value)" }
            Issue.record("it was taken")
        } catch {
            #expect(
                error.description == """
                    f:3: kafka.properties.nonsense: no nonsense, 1
                    f:5: kafka.secrets.also: librdkafka refuses it or its value
                    """)
        }
    }

    @Test func `The instance is the host's name unless it is given`() {
        #expect(!Configuration().kafka.effectiveInstanceID.isEmpty)
        var root = Configuration()
        root.kafka.instanceID = "a"
        #expect(root.kafka.effectiveInstanceID == "a")
        #expect(root.kafka.transactionalID(lane: 1) == "spillway-a-1")
    }
}
