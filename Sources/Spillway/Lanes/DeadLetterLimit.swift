import Synchronization

/// How large a value `dead-letter` takes whole. It shrinks when the broker refuses one all the same.
final class DeadLetterLimit: Sendable {
    /// Room for the key and the headers of a record, whose sizes count as well.
    private static let overhead = 16_384
    private static let least = 1024

    private let limit: Atomic<Int>

    /// What brokers take unless told otherwise: a megabyte.
    init() {
        self.limit = Atomic(1_000_000 - Self.overhead)
    }

    /// What the topic's `max.message.bytes` says.
    func learn(maxMessageBytes: Int) {
        self.limit.store(max(Self.least, maxMessageBytes - Self.overhead), ordering: .relaxed)
    }

    /// The largest value that is sent whole, in bytes.
    var bytes: Int { self.limit.load(ordering: .relaxed) }

    /// No producer of ours refuses a record below this, so that it is the topic that decides.
    static let largestRecordBytes = 67_108_864

    /// The broker refused one: what the topic takes is less.
    func shrink() {
        self.limit.store(max(Self.least, self.bytes / 2), ordering: .relaxed)
    }
}
