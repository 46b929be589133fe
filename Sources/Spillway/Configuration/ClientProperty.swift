import Settings

/// The settings of librdkafka that a user may write below `kafka.properties` and `kafka.secrets`.
enum ClientProperty {
    /// What only Spillway may set, because its promises rest on it.
    static let own: Set<String> = [
        "group.id", "group.instance.id", "transactional.id", "enable.idempotence", "enable.auto.commit",
        "enable.auto.offset.store", "isolation.level",
    ]

    /// Second names of the properties that are derived here, so that a user's choice replaces the right one.
    private static let aliases = [
        "metadata.broker.list": "bootstrap.servers", "delivery.timeout.ms": "message.timeout.ms",
        "queue.buffering.max.ms": "linger.ms", "max.in.flight": "max.in.flight.requests.per.connection",
        "message.send.max.retries": "retries", "compression.codec": "compression.type",
        "request.required.acks": "acks", "sasl.mechanisms": "sasl.mechanism",
        "fetch.message.max.bytes": "max.partition.fetch.bytes",
    ]

    /// A property's first name.
    static func canonical(_ name: String) -> String {
        Self.aliases[name] ?? name
    }

    /// Whether a property's value is shown as `***` although it stands among those that aren't secret.
    static func isConfidential(_ name: String) -> Bool {
        let words = ["password", "passphrase", "secret", "key", "token", "credential", "oauthbearer.config", "jaas"]
        return words.contains { name.lowercased().contains($0) }
    }

    /// `kafka.properties`: texts, numbers and booleans, as librdkafka takes them.
    static let properties: SettingType<[String: String]> = {
        let mapping = SettingType<[String: String]>.mapping(of: Self.value, name: Self.name)
        return SettingType(
            shape: mapping.shape, read: mapping.read, check: mapping.check,
            show: { properties in
                let entries = properties.sorted { $0.key < $1.key }.map { name, value in
                    SettingsTree.Entry(name, Self.isConfidential(name) ? .hidden : .text(value))
                }
                return .mapping(entries)
            })
    }()

    /// `kafka.secrets`: the same, never shown.
    static let secrets = SettingType<[String: Secret]>.mapping(of: .secret(orNumber: true), name: Self.name)

    private static let value = SettingType<String>(
        read: { node, reading in
            if let text = node.scalar { return text }
            reading.refuse(node, "must be a text, a number, true or false")
            return nil
        },
        check: { value, reading in
            if value.utf8.contains(0) { reading.refuse(nil, "must not contain a zero byte") }
        }, show: { .text($0) })

    private static func name(_ name: String) -> String? {
        if Self.own.contains(name) { return "is Spillway's own and can't be set" }
        let isName = !name.isEmpty && name.utf8.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 127 }
        return isName ? nil : "is no property of librdkafka"
    }

    /// What several of them, or one of them and another setting, can't be together.
    static let rules: [SettingsSchema<Configuration>.Rule] = [
        .init(below: "kafka.properties") { root in
            Self.unreadableNumbers(root.kafka) + Self.contradictions(root)
        },
        .init(below: "kafka.secrets") { root in
            root.kafka.secrets.keys.sorted().compactMap { name in
                let twin = root.kafka.properties.keys.first { Self.canonical($0) == Self.canonical(name) }
                return twin.map { (name, "is set in kafka.properties as well, as \($0)") }
            }
        },
    ]

    /// Properties that others depend on, which must therefore be understood here.
    private static let numbers = [
        "session.timeout.ms", "heartbeat.interval.ms", "max.poll.interval.ms", "transaction.timeout.ms",
        "message.timeout.ms", "socket.timeout.ms", "linger.ms", "fetch.max.bytes", "message.max.bytes",
        "receive.message.max.bytes",
    ]

    private static func unreadableNumbers(_ kafka: Configuration.Kafka) -> [(key: String, reason: String)] {
        kafka.properties.sorted { $0.key < $1.key }.compactMap { name, value in
            let canonical = Self.canonical(name)
            guard Self.numbers.contains(canonical) else { return nil }
            if let number = Double(value), number >= 0 { return nil }
            return (name, "must be a number, is \(SettingsNode.shown(value))")
        }
    }

    private static func contradictions(_ root: Configuration) -> [(key: String, reason: String)] {
        let properties = root.kafka.properties
        var found: [(key: String, reason: String)] = []
        let twins = Dictionary(grouping: properties.keys) { Self.canonical($0) }.values.filter { $0.count > 1 }
        for names in twins {
            let names = names.sorted()
            found.append((names[1], "is another name of \(names[0]), which is set as well"))
        }
        func number(_ canonical: String) -> (name: String, value: Double)? {
            guard let property = properties.first(where: { Self.canonical($0.key) == canonical }) else { return nil }
            return Double(property.value).map { (property.key, $0) }
        }
        func mustBeAtLeast(_ upper: String, _ lower: String, plus distance: Double = 0) {
            guard let high = number(upper), let low = number(lower), high.value < low.value + distance else { return }
            let by = distance > 0 ? " by \(Int(distance))" : ""
            found.append((high.name, "must be at least \(low.name)\(by), which is \(properties[low.name] ?? "")"))
        }
        mustBeAtLeast("max.poll.interval.ms", "session.timeout.ms")
        mustBeAtLeast("session.timeout.ms", "heartbeat.interval.ms", plus: 1)
        mustBeAtLeast("receive.message.max.bytes", "fetch.max.bytes", plus: 512)
        mustBeAtLeast("message.timeout.ms", "linger.ms", plus: 1)
        if root.kafka.delivery == .exactlyOnce {
            mustBeAtLeast("transaction.timeout.ms", "message.timeout.ms")
            mustBeAtLeast("transaction.timeout.ms", "socket.timeout.ms", plus: 100)
            if let timeout = number("transaction.timeout.ms"),
                timeout.value <= Double(root.kafka.commitInterval.inMilliseconds)
            {
                let interval = DurationText.format(root.kafka.commitInterval)
                found.append((timeout.name, "must be above kafka.commit_interval, which is \(interval)"))
            }
        }
        return found.sorted { $0.key < $1.key }
    }
}
