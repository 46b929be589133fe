import CRdKafka

/// Records and offsets that take effect together or not at all, for a producer with a `transactional.id`.
///
/// Each call takes a slice of time, some 500 milliseconds, so that its thread isn't lost in it: where it throws
/// ``KafkaError/Reason/timedOut``, it is under way, and is to be called again with the same arguments. See
/// ``KafkaError/recovery`` for the three ways out of an error.
extension Producer {
    /// Takes over the transactional id, before anything else: a former owner's open transaction is aborted, and the
    /// former owner fenced.
    public func initTransactions(timeout: Duration) throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_init_transactions(self.opened().pointer, timeout.wholeMilliseconds))
    }

    /// Begins a transaction. It asks no broker.
    public func beginTransaction() throws(KafkaError) {
        self.reusePayloads()
        try unsafe KafkaError.check(rd_kafka_begin_transaction(self.opened().pointer))
    }

    /// Makes offsets of what was read part of the transaction, each one behind the last record that is done with.
    public func sendOffsets(
        _ offsets: [PartitionOffset], group: borrowing GroupMetadata, timeout: Duration
    ) throws(KafkaError) {
        guard !offsets.isEmpty else { return }
        let list = PartitionList(offsets)
        try unsafe KafkaError.check(
            rd_kafka_send_offsets_to_transaction(
                self.opened().pointer, list.pointer, group.pointer, timeout.wholeMilliseconds))
    }

    /// Flushes, and makes the transaction's records and offsets visible. Delivery reports are served meanwhile.
    public func commitTransaction(timeout: Duration) throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_commit_transaction(self.opened().pointer, timeout.wholeMilliseconds))
    }

    /// Throws away the transaction's records and offsets.
    public func abortTransaction(timeout: Duration) throws(KafkaError) {
        try unsafe KafkaError.check(rd_kafka_abort_transaction(self.opened().pointer, timeout.wholeMilliseconds))
    }

    /// Begins a transaction that can't be forgotten.
    public func transaction() throws(KafkaError) -> Transaction {
        try self.beginTransaction()
        return Transaction(self)
    }
}
