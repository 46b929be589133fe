import CRdKafka

/// Looks at a cluster and changes what is in it. Each call waits for its answer, for as long as it's told.
///
/// Use it from one thread. It never creates a topic by looking for it, unlike a producer.
@safe public final class Admin {
    // Safe: valid until `close`, and used from one thread.
    private var handle: ClientHandle?
    private let settings: ClientSettings
    /// In no group, but told of one whose offsets were asked for last.
    private var asker: (group: String, isStable: Bool, consumer: Consumer)?

    /// Connects in the background: that no broker can be reached shows in the first call.
    ///
    /// - Throws: ``KafkaError/Reason/misconfigured`` for a name or value that librdkafka refuses.
    public init(
        _ settings: ClientSettings, onLog: (@Sendable (LogLine) -> Void)? = nil
    ) throws(KafkaError) {
        // A consumer's handle, because a producer's asks the broker to create the topics that it looks for. Without
        // the settings of one that would make it join something.
        var settings = settings
        settings["group.id"] = nil
        settings["group.instance.id"] = nil
        settings["transactional.id"] = nil
        settings["allow.auto.create.topics"] = "false"
        self.settings = settings
        let context = ClientContext(settings, onEvent: nil, onLog: onLog)
        self.handle = try ClientHandle(RD_KAFKA_CONSUMER, settings, context)
    }

    /// Ends the client. Further calls throw ``KafkaError/Reason/closed``.
    public func close() {
        self.asker = nil
        self.handle = nil
    }

    /// A consumer that is told of a group and never joins it.
    func asker(ofGroup group: String, isStable: Bool) throws(KafkaError) -> Consumer {
        _ = try self.opened()
        if let asker = self.asker, asker.group == group, asker.isStable == isStable { return asker.consumer }
        let consumer = try Consumer(
            self.settings.merging([
                "group.id": group, "enable.auto.commit": "false",
                "isolation.level": isStable ? "read_committed" : "read_uncommitted",
            ]))
        self.asker = (group, isStable, consumer)
        return consumer
    }

    func opened() throws(KafkaError) -> ClientHandle {
        guard let handle = self.handle else { throw .closed() }
        return handle
    }

    /// Sends a request with options, waits for its result and lends it.
    func perform<Result>(
        _ kind: rd_kafka_admin_op_t, timeout: Duration,
        request: (_ client: OpaquePointer, _ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void,
        read: (_ event: OpaquePointer) throws(KafkaError) -> Result
    ) throws(KafkaError) -> Result {
        let client = try unsafe self.opened().pointer
        let queue = unsafe rd_kafka_queue_new(client)
        defer { unsafe rd_kafka_queue_destroy(queue) }
        let options = unsafe rd_kafka_AdminOptions_new(client, kind)
        defer { unsafe rd_kafka_AdminOptions_destroy(options) }
        var text = [CChar](repeating: 0, count: 256)
        let milliseconds = max(1, timeout.wholeMilliseconds)
        try unsafe KafkaError.check(
            rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, &text, text.count))
        if kind == RD_KAFKA_ADMIN_OP_CREATETOPICS || kind == RD_KAFKA_ADMIN_OP_DELETETOPICS {
            // Until all brokers know, so that the next call finds what this one made.
            try unsafe KafkaError.check(
                rd_kafka_AdminOptions_set_operation_timeout(options, milliseconds, &text, text.count))
        }
        unsafe request(client, options, queue)
        // librdkafka answers by its own deadline; the grace is for its thread.
        let deadline = Deadline(after: timeout + .seconds(2))
        repeat {
            guard let event = unsafe rd_kafka_queue_poll(queue, deadline.remaining.wholeMilliseconds) else { continue }
            defer { unsafe rd_kafka_event_destroy(event) }
            let code = unsafe rd_kafka_event_error(event)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw unsafe KafkaError(
                    code: code, message: rd_kafka_event_error_string(event).map { unsafe String(cString: $0) })
            }
            return try unsafe read(event)
        } while !deadline.hasPassed
        throw KafkaError(code: RD_KAFKA_RESP_ERR__TIMED_OUT)
    }
}

extension KafkaError {
    /// An error of a part of an answer, or nil where it went well.
    static func partial(_ code: rd_kafka_resp_err_t, _ text: UnsafePointer<CChar>?) -> KafkaError? {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return unsafe KafkaError(code: code, message: text.map { unsafe String(cString: $0) })
    }
}
