/// Why a call to the broker, or to librdkafka, failed.
///
/// Its text never holds a secret setting's value.
public struct KafkaError: Error, Hashable, CustomStringConvertible, Sendable {
    /// What kind of failure it is, and so what to do about it.
    public let reason: Reason
    /// librdkafka's number for it: positive from the broker, negative from the client, 0 where there is none.
    public let code: Int32
    /// librdkafka's name for the code, such as `TOPIC_AUTHORIZATION_FAILED` or `_TIMED_OUT`.
    public let codeName: String
    /// What happened, for people.
    public let message: String
    /// The client is of no more use: close it and make a new one.
    public let isFatal: Bool
    /// The same call, with the same arguments, may succeed.
    public let isRetriable: Bool
    /// The open transaction must be aborted before anything else is done with the producer.
    public let requiresAbort: Bool

    /// Makes an error, for tests and for layers above.
    public init(
        reason: Reason, code: Int32 = 0, codeName: String = "", message: String, isFatal: Bool = false,
        isRetriable: Bool = false, requiresAbort: Bool = false
    ) {
        self.reason = reason
        self.code = code
        self.codeName = codeName
        self.message = message
        self.isFatal = isFatal
        self.isRetriable = isRetriable
        self.requiresAbort = requiresAbort
    }

    /// The message, and the code's name in brackets.
    public var description: String {
        self.codeName.isEmpty ? self.message : "\(self.message) (\(self.codeName))"
    }
}

extension KafkaError {
    /// The ways out of an error of a transaction, in the order in which they must be considered.
    public enum Recovery: Hashable, Sendable {
        /// Close the producer. Nothing that it does will succeed.
        case close
        /// Abort the transaction, go back to the committed offsets, go on.
        case abort
        /// Call the same function again, with the same arguments.
        case retry
    }

    /// What to do about an error that a call of a transaction threw. An error without any mark is treated as fatal.
    public var recovery: Recovery {
        if self.isFatal { return .close }
        if self.requiresAbort { return .abort }
        return self.isRetriable ? .retry : .close
    }
}
