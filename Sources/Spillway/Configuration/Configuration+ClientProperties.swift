import Settings

#if canImport(Glibc)
    import Glibc
#endif

extension Configuration {
    /// The librdkafka settings of a client: what Spillway derives, what the user set, and what follows from that.
    ///
    /// The values include secrets in the clear, so the result must not be logged. Properties that librdkafka takes from the
    /// other kind of client only are left out, as it would warn of each.
    package func clientProperties(for role: ClientRole) -> [String: String] {
        var user: [String: String] = [:]
        for (name, value) in self.kafka.properties { user[ClientProperty.canonical(name)] = value }
        for (name, value) in self.kafka.secrets { user[ClientProperty.canonical(name)] = value.reveal() }
        var properties = self.common(role)
        switch role {
        case .laneConsumer, .reader, .agentConsumer: properties.merge(self.consumer(role, user)) { $1 }
        case .laneProducer, .reporter: properties.merge(self.producer(role, user)) { $1 }
        case .admin: break
        }
        let foreign = role.isConsumer ? ClientProperty.ofProducers : ClientProperty.ofConsumers
        for (name, value) in user where !foreign.contains(name) { properties[name] = value }
        return properties
    }

    private func common(_ role: ClientRole) -> [String: String] {
        [
            "bootstrap.servers": self.kafka.bootstrapServers,
            "client.id": "spillway-\(self.kafka.effectiveInstanceID)-\(role.suffix)",
            // Without it small requests wait 40 ms for the receiver's acknowledgement; librdkafka 2.0.2 leaves it off.
            "socket.nagle.disable": "true",
            "socket.keepalive.enable": "true",
            // A broker that is back is found within seconds, so that readiness is within its 30.
            "reconnect.backoff.ms": "100",
            "reconnect.backoff.max.ms": "2000",
            // Topics of datacenters that turn up later are seen within this time.
            "topic.metadata.refresh.interval.ms": "10000",
        ]
    }

    private func consumer(_ role: ClientRole, _ user: [String: String]) -> [String: String] {
        let number = Numbers(user)
        let heartbeat = number["heartbeat.interval.ms"]
        let session = number["session.timeout.ms"] ?? max(10_000, 3 * (heartbeat ?? 0))
        let poll = number["max.poll.interval.ms"]
        let fetch = number["fetch.max.bytes"] ?? 52_428_800
        var properties = [
            "group.id": self.kafka.groupID,
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "allow.auto.create.topics": "false",
            // Eager; cooperative-sticky with manual commits is broken in librdkafka 2.0.2.
            "partition.assignment.strategy": "range",
            "session.timeout.ms": String(poll.map { min($0, session) } ?? session),
            // A member hears that another is gone with its next heartbeat: a takeover takes the session and this.
            "heartbeat.interval.ms": String(heartbeat ?? max(1, min(1000, session / 3))),
            "max.poll.interval.ms": String(poll ?? max(300_000, session)),
            // An idle broker parks a fetch this long, which is added to what a record waits.
            "fetch.wait.max.ms": "10",
            "fetch.error.backoff.ms": "100",
            "fetch.max.bytes": String(fetch),
            "receive.message.max.bytes": String(max(100_000_000, fetch + 512)),
        ]
        switch role {
        case .laneConsumer(let lane):
            properties["group.instance.id"] = self.kafka.groupInstanceID(lane: lane)
            // Timers go by the clock only where nothing is left to read.
            properties["enable.partition.eof"] = "true"
            // Both limits hold a second of the highest rate: librdkafka stops fetching at a limit and looks again up to a
            // second later. The number of bytes is the one that bounds the memory.
            properties["queued.min.messages"] = "1000000"
            properties["queued.max.messages.kbytes"] = "65536"
        case .agentConsumer(let datacenter):
            properties["group.id"] = self.kafka.agentGroupID(datacenter: datacenter)
        default:
            // It reads up to the end and must hear where that is.
            properties["enable.partition.eof"] = "true"
        }
        return properties
    }

    private func producer(_ role: ClientRole, _ user: [String: String]) -> [String: String] {
        let number = Numbers(user)
        // As high as a record may be, with room for its headers where the dead letter keeps it whole.
        let largest = max(1_000_000, self.limits.maxRecordBytes + 16_384)
        var properties = [
            "enable.idempotence": "true",
            // As Java's clients partition, so that a key's home is the same for everyone.
            "partitioner": "murmur2_random",
            "message.max.bytes": String(largest),
            // Batches below 256 kB cost a third of the throughput.
            "batch.size": "1000000",
            "batch.num.messages": "50000",
        ]
        guard case .laneProducer(let lane) = role else {
            properties["linger.ms"] = "5"
            return properties
        }
        let interval = self.kafka.commitInterval.inMilliseconds
        // Above the interval: the commit flushes, so no batch leaves half full before it.
        let linger = number["linger.ms"] ?? interval + max(50, interval)
        properties["linger.ms"] = String(linger)
        properties["queue.buffering.max.messages"] = "1000000"
        // Nobody waits for a single record's report: a commit or a flush says that all are there.
        properties["delivery.report.only.error"] = "true"
        properties["queue.buffering.max.kbytes"] = "262144"
        guard self.kafka.delivery == .exactlyOnce else { return properties }
        let message = number["message.timeout.ms"]
        let least = [15_000, interval + 5000, linger + 5000, message ?? 0, (number["socket.timeout.ms"] ?? 0) + 100]
        let transaction = number["transaction.timeout.ms"] ?? least.max() ?? 15_000
        properties["transactional.id"] = self.kafka.transactionalID(lane: lane)
        properties["transaction.timeout.ms"] = String(transaction)
        // A record must fail before its transaction does, else nobody knows which of them it was.
        properties["message.timeout.ms"] = String(message ?? max(1, transaction - min(1000, transaction / 2)))
        if number["linger.ms"] == nil, let limit = message ?? number["transaction.timeout.ms"] {
            properties["linger.ms"] = String(min(linger, max(1, limit / 2)))
        }
        return properties
    }

    /// The user's properties as numbers.
    private struct Numbers {
        private let user: [String: String]

        init(_ user: [String: String]) {
            self.user = user
        }

        subscript(name: String) -> Int? {
            self.user[name].flatMap(Double.init).map { Int(clamping: Int64(max(0, min($0, 1e15)))) }
        }
    }
}

extension Configuration.Kafka {
    /// This process's name in the group: ``instanceID``, else the host name with what Kafka doesn't take replaced by `-`.
    public var effectiveInstanceID: String {
        self.instanceID.isEmpty ? Self.hostName : self.instanceID
    }

    /// The group of a datacenter's agents.
    package func agentGroupID(datacenter: String) -> String {
        "\(self.groupID)-agent-\(datacenter)"
    }

    /// The static member that a lane is.
    package func groupInstanceID(lane: Int) -> String {
        "\(self.effectiveInstanceID)-\(lane)"
    }

    /// What a lane's transactions are fenced by.
    package func transactionalID(lane: Int) -> String {
        "\(self.groupID)-\(self.effectiveInstanceID)-\(lane)"
    }

    /// A topic's full name.
    package func topic(_ name: String) -> String {
        self.topicPrefix + name
    }

    /// The host name, with what Kafka does not take in a name replaced by `-`.
    package static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        let result = unsafe name.withUnsafeMutableBufferPointer { buffer -> Int32 in
            guard let start = buffer.baseAddress else { return -1 }
            return unsafe gethostname(start, buffer.count - 1)
        }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let legal = String(decoding: bytes, as: UTF8.self).map { character in
            character.isASCII && (character.isLetter || character.isNumber || "-._".contains(character))
                ? character : "-"
        }
        return result == 0 && !legal.isEmpty ? String(legal) : "spillway"
    }()
}
