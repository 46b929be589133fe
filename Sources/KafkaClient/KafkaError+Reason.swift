extension KafkaError {
    /// What kind of failure it is. New reasons may be added; switch with a default.
    public struct Reason: Hashable, Sendable, CustomStringConvertible {
        enum Known: String, Sendable {
            case queueFull, timedOut, fenced, instanceFenced, illegalGeneration, misconfigured, unknownTopic
            case notAuthorized, authentication, unreachable, tooLarge, purged, alreadyExists, offsetOutOfRange
            case pollTooLate, unsupported, wrongState, closed, other
        }

        let known: Known

        /// The producer holds as many records as it may. Serve its delivery reports, then try again.
        public static let queueFull = Reason(known: .queueFull)
        /// It took longer than it was given.
        public static let timedOut = Reason(known: .timedOut)
        /// Another producer took over this transactional id. This one is of no more use.
        public static let fenced = Reason(known: .fenced)
        /// Another consumer took over this static member's `group.instance.id`. This one is of no more use.
        public static let instanceFenced = Reason(known: .instanceFenced)
        /// The group has moved on without this member.
        public static let illegalGeneration = Reason(known: .illegalGeneration)
        /// A setting's name or value was refused.
        public static let misconfigured = Reason(known: .misconfigured)
        /// The topic or the partition doesn't exist.
        public static let unknownTopic = Reason(known: .unknownTopic)
        /// An ACL is missing.
        public static let notAuthorized = Reason(known: .notAuthorized)
        /// The broker refused the credentials, or TLS failed.
        public static let authentication = Reason(known: .authentication)
        /// No broker can be reached, resolved or spoken to.
        public static let unreachable = Reason(known: .unreachable)
        /// The record or the batch is larger than allowed.
        public static let tooLarge = Reason(known: .tooLarge)
        /// The record was thrown away on this side, by a purge or by an abort.
        public static let purged = Reason(known: .purged)
        /// What was to be created is there.
        public static let alreadyExists = Reason(known: .alreadyExists)
        /// The offset is no longer, or not yet, in the log, or there is none to start from.
        public static let offsetOutOfRange = Reason(known: .offsetOutOfRange)
        /// The consumer polled later than `max.poll.interval.ms` allows, and was taken out of its group.
        public static let pollTooLate = Reason(known: .pollTooLate)
        /// The broker or this librdkafka can't do it.
        public static let unsupported = Reason(known: .unsupported)
        /// The call doesn't fit the state that the client is in.
        public static let wrongState = Reason(known: .wrongState)
        /// The client has been closed.
        public static let closed = Reason(known: .closed)
        /// Anything else: see the code.
        public static let other = Reason(known: .other)

        /// A name that is safe as a metric's label: there are only so many.
        public var label: String { self.known.rawValue }

        /// The label.
        public var description: String { self.label }
    }
}
