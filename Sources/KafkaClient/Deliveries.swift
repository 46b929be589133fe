import CRdKafka

/// Keeps count of a producer's delivery reports.
struct Deliveries {
    private(set) var delivered = 0
    private(set) var failed = 0
    private(set) var firstFailure: DeliveryFailure?

    /// Called for each record, inside a call that serves reports. A success allocates nothing.
    ///
    /// - Returns: why the record failed, if it did.
    mutating func count(_ message: UnsafePointer<rd_kafka_message_t>) -> KafkaError? {
        let code = unsafe message.pointee.err
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else {
            self.delivered += 1
            return nil
        }
        self.failed += 1
        let error = KafkaError(code: code)
        // What an abort throws away is never the cause of it.
        if self.firstFailure == nil, error.reason != .purged {
            self.firstFailure = unsafe DeliveryFailure(message, error)
        }
        return error
    }

    mutating func takeFailure() -> DeliveryFailure? {
        defer { self.firstFailure = nil }
        return self.firstFailure
    }
}
