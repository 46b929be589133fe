/// A method and a path, and what answers them.
public struct Route: Sendable {
    /// Answers a request. It runs on the listener's thread, one at a time, so it must be quick and never wait.
    public typealias Handler = @Sendable (Request) -> Response

    /// The method. A route for `GET` answers `HEAD` too.
    public let method: String
    /// The path: segments that are compared byte by byte, and `{name}` for one segment of any content.
    public let pattern: String
    /// The largest body, in bytes; more is answered with 413. The default of 0 refuses every body.
    public let bodyLimit: Int
    let handler: Handler
    private let segments: [Segment]

    private enum Segment: Sendable {
        case literal(Substring)
        case parameter(String)
    }

    /// A route.
    ///
    /// - Parameters:
    ///   - method: `GET`, `POST` and so on.
    ///   - pattern: begins with a slash: `/metrics`, `/v1/jobs/{definition}/events`.
    ///   - bodyLimit: the largest body, in bytes. The default is 0.
    ///   - handler: answers. It runs on the listener's thread, so it must be quick.
    public init(_ method: String, _ pattern: String, bodyLimit: Int = 0, handler: @escaping Handler) {
        precondition(pattern.hasPrefix("/"), "a route's pattern begins with a slash")
        self.method = method
        self.pattern = pattern
        self.bodyLimit = bodyLimit
        self.handler = handler
        self.segments = Self.split(pattern).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(segment)
        }
    }

    /// A route for `GET` and `HEAD`.
    public init(_ pattern: String, handler: @escaping Handler) {
        self.init("GET", pattern, handler: handler)
    }

    static func split(_ path: String) -> [Substring] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The parameters, where the path's segments fit. Literal segments are never decoded, so each path has one spelling.
    func match(_ path: [Substring]) -> [String: String]? {
        guard path.count == self.segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, text) in zip(self.segments, path) {
            switch segment {
            case .literal(let literal):
                guard literal == text else { return nil }
            case .parameter(let name):
                guard !text.isEmpty, let value = percentDecoded(text) else { return nil }
                parameters[name] = value
            }
        }
        return parameters
    }
}

/// Finds the route of a request.
struct Router: Sendable {
    enum Resolution {
        case found(Route, parameters: [String: String])
        case notFound
        /// The path is there for other methods: `GET, HEAD`.
        case methodNotAllowed(allow: String)
    }

    let routes: [Route]

    func resolve(method: String, path: String) -> Resolution {
        guard path.hasPrefix("/") else { return .notFound }
        let segments = Route.split(path)
        var allowed: [String] = []
        for route in self.routes {
            guard let parameters = route.match(segments) else { continue }
            if route.method == method || (route.method == "GET" && method == "HEAD") {
                return .found(route, parameters: parameters)
            }
            allowed += route.method == "GET" ? ["GET", "HEAD"] : [route.method]
        }
        return allowed.isEmpty ? .notFound : .methodNotAllowed(allow: allowed.joined(separator: ", "))
    }
}
