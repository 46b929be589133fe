import KafkaClient
import SpillwayCore

/// Finds the topics that the router needs, creates what it may, and says in one sentence what is wrong otherwise
/// (contract/cli.md, "Starting and standing").
struct TopicSetup {
    let configuration: Configuration
    let topics: TopicNames
    let health: RouterHealth
    let stop: StopSignal
    let log: RouterLog

    /// One question to the broker.
    private static let patience = Duration.seconds(5)
    private static let address = "kafka.bootstrap_servers"

    /// Waits for the broker, then sees to the topics.
    ///
    /// - Returns: How many partitions `events` has; `nil` if it was stopped before.
    func prepare() throws(SpillwayError) -> Int32? {
        let admin: Admin
        let refusals = RefusalWatch()
        do throws(KafkaError) {
            let log = self.log
            admin = try Admin(
                self.configuration.clientSettings(for: .admin),
                onLog: { line in
                    refusals.heard(line)
                    log.client(line)
                })
        } catch {
            throw SpillwayError(.configuration, "kafka.properties: \(error)")
        }
        defer { admin.close() }
        try self.refuseBrokenMechanism()
        while !self.stop.isSet {
            do throws(KafkaError) {
                if let partitions = try self.look(admin) { return partitions }
            } catch {
                try self.judge(error, refusals)
            }
            self.stop.wait(1)
        }
        return nil
    }

    /// One look at all topics; creates what is missing if it may.
    ///
    /// - Returns: The partitions of `events`, or `nil` where there is something to wait for.
    private func look(_ admin: Admin) throws(KafkaError) -> Int32? {
        var names = self.topics.fixed
        for datacenterID in self.configuration.fleet.datacenters.keys.sorted() {
            for runtime in self.configuration.runtimes.order { names.append(self.topics.jobs(datacenterID, runtime)) }
        }
        let descriptions = try admin.describeTopics(names, timeout: Self.patience)
        self.health.brokerAnswered()
        _ = self.health.mended(Self.address)
        return try self.judge(descriptions, admin)
    }

    private func judge(_ descriptions: [TopicDescription], _ admin: Admin) throws(KafkaError) -> Int32? {
        var missing: [String] = []
        for description in descriptions {
            guard let error = description.error else { continue }
            if error.reason == .unknownTopic {
                missing.append(description.name)
            } else {
                self.log.trouble(self.health, "ACL DESCRIBE on topic \(description.name)", error)
                return nil
            }
        }
        guard missing.isEmpty else {
            guard self.configuration.kafka.createTopics else { throw Self.missing(missing) }
            _ = try self.create(missing, admin)
            return nil
        }
        let counts = Dictionary(uniqueKeysWithValues: descriptions.map { ($0.name, $0.partitions.count) })
        let (events, state) = (counts[self.topics.events] ?? 0, counts[self.topics.state] ?? 0)
        guard events == state else {
            throw KafkaError(
                reason: .misconfigured,
                message:
                    "topics \(self.topics.events) and \(self.topics.state) must have the same number of partitions, "
                    + "have \(events) and \(state)")
        }
        self.health.mended(prefix: "ACL ")
        return Int32(events)
    }

    /// The `max.message.bytes` of `dead-letter`; `nil` where the broker doesn't tell.
    func deadLetterBytes() -> Int? {
        do throws(KafkaError) {
            let admin = try Admin(self.configuration.clientSettings(for: .admin))
            defer { admin.close() }
            let entries = try admin.describeConfiguration(ofTopic: self.topics.deadLetter, timeout: Self.patience)
            return entries.first { $0.name == "max.message.bytes" }?.value.flatMap { Int($0) }
        } catch {
            return nil
        }
    }

    /// Creates topics with the settings that the design gives them (section 2).
    ///
    /// - Returns: Those that are there now.
    func create(_ names: [String], _ admin: Admin) throws(KafkaError) -> Set<String> {
        let kafka = self.configuration.kafka
        let compacted = [self.topics.results, self.topics.control, self.topics.views, self.topics.state]
        let stamped = [self.topics.events, self.topics.heartbeats]
        let new = names.map { name in
            var settings: [String: String] = [:]
            if compacted.contains(name) { settings["cleanup.policy"] = "compact" }
            if stamped.contains(name) { settings["message.timestamp.type"] = "LogAppendTime" }
            return NewTopic(
                name, partitions: kafka.partitions,
                replicationFactor: kafka.replicationFactor < 0 ? nil : kafka.replicationFactor,
                configuration: settings)
        }
        var created: Set<String> = []
        for result in try admin.createTopics(new, timeout: Self.patience) {
            guard let error = result.error, error.reason != .alreadyExists else {
                created.insert(result.name)
                self.log.info("TopicCreated", "created topic \(result.name)", ("topic", result.name))
                continue
            }
            if error.reason == .notAuthorized {
                self.log.trouble(self.health, "ACL CREATE on topic \(result.name)", error)
            } else {
                throw error
            }
        }
        return created
    }

    private static func missing(_ names: [String]) -> KafkaError {
        // All of a small fleet, and no line of a thousand names for a large one.
        let named = names.prefix(64).joined(separator: ", ")
        let more = names.count > 64 ? " and \(names.count - 64) more" : ""
        return KafkaError(
            reason: .unknownTopic,
            message: "missing topics: \(named)\(more); create them, or set kafka.create_topics: true")
    }

    /// What only the owner can mend ends the start; the rest is waited for.
    private func judge(_ error: KafkaError, _ refusals: RefusalWatch) throws(SpillwayError) {
        switch error.reason {
        case .unknownTopic, .misconfigured:
            throw SpillwayError(.topics, error.message)
        case .authentication:
            throw SpillwayError(
                .refused,
                "the broker refuses the login: check kafka.properties (security.protocol, sasl.mechanism, sasl.username, "
                    + "ssl.ca.location) and kafka.secrets (sasl.password): \(error)")
        default:
            if let refusal = refusals.last {
                throw SpillwayError(
                    .refused,
                    "the broker refuses the login: check kafka.properties (security.protocol, sasl.mechanism, "
                        + "sasl.username, ssl.ca.location) and kafka.secrets (sasl.password): \(refusal)")
            }
            self.log.trouble(self.health, Self.address, error)
        }
    }

    /// librdkafka before 2.6.1 sends a nonce that brokers from 3.7.2 on refuse as a wrong password.
    private func refuseBrokenMechanism() throws(SpillwayError) {
        let properties = self.configuration.clientProperties(for: .admin)
        let mechanism = properties["sasl.mechanism"] ?? properties["sasl.mechanisms"] ?? ""
        guard mechanism.uppercased().hasPrefix("SCRAM"), LibrdkafkaVersion.number < 0x0206_01ff else { return }
        throw SpillwayError(
            .refused,
            "kafka.properties: sasl.mechanism: \(mechanism) needs librdkafka 2.6.1 or newer, this is "
                + "\(LibrdkafkaVersion.text): brokers from 3.7.2 on refuse it; use PLAIN over TLS")
    }
}
