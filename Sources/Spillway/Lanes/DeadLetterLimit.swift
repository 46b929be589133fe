import Synchronization

/// How large a value `dead-letter` takes whole. It shrinks when the broker refuses one all the same.
final class DeadLetterLimit: Sendable {
    /// Room for the key and the headers of a record, whose sizes count as well.
    private static let overhead = 16_384
    private static let least = 1024

    private let limit: Atomic<Int>

    /// From the topic's `max.message.bytes`; brokers take a megabyte unless told otherwise.
    init(maxMessageBytes: Int?) {
        self.limit = Atomic(max(Self.least, (maxMessageBytes ?? 1_000_000) - Self.overhead))
    }

    /// The largest value that is sent whole, in bytes.
    var bytes: Int { self.limit.load(ordering: .relaxed) }

    /// A record with such a value, key and headers included.
    var largestRecordBytes: Int { self.bytes + 2 * Self.overhead }

    /// The broker refused one: what the topic takes is less.
    func shrink() {
        self.limit.store(max(Self.least, self.bytes / 2), ordering: .relaxed)
    }
}
