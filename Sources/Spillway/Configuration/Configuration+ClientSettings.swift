package import KafkaClient

extension Configuration {
    /// The same as ``clientProperties(for:)`` for the Kafka client, which never shows those that are secret.
    package func clientSettings(for role: ClientRole) -> ClientSettings {
        var settings = ClientSettings()
        for (name, value) in self.clientProperties(for: role).sorted(by: { $0.key < $1.key }) {
            if self.kafka.secrets[name] != nil || ClientProperty.isConfidential(name) {
                settings.setSecret(name, value)
            } else {
                settings[name] = value
            }
        }
        return settings
    }
}
