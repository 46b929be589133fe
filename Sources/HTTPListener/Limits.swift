/// What a listener puts up with. The defaults let a scraper in whatever else is connected.
public struct Limits: Hashable, Sendable {
    /// How many connections are kept. When there are more, the oldest idle one is closed. The default is 64.
    public var connections = 64
    /// The memory for a request's line and headers, in bytes; more is answered with 431. The default is 16 KiB.
    public var headerBytes = 16_384
    /// How many headers a request may have; more is answered with 431. The default is 64.
    public var headerFields = 64
    /// The longest target (path and query), in bytes; more is answered with 414. The default is 2 KiB.
    public var targetBytes = 2048
    /// The time from accepting a connection, or from a later request's first line, to the end of the headers, after which
    /// the connection is closed. The default is 5 seconds.
    public var headerDeadline = Duration.seconds(5)
    /// The time from the end of the headers to the last byte of the answer, after which the connection is closed. A
    /// scraper's own timeout shortens it. The default is 10 seconds.
    public var answerDeadline = Duration.seconds(10)
    /// How long a connection is kept between requests. The default is 60 seconds.
    public var idleDeadline = Duration.seconds(60)
    /// How old an answer must be before its connection may be closed to make room. The default is 1 second.
    public var answerGrace = Duration.seconds(1)
    /// How long ``HTTPListener/close()`` lets answers finish. The default is 1 second.
    public var drainDeadline = Duration.seconds(1)

    /// The defaults.
    public init() {}
}
