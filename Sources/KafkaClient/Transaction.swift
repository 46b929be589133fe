/// An open transaction. One that is dropped is aborted, and counted in ``Producer/forgottenTransactions``.
public struct Transaction: ~Copyable {
    /// The producer, for sending.
    public let producer: Producer
    // `discard self` needs trivial fields, so a flag says that the transaction has ended.
    private var isOpen = true

    private static let slice = Duration.milliseconds(500)

    init(_ producer: Producer) {
        self.producer = producer
    }

    deinit {
        guard self.isOpen else { return }
        self.producer.forgottenTransactions += 1
        try? self.producer.abortTransaction(timeout: .seconds(5))
    }

    /// Makes offsets of what was read part of the transaction.
    ///
    /// - Throws: a ``KafkaError`` after trying until the timeout; the transaction is still open.
    public func sendOffsets(
        _ offsets: [PartitionOffset], group: borrowing GroupMetadata, timeout: Duration = .seconds(30)
    ) throws(KafkaError) {
        let deadline = Deadline(after: timeout)
        while true {
            do throws(KafkaError) {
                return try self.producer.sendOffsets(offsets, group: group, timeout: Self.slice)
            } catch {
                if error.recovery != .retry || deadline.hasPassed { throw error }
            }
        }
    }

    /// Makes the records and the offsets visible.
    ///
    /// - Throws: a ``KafkaError``. The transaction has then been aborted, unless the error is fatal.
    public consuming func commit(timeout: Duration = .seconds(30)) throws(KafkaError) {
        let deadline = Deadline(after: timeout)
        self.isOpen = false
        do throws(KafkaError) {
            try Self.retrying(until: deadline) { () throws(KafkaError) in
                try self.producer.commitTransaction(timeout: Self.slice)
            }
        } catch {
            // One that is under way can't be aborted, but it can be waited for no longer.
            if error.recovery == .abort { try? self.producer.abortTransaction(timeout: .seconds(5)) }
            throw error
        }
    }

    /// Throws away the records and the offsets.
    public consuming func abort(timeout: Duration = .seconds(30)) throws(KafkaError) {
        let deadline = Deadline(after: timeout)
        self.isOpen = false
        try Self.retrying(until: deadline) { () throws(KafkaError) in
            try self.producer.abortTransaction(timeout: Self.slice)
        }
    }

    private static func retrying(
        until deadline: Deadline, _ call: () throws(KafkaError) -> Void
    ) throws(KafkaError) {
        while true {
            do throws(KafkaError) {
                return try call()
            } catch {
                if error.recovery != .retry || deadline.hasPassed { throw error }
            }
        }
    }
}
