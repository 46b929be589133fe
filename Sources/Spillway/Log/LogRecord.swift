/// Something that happened, for the log.
public struct LogRecord: Hashable, Sendable {
    /// A detail that is worth a name of its own.
    public struct Field: Hashable, Sendable {
        /// Its name, in snake_case.
        public var name: String
        /// Its value.
        public var value: Value

        /// Names a value.
        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// A field's value.
    public enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int)
        case number(Double)
        case boolean(Bool)
    }

    /// When it happened, in Unix seconds.
    public var time: Double
    /// How much it matters.
    public var level: LogLevel
    /// What happened, as a name that stays the same: `ready`, `RetryBudgetExhausted`.
    public var event: String
    /// What happened, as a sentence for people.
    public var message: String
    /// The details.
    public var fields: [Field]

    /// Notes what happened.
    public init(
        _ level: LogLevel, _ event: String, _ message: String, at time: Double, fields: [Field] = []
    ) {
        self.time = time
        self.level = level
        self.event = event
        self.message = message
        self.fields = fields
    }

    /// Notes what happened now, by the system's clock.
    public init(
        _ level: LogLevel, _ event: String, _ message: String, _ fields: KeyValuePairs<String, Value> = [:]
    ) {
        self.init(level, event, message, at: WallClock.now(), fields: fields.map { Field($0.key, $0.value) })
    }
}

/// Where log records go: a closure that returns at once and may be called from any thread.
public typealias LogSink = @Sendable (LogRecord) -> Void

extension LogRecord.Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }

    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// True or false.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}
