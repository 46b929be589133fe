/// Why a listener could not be started.
public struct HTTPListenerError: Error, Hashable, CustomStringConvertible {
    /// What to do about it. New reasons may be added; switch with a default.
    public struct Reason: Hashable, Sendable {
        enum Known: String { case invalidAddress, cannotBind, outOfResources }
        let known: Known

        /// The address isn't an IP address and a port.
        public static let invalidAddress = Reason(known: .invalidAddress)
        /// The address can't be bound: taken, not of this machine, or not allowed.
        public static let cannotBind = Reason(known: .cannotBind)
        /// There are no descriptors, threads or memory left.
        public static let outOfResources = Reason(known: .outOfResources)

        /// A name that is safe as a metric's label: there are only so many.
        public var label: String { self.known.rawValue }
    }

    /// What to do about it.
    public var reason: Reason
    /// The address as it was given.
    public var address: String
    /// What went wrong, for people.
    public var message: String

    /// The address and the message.
    public var description: String { "can't listen on \(self.address): \(self.message)" }
}
