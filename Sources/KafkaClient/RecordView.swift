import CRdKafka

/// A record that its batch lends. It copies nothing, and the compiler doesn't let it outlive the batch.
@safe public struct RecordView: ~Escapable {
    // Safe: the batch that lends this view owns the message and outlives it.
    let message: UnsafePointer<rd_kafka_message_t>

    @_lifetime(immortal)
    init(_ message: UnsafePointer<rd_kafka_message_t>) {
        unsafe self.message = unsafe message
    }

    /// Which topic it's from, without its name: cheap to take and to compare.
    public var topic: TopicIdentity { unsafe TopicIdentity(self.message.pointee.rkt) }

    /// The topic's name. This allocates; look up ``topic`` on the hot path.
    public var topicName: String {
        guard let topic = unsafe self.message.pointee.rkt, let name = unsafe rd_kafka_topic_name(topic) else {
            return ""
        }
        return unsafe String(cString: name)
    }

    /// The partition's number.
    public var partition: Int32 { unsafe self.message.pointee.partition }

    /// The record's offset in the partition.
    public var offset: Int64 { unsafe self.message.pointee.offset }

    /// What ``timestampMilliseconds`` means.
    public enum TimestampKind: Hashable, Sendable {
        /// When the producer says that the record was made.
        case create
        /// When the broker appended it.
        case logAppend
        /// There is no timestamp.
        case unknown
    }

    /// The record's time, in milliseconds since 1970, or -1 where there is none.
    public var timestampMilliseconds: Int64 { unsafe rd_kafka_message_timestamp(self.message, nil) }

    /// Whose time it is.
    public var timestampKind: TimestampKind {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        _ = unsafe rd_kafka_message_timestamp(self.message, &kind)
        switch kind {
        case RD_KAFKA_TIMESTAMP_CREATE_TIME: return .create
        case RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME: return .logAppend
        default: return .unknown
        }
    }

    /// The key's bytes, or nil where there is none. An empty key is a key.
    public var key: RawSpan? {
        @_lifetime(copy self)
        get {
            guard let start = unsafe self.message.pointee.key else { return nil }
            let bytes = unsafe RawSpan(_unsafeStart: start, byteCount: self.message.pointee.key_len)
            return unsafe _overrideLifetime(bytes, copying: self)
        }
    }

    /// The value's bytes, or nil for a tombstone. An empty value is not a tombstone.
    public var value: RawSpan? {
        @_lifetime(copy self)
        get {
            guard let start = unsafe self.message.pointee.payload else { return nil }
            let bytes = unsafe RawSpan(_unsafeStart: start, byteCount: self.message.pointee.len)
            return unsafe _overrideLifetime(bytes, copying: self)
        }
    }
}
