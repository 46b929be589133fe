import KafkaClient

/// The router's own use of the log: levels, and troubles that are said once and then every minute.
struct RouterLog: Sendable {
    let sink: LogSink
    /// Lines below this level are not made.
    let level: LogLevel

    func info(_ event: String, _ message: @autoclosure () -> String, _ fields: (String, String)...) {
        self.write(.info, event, message, fields)
    }

    func info(_ event: String, _ message: @autoclosure () -> String, _ fields: [(String, String)]) {
        self.write(.info, event, message, fields)
    }

    func warning(_ event: String, _ message: @autoclosure () -> String, _ fields: (String, String)...) {
        self.write(.warning, event, message, fields)
    }

    func warning(_ event: String, _ message: @autoclosure () -> String, _ fields: [(String, String)]) {
        self.write(.warning, event, message, fields)
    }

    func error(_ event: String, _ message: @autoclosure () -> String, _ fields: (String, String)...) {
        self.write(.error, event, message, fields)
    }

    func error(_ event: String, _ message: @autoclosure () -> String, _ fields: [(String, String)]) {
        self.write(.error, event, message, fields)
    }

    func debug(_ event: String, _ message: @autoclosure () -> String, _ fields: (String, String)...) {
        self.write(.debug, event, message, fields)
    }

    /// A line of librdkafka's. Its own warnings come once for each broker and try: what they mean for the router is
    /// said by ``trouble(_:_:_:)``.
    func client(_ line: KafkaClient.LogLine) {
        self.write(.debug, "Librdkafka", { line.message }, [("facility", line.facility), ("client", line.clientName)])
    }

    /// Something that others can mend: said the first time, then once a minute, with the resource's name.
    func trouble(_ health: RouterHealth, _ resource: String, _ error: KafkaError) {
        guard health.troubled(resource) else { return }
        self.warning(
            "Waiting", "waiting: \(resource): \(error)", ("resource", resource), ("reason", error.reason.label))
    }

    private func write(
        _ level: LogLevel, _ event: String, _ message: () -> String, _ fields: [(String, String)]
    ) {
        guard level >= self.level else { return }
        self.sink(
            LogRecord(
                level, event, message(), at: Clock.now(), fields: fields.map { LogRecord.Field($0.0, .text($0.1)) }))
    }
}
