/// Why the router ended, or can't begin: one sentence for the person who can mend it.
public struct SpillwayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing is to be mended.
    public struct Reason: Hashable, Sendable {
        enum Known: String, Sendable { case configuration, topics, refused, instanceTaken, listener }

        let known: Known

        /// A setting has a value that can't work.
        public static let configuration = Reason(known: .configuration)
        /// A topic is missing and may not be created, or has the wrong number of partitions.
        public static let topics = Reason(known: .topics)
        /// The broker refuses the password, the certificate or the mechanism.
        public static let refused = Reason(known: .refused)
        /// Another process runs with the same `kafka.instance_id`.
        public static let instanceTaken = Reason(known: .instanceTaken)
        /// The address for metrics or administration can't be used.
        public static let listener = Reason(known: .listener)

        /// A name with few values.
        public var label: String { self.known.rawValue }
    }

    /// What kind.
    public var reason: Reason
    /// The sentence. It names the setting or the resource.
    public var message: String

    /// An error.
    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// The sentence.
    public var description: String { self.message }
}
