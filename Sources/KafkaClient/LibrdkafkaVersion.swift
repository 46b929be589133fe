import CRdKafka

/// The version of librdkafka that this process runs with.
public enum LibrdkafkaVersion {
    /// Its number, as hexadecimal `MMmmrrpp`: 2.0.2 is `0x020002ff`.
    public static var number: UInt32 { UInt32(bitPattern: rd_kafka_version()) }

    /// Its text, such as `2.0.2`.
    public static var text: String { unsafe String(cString: rd_kafka_version_str()) }
}
