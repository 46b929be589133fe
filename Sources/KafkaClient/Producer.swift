import CRdKafka

/// Sends records, alone or in transactions.
///
/// Use it from one thread. Delivery reports are counted, and handed to the handler, only inside its calls:
/// ``serve(timeout:)``, ``flush(timeout:)`` and those of transactions.
@safe public final class Producer {
    // Safe: the handle is valid until `close`; the argument list belongs to this object and holds pointers only
    // during a call. Everything is used from one thread.
    private var handle: ClientHandle?
    private var topics: [String: Topic] = [:]
    var arguments: ArgumentList
    /// How many ``Transaction``s were dropped without being committed or aborted.
    public internal(set) var forgottenTransactions = 0

    /// Ends a wait from another thread.
    public let waker: Waker

    /// Connects in the background: that no broker can be reached shows as an event, not here.
    ///
    /// - Parameters:
    ///   - settings: librdkafka's settings. For transactions, `transactional.id`.
    ///   - keepsValuesUntilFlushed: Whether values of records lie in memory of the producer's own that is used again once a
    ///     flush or a commit has left nothing outstanding: a little cheaper for who flushes often, while who doesn't has all
    ///     that was ever sent in memory.
    ///   - onDelivery: Told of each record's fate, inside the calls that serve.
    ///   - onEvent: Told of errors and statistics, inside the calls that serve.
    ///   - onLog: Told of librdkafka's log lines, on any thread. Without one they are dropped.
    /// - Throws: ``KafkaError/Reason/misconfigured`` for a name or value that librdkafka refuses.
    public init(
        _ settings: ClientSettings, keepsValuesUntilFlushed: Bool = false,
        onDelivery: ((DeliveryReport) -> Void)? = nil,
        onEvent: ((ClientEvent) -> Void)? = nil, onLog: (@Sendable (LogLine) -> Void)? = nil
    ) throws(KafkaError) {
        let context = ClientContext(settings, onEvent: onEvent, onLog: onLog)
        context.onDelivery = onDelivery
        let handle = try ClientHandle(
            RD_KAFKA_PRODUCER, settings, context, payloads: keepsValuesUntilFlushed ? PayloadMemory() : nil)
        unsafe self.waker = Waker(owning: rd_kafka_queue_get_main(handle.pointer))
        self.handle = handle
        self.arguments = ArgumentList()
    }

    deinit { self.release() }

    /// librdkafka's name of the client, such as `rdkafka#producer-1`.
    public var name: String { self.handle?.name ?? "" }

    /// The error that made the producer useless, if one did.
    public var fatalError: KafkaError? { self.handle?.fatalError }

    /// A topic to send to. The same object for the same name: look it up once, not for each record.
    public func topic(named name: String) throws(KafkaError) -> Topic {
        if let topic = self.topics[name] { return topic }
        let topic = try Topic(name, self.opened())
        self.topics[name] = topic
        return topic
    }

    /// Serves delivery reports and events, after waiting for the first until the timeout.
    ///
    /// - Returns: how many were served.
    @discardableResult
    public func serve(timeout: Duration = .zero) throws(KafkaError) -> Int {
        try unsafe Int(rd_kafka_poll(self.opened().pointer, timeout.wholeMilliseconds))
    }

    /// Sends what is held back by `linger.ms`, and serves until nothing is outstanding or the time is up.
    ///
    /// - Returns: whether nothing is outstanding. What failed is counted, not thrown: see ``takeFailure()``.
    public func flush(timeout: Duration) throws(KafkaError) -> Bool {
        let deadline = Deadline(after: timeout)
        let handle = try self.opened()
        repeat {
            // In slices, so that the queue is served whatever librdkafka's own flush waits for.
            let slice = min(deadline.remaining, .milliseconds(100))
            let code = unsafe rd_kafka_flush(handle.pointer, slice.wholeMilliseconds)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR {
                self.reusePayloads()
                return true
            }
            if code != RD_KAFKA_RESP_ERR__TIMED_OUT { throw KafkaError(code: code) }
            unsafe rd_kafka_poll(handle.pointer, 0)
        } while !deadline.hasPassed
        return self.outstanding == 0
    }

    /// How many records and reports wait to be sent, answered or served.
    public var outstanding: Int { self.handle.map { unsafe Int(rd_kafka_outq_len($0.pointer)) } ?? 0 }

    /// How many records were delivered.
    public var deliveredCount: Int { self.handle?.context.deliveries.delivered ?? 0 }

    /// How many records were not, including those that were purged.
    public var failedCount: Int { self.handle?.context.deliveries.failed ?? 0 }

    /// The first record that wasn't delivered since this was last asked. Records that a purge or an abort threw away
    /// don't count, but a partition that a transaction wasn't allowed to write to does, without a ticket.
    public func takeFailure() -> DeliveryFailure? {
        let refused = self.handle?.context.refused.take()
        return self.handle?.context.deliveries.takeFailure() ?? refused
    }

    /// Throws away all records that are outstanding, also those on their way. Their reports, with
    /// ``KafkaError/Reason/purged``, come when the queue is next served.
    public func purge() throws(KafkaError) {
        let flags = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT
        try unsafe KafkaError.check(rd_kafka_purge(self.opened().pointer, flags))
    }

    /// Wakes another client's wait whenever reports or events come in while none were waiting to be served.
    public func wakeOnReports(_ waker: Waker?) throws(KafkaError) {
        let handle = try self.opened()
        guard let queue = unsafe rd_kafka_queue_get_main(handle.pointer) else { return }
        defer { unsafe rd_kafka_queue_destroy(queue) }
        unsafe rd_kafka_queue_cb_event_enable(queue, nil, nil)
        handle.context.reportWaker = waker
        guard let waker else { return }
        let opaque = unsafe Unmanaged.passUnretained(waker).toOpaque()
        // Another client's queue: librdkafka only forbids calls to the same one here.
        unsafe rd_kafka_queue_cb_event_enable(
            queue,
            { _, opaque in
                guard let opaque = unsafe opaque else { return }
                unsafe Unmanaged<Waker>.fromOpaque(opaque).takeUnretainedValue().wake()
            }, opaque)
    }

    /// Ends the client at once; flush first. What is outstanding is lost, an open transaction is left to time out.
    ///
    /// Further calls throw ``KafkaError/Reason/closed``. Connections end when the last ``Topic`` is gone.
    public func close() {
        self.release()
    }

    /// Uses the memory of values again, if nobody needs it any more: everything was delivered or has failed for good.
    func reusePayloads() {
        if self.outstanding == 0 { self.handle?.payloads?.reuse() }
    }

    func opened() throws(KafkaError) -> ClientHandle {
        guard let handle = self.handle else { throw .closed() }
        return handle
    }

    private func release() {
        if self.handle?.context.reportWaker != nil { try? self.wakeOnReports(nil) }
        self.waker.close()
        self.topics = [:]
        self.handle?.context.onEvent = nil
        self.handle?.context.onDelivery = nil
        self.handle = nil
    }
}
