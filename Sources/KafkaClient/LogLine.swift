/// A line of librdkafka's log.
public struct LogLine: Hashable, Sendable {
    /// How grave it is, as in syslog: 0 is an emergency, 3 an error, 4 a warning, 6 information, 7 debugging.
    public let level: Int32
    /// librdkafka's short word for what it's about, such as `FAIL` or `CONFWARN`.
    public let facility: String
    /// The text, without secrets.
    public let message: String
    /// librdkafka's name of the client, such as `rdkafka#consumer-1`.
    public let clientName: String

    /// Makes a line, for tests.
    public init(level: Int32, facility: String, message: String, clientName: String) {
        self.level = level
        self.facility = facility
        self.message = message
        self.clientName = clientName
    }
}
