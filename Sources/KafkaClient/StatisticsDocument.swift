/// Statistics as librdkafka wrote them. Reading them takes some 100 µs, which may be spent on any thread.
public struct StatisticsDocument: Sendable {
    /// The JSON text.
    public let json: [UInt8]

    /// Takes a text of librdkafka's.
    public init(json: [UInt8]) {
        self.json = json
    }

    /// The numbers in it, or nil if it isn't what librdkafka writes.
    public func decoded() -> Statistics? {
        Statistics(json: self.json)
    }
}
