import CRdKafka

/// What became of a record that was sent.
public struct DeliveryReport: Sendable {
    /// The number that was given with the record.
    public let ticket: UInt64
    /// The topic. Compare it with ``Producer/Topic/identity``.
    public let topic: TopicIdentity
    /// The partition that it went to.
    public let partition: Int32
    /// Its offset, or -1 where it wasn't written.
    public let offset: Int64
    /// Why it wasn't written, or nil where it was.
    public let error: KafkaError?

    init(_ message: UnsafePointer<rd_kafka_message_t>, _ error: KafkaError?) {
        unsafe self.ticket = UInt64(UInt(bitPattern: message.pointee._private))
        unsafe self.topic = TopicIdentity(message.pointee.rkt)
        unsafe self.partition = message.pointee.partition
        unsafe self.offset = error == nil ? message.pointee.offset : -1
        self.error = error
    }
}

/// A record that wasn't delivered, with the name of its topic: with transactions, the place where it stands which
/// topic's ACL is missing.
public struct DeliveryFailure: Hashable, Sendable {
    /// The topic's name.
    public let topic: String
    /// The partition, or -1 where none had been chosen.
    public let partition: Int32
    /// Why.
    public let error: KafkaError
    /// The number that was given with the record.
    public let ticket: UInt64

    init(topic: String, partition: Int32, error: KafkaError, ticket: UInt64) {
        self.topic = topic
        self.partition = partition
        self.error = error
        self.ticket = ticket
    }

    init(_ message: UnsafePointer<rd_kafka_message_t>, _ error: KafkaError) {
        unsafe self.topic =
            message.pointee.rkt
            .flatMap { unsafe rd_kafka_topic_name($0) }.map { unsafe String(cString: $0) } ?? ""
        unsafe self.partition = message.pointee.partition
        self.error = error
        unsafe self.ticket = UInt64(UInt(bitPattern: message.pointee._private))
    }
}
