import CRdKafka

/// Asks librdkafka what it thinks of a property, so that `check` finds a misspelt one at its line.
enum ClientPropertyRule {
    /// What is wrong with a property or its value, in librdkafka's words, or nil.
    static func problem(_ name: String, _ value: String) -> String? {
        let configuration = unsafe rd_kafka_conf_new()
        defer { unsafe rd_kafka_conf_destroy(configuration) }
        var message = [CChar](repeating: 0, count: 512)
        let result = unsafe rd_kafka_conf_set(configuration, name, value, &message, message.count)
        if result == RD_KAFKA_CONF_OK { return nil }
        if result == RD_KAFKA_CONF_UNKNOWN { return "is no property of librdkafka" }
        let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
