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
        self.headers.removeAll()
        try self.send(
            self.value.bytes, key: self.key(heartbeat.datacenterID, heartbeat.managerID), to: self.heartbeats)
    }

    /// Says that the manager is gone: the view drops it at once.
    func sendTombstone(_ settings: SiteSettings) throws(KafkaError) {
        self.headers.removeAll()
        try self.send(nil, key: self.key(settings.datacenterID, settings.managerID), to: self.heartbeats)
    }

    func send(_ outcome: TaskOutcome, at now: UnixSeconds) throws(KafkaError) {
        self.value.removeAll()
        self.value.encode(outcome, timestamp: now)
        self.headers.removeAll()
        self.headers.append("ce_type", Event.taskOutcome(outcome).type.rawValue)
        try self.send(self.value.bytes, key: Array(outcome.routingKey.utf8), to: self.events)
    }

    private func key(_ datacenterID: String, _ managerID: String) -> [UInt8] {
        self.key.removeAll()
        self.key.write(heartbeatKeyOf: managerID, in: datacenterID)
        return self.key.bytes
    }

    /// Sends a record; waits for room where the queue is full, for ten seconds at most.
    private func send(_ value: [UInt8]?, key: [UInt8], to topic: Producer.Topic) throws(KafkaError) {
        for _ in 0..<Self.patience {
            do throws(KafkaError) {
                if let value {
                    return try unsafe self.producer.send(
                        value.span.bytes, key: key.span.bytes, to: topic, headers: self.headers)
                }
                return try unsafe self.producer.send(nil, key: key.span.bytes, to: topic)
            } catch {
                guard error.reason == .queueFull else { throw error }
                try self.producer.serve(timeout: .milliseconds(100))
            }
        }
        throw KafkaError(reason: .queueFull, message: "the queue of what is to be sent stays full")
    }
}
