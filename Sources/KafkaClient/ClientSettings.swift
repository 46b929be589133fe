/// librdkafka's settings by their own names, in the order in which they were set.
///
/// Any setting passes through: `["bootstrap.servers": "…", "sasl.mechanisms": "PLAIN"]`. The only default that
/// differs from librdkafka's is `socket.nagle.disable`, which is true as in later versions of it.
public struct ClientSettings: Sendable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    /// A setting.
    public struct Entry: Hashable, Sendable {
        /// librdkafka's name for it.
        public var name: String
        /// Its value, as text.
        public var value: String
        /// Its value is never shown.
        public var isSecret: Bool
    }

    /// What has been set.
    public private(set) var entries: [Entry] = []

    /// No settings: librdkafka's defaults.
    public init() {}

    /// Settings by name. Those that are known to be secret are marked as such.
    public init(_ values: [String: String]) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { self[name] = value }
    }

    /// Settings by name, in this order.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// A setting's value. Setting nil takes it back to librdkafka's default.
    public subscript(name: String) -> String? {
        get { self.entries.first { $0.name == name }?.value }
        set { self.set(name, newValue, isSecret: Self.secretNames.contains(name)) }
    }

    /// Sets a value that is never shown: not in an error, not in a log line, not in the description.
    public mutating func setSecret(_ name: String, _ value: String) {
        self.set(name, value, isSecret: true)
    }

    /// These settings, and those of the other over them.
    public func merging(_ other: ClientSettings) -> ClientSettings {
        var merged = self
        for entry in other.entries { merged.set(entry.name, entry.value, isSecret: entry.isSecret) }
        return merged
    }

    /// `name=value` for each, with stars for what is secret.
    public var description: String {
        self.entries.map { "\($0.name)=\($0.isSecret ? "***" : $0.value)" }.joined(separator: " ")
    }

    private mutating func set(_ name: String, _ value: String?, isSecret: Bool) {
        let index = self.entries.firstIndex { $0.name == name }
        switch (index, value) {
        case (let index?, let value?):
            self.entries[index].value = value
            self.entries[index].isSecret = self.entries[index].isSecret || isSecret
        case (let index?, nil): self.entries.remove(at: index)
        case (nil, let value?): self.entries.append(Entry(name: name, value: value, isSecret: isSecret))
        case (nil, nil): break
        }
    }

    private static let secretNames: Set<String> = [
        "sasl.password", "sasl.oauthbearer.config", "sasl.oauthbearer.client.secret", "ssl.key.password",
        "ssl.key.pem", "ssl.keystore.password",
    ]
}

/// Takes secret values out of a text.
struct SecretMask: Sendable {
    private let secrets: [String]

    init(_ settings: ClientSettings) {
        self.secrets = settings.entries.filter { $0.isSecret && !$0.value.isEmpty }.map(\.value)
    }

    func masking(_ text: String) -> String {
        var text = text
        for secret in self.secrets where text.contains(secret) {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
        return text
    }
}
