/// What happened on a listener, for counters.
public enum HTTPEvent: Hashable, Sendable {
    /// Why the listener closed a connection on its own.
    public enum DropReason: String, Hashable, Sendable, CaseIterable {
        /// The headers didn't end in time.
        case slowHeaders
        /// The answer wasn't read, or the body not sent, in time.
        case slowAnswer
        /// No request came.
        case idle
        /// Another connection needed the room.
        case noRoom
    }

    /// A request was answered. The route is the pattern as declared, nil where none fits. It isn't complete where the peer
    /// went away, or was too slow, before the last byte.
    case answered(status: Int, route: String?, isComplete: Bool)
    /// A request was refused, or its peer went away, after its first line and before its headers were whole. What has no
    /// readable first line is refused without being reported.
    case refused
    /// The listener closed a connection on its own.
    case dropped(DropReason)
}
