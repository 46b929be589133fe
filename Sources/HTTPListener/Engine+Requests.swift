/// What happens on a connection, in the order in which it happens. All of it is called on the engine's thread.
extension Engine {
    func started(socket: Int32) -> Connection {
        let connection = Connection(socket: socket, round: self.round, now: .now)
        self.connections[ObjectIdentifier(connection)] = connection
        return connection
    }

    func closed(_ connection: Connection) {
        self.connections[ObjectIdentifier(connection)] = nil
        self.hasClosed = true
    }

    /// The first line of a request is there.
    func lineRead(_ target: [UInt8], _ connection: Connection) {
        connection.target = target
        switch connection.phase {
        case .fresh(let since): connection.phase = .readingHeaders(since: since)
        case .closing: break
        default: connection.phase = .readingHeaders(since: .now)
        }
    }

    /// The headers are whole.
    ///
    /// - Returns: a refusal after which the connection is closed, as what follows on it can't be trusted or isn't wanted.
    ///   All else is answered when the request is whole, which leaves the connection open.
    func headersRead(
        method: String, headers: [Request.Header], isTargetWhole: Bool, _ connection: Connection
    ) -> Response? {
        let target = connection.target ?? []
        let text = String(decoding: target, as: UTF8.self)
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let request = Request(
            method: method, path: parts.first.map(String.init) ?? "", query: parts.count > 1 ? String(parts[1]) : nil,
            headers: headers, remote: remoteName(of: connection.socket))
        if connection.phase != .closing {
            let patience = self.limits.answerDeadline(
                scrapeTimeout: request.header("X-Prometheus-Scrape-Timeout-Seconds"))
            connection.phase = .answering(since: .now, deadline: .now + patience)
        }
        var exchange = Connection.Exchange(course: .refuse(Response()), request: request)
        let framing = BodyFraming(headers)
        func refuse(_ status: Int, _ text: String, isLast: Bool, headers: [(String, String)] = []) -> Response? {
            var response = Response(status: status, text: text)
            response.headers += headers
            exchange.course = .refuse(response)
            exchange.status = status
            connection.exchange = exchange
            return isLast || framing != .empty ? response : nil
        }

        if target.count > self.limits.targetBytes { return refuse(414, "The target is too long.\n", isLast: true) }
        if headers.count > self.limits.headerFields {
            return refuse(431, "There are too many headers.\n", isLast: true)
        }
        if framing == .ambiguous { return refuse(400, "The length of the body is ambiguous.\n", isLast: true) }
        guard isTargetWhole, target.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return refuse(400, "The target must be ASCII, between single spaces.\n", isLast: true)
        }
        let route: Route
        switch self.router.resolve(method: method, path: request.path) {
        case .found(let found, let parameters):
            route = found
            exchange.request.parameters = parameters
            exchange.route = found.pattern
        case .notFound: return refuse(404, "There is nothing here.\n", isLast: false)
        case .methodNotAllowed(let allow):
            return refuse(405, "The method isn't allowed here.\n", isLast: false, headers: [("Allow", allow)])
        }
        switch framing {
        case .empty, .ambiguous: break
        case .chunked: return refuse(411, "The body needs a Content-Length.\n", isLast: true)
        case .length(let length):
            guard length <= route.bodyLimit else { return refuse(413, "The body is too large.\n", isLast: true) }
        }
        exchange.course = .serve(route)
        connection.exchange = exchange
        return nil
    }

    /// The request is whole.
    func answer(_ exchange: Connection.Exchange, _ connection: Connection) -> Response {
        let response: Response
        switch exchange.course {
        case .refuse(let refusal): response = refusal
        case .serve(let route): response = Self.checked(route.handler(exchange.request))
        }
        connection.exchange?.status = response.status
        return response
    }

    /// The answer is sent, or the connection is lost.
    func completed(_ connection: Connection, isComplete: Bool) {
        if let exchange = connection.exchange {
            self.report(
                .answered(
                    status: exchange.status ?? 0, route: exchange.route, isComplete: isComplete))
        } else if connection.phase != .closing {
            self.report(.refused)
        }
        connection.exchange = nil
        connection.target = nil
        if connection.phase != .closing { connection.phase = .idle(since: .now) }
    }

    /// An answer that can be sent: a handler's mistake becomes a 500 rather than a broken connection.
    private static func checked(_ response: Response) -> Response {
        let isSound =
            (200...599).contains(response.status)
            && response.headers.allSatisfy { name, value in
                !name.isEmpty && !name.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: ":") || $0 >= 0x7f }
                    && !value.isEmpty && !value.utf8.contains { $0 < 0x20 || $0 == 0x7f }
            }
        return isSound ? response : Response(status: 500, text: "The answer could not be made.\n")
    }
}

/// What a request's headers say about its body.
enum BodyFraming: Hashable {
    case empty
    case length(Int)
    case chunked
    /// Two servers could read it differently: both framings, more than one of either, or a length that is no number.
    case ambiguous

    init(_ headers: [Request.Header]) {
        let lengths = headers.filter { $0.name.lowercased() == "content-length" }
        let codings = headers.filter { $0.name.lowercased() == "transfer-encoding" }
        switch (lengths.count, codings.count) {
        case (0, 0): self = .empty
        case (0, 1): self = .chunked
        case (1, 0):
            let digits = lengths[0].value
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                self = .ambiguous
                return
            }
            // A length that doesn't fit into an integer is too large for every route.
            let length = Int(digits) ?? .max
            self = length == 0 ? .empty : .length(length)
        default: self = .ambiguous
        }
    }
}
