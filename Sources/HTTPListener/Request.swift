/// A request as a handler sees it.
public struct Request: Sendable {
    /// One header. Names are compared without regard to case.
    public struct Header: Hashable, Sendable {
        /// The name as it was sent.
        public var name: String
        /// The value, with bytes that are not UTF-8 replaced.
        public var value: String
    }

    /// `GET`, `HEAD`, `POST` and so on.
    public var method: String
    /// The path as it was sent, not decoded: `/v1/jobs/a%20b`.
    public var path: String
    /// What follows the question mark as it was sent, or nil without one.
    public var query: String?
    /// The decoded segments that stand for the route's `{names}`.
    public var parameters: [String: String]
    /// The headers in their order.
    public var headers: [Header]
    /// The body; empty for a route without a limit for it.
    public var body: [UInt8]
    /// The peer's address and port: `127.0.0.1:40112`.
    public var remote: String

    /// A request, for testing a handler without a socket.
    public init(
        method: String = "GET", path: String, query: String? = nil, parameters: [String: String] = [:],
        headers: [Header] = [], body: [UInt8] = [], remote: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.parameters = parameters
        self.headers = headers
        self.body = body
        self.remote = remote
    }

    /// A header's value, those of headers of the same name joined by `, `, or nil without one.
    public func header(_ name: String) -> String? {
        let values = self.headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The first value of a name in the query, decoded; empty for a name without `=`, nil where it isn't there or can't
    /// be decoded.
    public func queryValue(_ name: String) -> String? {
        for pair in (self.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = parts.first, percentDecoded(key, plusIsSpace: true) == name else { continue }
            return parts.count == 1 ? "" : percentDecoded(parts[1], plusIsSpace: true)
        }
        return nil
    }
}

extension Request.Header {
    /// A header, for testing a handler without a socket.
    public init(_ name: String, _ value: String) {
        self.init(name: name, value: value)
    }
}

/// Text with `%41` read as `A`, or nil where that is malformed, gives a zero, or isn't UTF-8.
func percentDecoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit) else { return nil }
            bytes.append(high << 4 | low)
        case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
        default: bytes.append(byte)
        }
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
