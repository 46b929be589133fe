import CRdKafka
import Synchronization

/// Partitions that the broker refused to take into a transaction.
///
/// librdkafka names them in its log only: the records are reported as purged, and the transaction's error names no topic.
final class RefusedPartitions: Sendable {
    private struct State {
        var first: DeliveryFailure?
    }

    private let state = Mutex(State())

    /// The first one since this was last asked.
    func take() -> DeliveryFailure? {
        self.state.withLock { state in
            defer { state.first = nil }
            return state.first
        }
    }

    /// Reads a line of librdkafka's log, on any thread.
    func note(facility: String, _ message: String) {
        // …: Failed to add partition "topic" [0] to transaction: Broker: Topic authorization failed
        guard facility == "ADDPARTS", let quote = message.firstIndex(of: "\"") else { return }
        let rest = message[message.index(after: quote)...]
        guard let end = rest.firstIndex(of: "\"") else { return }
        let digits = rest[end...].drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
        let codes = [
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
            RD_KAFKA_RESP_ERR_OPERATION_NOT_ATTEMPTED,
        ]
        let errors = codes.map { KafkaError(code: $0) }
        let error = errors.first { message.hasSuffix($0.message) } ?? KafkaError(code: RD_KAFKA_RESP_ERR_UNKNOWN)
        // Not attempted because another partition was refused, which is the one to tell.
        guard error.code != RD_KAFKA_RESP_ERR_OPERATION_NOT_ATTEMPTED.rawValue else { return }
        let failure = DeliveryFailure(
            topic: String(rest[..<end]), partition: Int32(digits) ?? -1, error: error, ticket: 0)
        self.state.withLock { state in
            if state.first == nil { state.first = failure }
        }
    }
}
