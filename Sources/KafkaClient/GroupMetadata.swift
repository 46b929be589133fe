import CRdKafka

/// A member's standing in its group, which a transaction's offsets are checked against.
///
/// Take a fresh one for each transaction: the broker refuses an old one after a rebalance.
@safe public struct GroupMetadata: ~Copyable {
    // Safe: owned, never nil, destroyed once.
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    /// A group by its name alone, for a program that reads without joining it (`assign`).
    public init(groupID: String) {
        // Only fails for a nil name.
        unsafe self.pointer = unsafe rd_kafka_consumer_group_metadata_new(groupID)
    }

    deinit { unsafe rd_kafka_consumer_group_metadata_destroy(self.pointer) }
}
