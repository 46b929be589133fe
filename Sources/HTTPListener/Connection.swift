/// A connection of the listener: what it is doing, and since when.
///
/// Only the listener's thread touches it.
final class Connection {
    enum Phase: Hashable {
        /// Accepted, and no first line yet.
        case fresh(since: ContinuousClock.Instant)
        /// Between two requests.
        case idle(since: ContinuousClock.Instant)
        /// The first line is read, the headers are not whole.
        case readingHeaders(since: ContinuousClock.Instant)
        /// The headers are whole, the answer isn't sent.
        case answering(since: ContinuousClock.Instant, deadline: ContinuousClock.Instant)
        /// Shut down by the listener, and not yet taken away.
        case closing
    }

    /// A request from the end of its headers to the end of its answer.
    struct Exchange {
        enum Course {
            case refuse(Response)
            case serve(Route)
        }

        var course: Course
        var request: Request
        var route: String?
        /// Of the answer, once there is one.
        var status: Int?
    }

    let socket: Int32
    /// The engine's round in which it was accepted.
    let startedInRound: Int
    var phase: Phase
    /// The target of the request whose headers are being read, byte for byte.
    var target: [UInt8]?
    /// Where libmicrohttpd must find the version: behind the target and one space. It reads text that ends in a zero, so a
    /// zero within the target shows only here.
    var expectedVersion: UInt?
    var exchange: Exchange?

    init(socket: Int32, round: Int, now: ContinuousClock.Instant) {
        self.socket = socket
        self.startedInRound = round
        self.phase = .fresh(since: now)
    }
}

/// When a connection is to be closed, and which one makes room. It decides and does nothing itself.
extension Limits {
    /// When a connection in this phase is to be closed, and why.
    func deadline(_ phase: Connection.Phase) -> (instant: ContinuousClock.Instant, reason: HTTPEvent.DropReason)? {
        switch phase {
        case .fresh(let since): (since + self.headerDeadline, .slowHeaders)
        case .readingHeaders(let since): (since + self.headerDeadline, .slowHeaders)
        case .idle(let since): (since + self.idleDeadline, .idle)
        case .answering(_, let deadline): (deadline, .slowAnswer)
        case .closing: nil
        }
    }

    /// From when on a connection in this phase may be closed for another one: idle ones at once, answers after a while.
    /// The lower the rank, the sooner.
    func replaceable(_ phase: Connection.Phase) -> (rank: Int, since: ContinuousClock.Instant)? {
        switch phase {
        case .idle(let since): (0, since)
        case .fresh(let since): (1, since)
        case .readingHeaders(let since): (1, since)
        case .answering(let since, _): (2, since + self.answerGrace)
        case .closing: nil
        }
    }

    /// How long an answer may take to a scraper that gives up after the time it names: half a second less, so that it
    /// sees the connection close rather than its own timeout.
    func answerDeadline(scrapeTimeout: String?) -> Duration {
        guard let scrapeTimeout, let seconds = Double(scrapeTimeout), seconds > 0, seconds.isFinite else {
            return self.answerDeadline
        }
        let shortest = min(Duration.milliseconds(100), self.answerDeadline)
        return max(shortest, min(self.answerDeadline, .seconds(min(seconds, 3600)) - .milliseconds(500)))
    }
}
