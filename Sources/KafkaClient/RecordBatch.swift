import CRdKafka

/// Records that a consumer read, which it owns until the next ``Consumer/poll(into:timeout:)`` or its own end.
///
/// Make one and use it for the life of the consumer: reading into it allocates nothing.
@safe public struct RecordBatch: ~Copyable {
    // Safe: `capacity` places, of which the first `count` hold messages that are destroyed once, by `clear`. The
    // handle is held while there are any, because librdkafka forbids destroying the client before its messages.
    let messages: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    private var handle: ClientHandle?

    /// How many records one poll reads at most.
    public let capacity: Int
    /// How many records there are.
    public private(set) var count = 0

    /// Makes room. The default is 1000 records.
    public init(capacity: Int = 1000) {
        self.capacity = max(1, capacity)
        unsafe self.messages = .allocate(capacity: self.capacity)
        unsafe self.messages.initialize(repeating: nil, count: self.capacity)
    }

    deinit {
        for index in 0..<self.count { unsafe rd_kafka_message_destroy(self.messages[index]) }
        unsafe self.messages.deallocate()
    }

    /// Whether there is no record.
    public var isEmpty: Bool { self.count == 0 }

    /// Lends a record. The index must be less than ``count``.
    public subscript(index: Int) -> RecordView {
        @_lifetime(borrow self)
        get {
            precondition(index >= 0 && index < self.count, "no record \(index) in a batch of \(self.count)")
            // Present below `count`: `keep` put it there.
            let message = unsafe self.messages[index].unsafelyUnwrapped
            let view = unsafe RecordView(message)
            return unsafe _overrideLifetime(view, borrowing: self)
        }
    }

    /// Lends each record in turn, in the order in which they were read: by offset within each partition.
    public func forEach<E: Error>(_ body: (RecordView) throws(E) -> Void) throws(E) {
        for index in 0..<self.count { try body(self[index]) }
    }

    /// Gives up the records before the next poll does, which frees their memory in the client.
    public mutating func clear() {
        for index in 0..<self.count {
            unsafe rd_kafka_message_destroy(self.messages[index])
            unsafe self.messages[index] = nil
        }
        self.count = 0
        self.handle = nil
    }

    /// Takes over the first messages of the buffer, without those that aren't records or aren't wanted.
    mutating func keep(
        _ filled: Int, of handle: ClientHandle, unless isUnwanted: (UnsafePointer<rd_kafka_message_t>) -> Bool
    ) {
        var kept = 0
        for index in 0..<filled {
            guard let message = unsafe self.messages[index] else { continue }
            unsafe self.messages[index] = nil
            if unsafe message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR || isUnwanted(message) {
                unsafe rd_kafka_message_destroy(message)
            } else {
                unsafe self.messages[kept] = unsafe message
                kept += 1
            }
        }
        self.count = kept
        self.handle = kept == 0 ? nil : handle
    }
}
