import KafkaClient
import SpillwayCore
import SpillwayMessages

/// Sends what sites have to say.
///
/// Its uses of `unsafe` are views of its own buffers as raw bytes, which the client copies during the call.
final class SiteWriter {
    private let producer: Producer
    private let heartbeats: Producer.Topic
    private let events: Producer.Topic
    private var value = JSONWriter()
    private var key = JSONWriter(capacity: 256)
    private var headers = HeaderList()

    /// How long a full queue may stay full.
    private static let patience = 100

    init(_ topics: SiteTopics, onLog: (@Sendable (LogLine) -> Void)?) throws(KafkaError) {
        self.producer = try Producer(topics.producer, onLog: onLog)
        self.heartbeats = try self.producer.topic(named: topics.heartbeats)
        self.events = try self.producer.topic(named: topics.events)
    }

    /// Lets the client report what was delivered.
    func serve() throws(KafkaError) {
        try self.producer.serve()
    }

    /// Sends what is open.
    ///
    /// - Returns: whether everything was.
    func flush(timeout: Duration) throws(KafkaError) -> Bool {
        try self.producer.flush(timeout: timeout)
    }

    func close() {
        self.producer.close()
    }

    func send(_ heartbeat: ManagerHeartbeat) throws(KafkaError) {
        self.value.removeAll()
        self.value.encode(heartbeat)
        self.setKey(heartbeat.datacenterID, heartbeat.managerID)
        try self.patiently { () throws(KafkaError) in
            try unsafe self.producer.send(self.value.span.bytes, key: self.key.span.bytes, to: self.heartbeats)
        }
    }

    /// Says that the manager is gone: the view drops it at once.
    func sendTombstone(_ settings: SiteSettings) throws(KafkaError) {
        self.setKey(settings.datacenterID, settings.managerID)
        try self.patiently { () throws(KafkaError) in
            try unsafe self.producer.send(nil, key: self.key.span.bytes, to: self.heartbeats)
        }
    }

    func send(_ outcome: TaskOutcome, at now: UnixSeconds) throws(KafkaError) {
        self.value.removeAll()
        self.value.encode(outcome, timestamp: now)
        self.headers.removeAll()
        self.headers.append("ce_type", Event.taskOutcome(outcome).type.rawValue)
        try self.patiently { () throws(KafkaError) in
            try unsafe self.producer.send(
                self.value.span.bytes, key: outcome.routingKey.utf8.span.bytes, to: self.events, headers: self.headers)
        }
    }

    private func setKey(_ datacenterID: String, _ managerID: String) {
        self.key.removeAll()
        self.key.write(heartbeatKeyOf: managerID, in: datacenterID)
    }

    /// Waits for room where the queue is full, for ten seconds at most.
    private func patiently(_ send: () throws(KafkaError) -> Void) throws(KafkaError) {
        for _ in 0..<Self.patience {
            do throws(KafkaError) {
                return try send()
            } catch where error.reason == .queueFull {
                try self.producer.serve(timeout: .milliseconds(100))
            }
        }
        try send()
    }
}
