import CRdKafka

/// A number by which brokers (positive) and librdkafka (negative) name an error.
public struct ErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number.
    public let rawValue: Int32

    /// Takes any number, also one that has no name here.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The broker doesn't know the topic or the partition.
    public static let unknownTopicOrPartition = ErrorCode(rawValue: 3)
    /// Another broker leads the partition.
    public static let notLeaderForPartition = ErrorCode(rawValue: 6)
    /// The broker gave up waiting.
    public static let requestTimedOut = ErrorCode(rawValue: 7)
    /// The record is larger than the broker takes.
    public static let messageSizeTooLarge = ErrorCode(rawValue: 10)
    /// The coordinator is still reading its log.
    public static let coordinatorLoadInProgress = ErrorCode(rawValue: 14)
    /// There is no coordinator.
    public static let coordinatorNotAvailable = ErrorCode(rawValue: 15)
    /// Another broker coordinates the group or the transactional id.
    public static let notCoordinator = ErrorCode(rawValue: 16)
    /// The group has moved on without this member.
    public static let illegalGeneration = ErrorCode(rawValue: 22)
    /// The group doesn't know this member.
    public static let unknownMember = ErrorCode(rawValue: 25)
    /// An ACL on the topic is missing.
    public static let topicAuthorizationFailed = ErrorCode(rawValue: 29)
    /// An ACL on the group is missing.
    public static let groupAuthorizationFailed = ErrorCode(rawValue: 30)
    /// A newer producer has the transactional id (the old word for it).
    public static let invalidProducerEpoch = ErrorCode(rawValue: 47)
    /// The transaction isn't in a state in which this can be done.
    public static let invalidTransactionState = ErrorCode(rawValue: 48)
    /// An earlier transaction is still being completed.
    public static let concurrentTransactions = ErrorCode(rawValue: 51)
    /// An ACL on the transactional id is missing.
    public static let transactionalIDAuthorizationFailed = ErrorCode(rawValue: 53)
    /// Another member has the `group.instance.id`.
    public static let fencedInstance = ErrorCode(rawValue: 82)
    /// A newer producer has the transactional id.
    public static let producerFenced = ErrorCode(rawValue: 90)
    /// The connection broke. A ``TestCluster`` that is told to answer with it disconnects.
    public static let transport = ErrorCode(rawValue: -195)

    /// librdkafka's name for it, such as `TOPIC_AUTHORIZATION_FAILED`.
    public var description: String {
        guard let name = unsafe rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: self.rawValue)) else { return "" }
        return unsafe String(cString: name)
    }

    var native: rd_kafka_resp_err_t { rd_kafka_resp_err_t(rawValue: self.rawValue) }
}
