import Synchronization

/// What a handler answers. `Content-Length`, `Date` and `Connection` are added; to HEAD the body isn't sent.
public struct Response: Sendable {
    /// The status code, from 200 to 599.
    public var status: Int
    /// The headers in their order. One with a line break in it makes the answer a 500.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: Body

    /// An answer.
    public init(status: Int = 200, headers: [(name: String, value: String)] = [], body: Body = Body([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer of plain text.
    public init(status: Int = 200, text: String) {
        self.init(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Body(Array(text.utf8)))
    }
}

/// Bytes that any number of answers share while they are being sent, without copying them.
public final class Body: Sendable {
    /// The bytes.
    public let bytes: [UInt8]
    private let readers = Atomic<Int>(0)

    /// A body. An array that is used elsewhere too is shared with it.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// How many answers are sending it now.
    public var readerCount: Int { self.readers.load(ordering: .relaxed) }

    func beginReading() { self.readers.wrappingAdd(1, ordering: .relaxed) }
    func endReading() { self.readers.wrappingSubtract(1, ordering: .relaxed) }
}
