import CRdKafka

/// Reads records, as a member of a group (``subscribe(to:)``) or on its own (``assign(_:)``).
///
/// Everything happens on the thread that calls: use it from one thread only, the one that polls. Rebalances, events and
/// statistics run inside ``poll(into:timeout:)`` there. Only a ``Waker`` and the log go across threads.
@safe public final class Consumer {
    // Safe: the handle and the queue are valid until `close`, which ends both; everything is used from one thread.
    private var handle: ClientHandle?
    /// Where to start without a group that knows, or nil where there is one.
    let startWithoutGroup: Int64?
    private var queue: OpaquePointer?
    private let onRebalance: RebalanceHandler?
    /// Partitions that went while records of theirs were being taken out of the queue.
    private var goneWhileDraining: [TopicPartition] = []
    private var cameWhileDraining: [TopicPartition] = []
    private var isDraining = false
    /// The handler knows already that all partitions go.
    private var hasToldLast = false
    private var heldTopics: [String: OpaquePointer] = unsafe [:]

    /// Ends a wait from another thread. It's Sendable, and stays harmless after the consumer has been closed.
    public let waker: Waker

    /// Connects in the background: that no broker can be reached shows as an event, not here.
    ///
    /// - Parameters:
    ///   - settings: librdkafka's settings. Without `group.id`, only ``assign(_:)`` reads, and nothing is committed.
    ///   - onRebalance: Runs inside each rebalance, before it takes effect. Without one, reading simply follows.
    ///   - onEvent: Told of errors, ends of partitions and statistics, inside ``poll(into:timeout:)``.
    ///   - onLog: Told of librdkafka's log lines, on any thread. Without one they are dropped.
    /// - Throws: ``KafkaError/Reason/misconfigured`` for a name or value that librdkafka refuses.
    public init(
        _ settings: ClientSettings, onRebalance: RebalanceHandler? = nil, onEvent: ((ClientEvent) -> Void)? = nil,
        onLog: (@Sendable (LogLine) -> Void)? = nil
    ) throws(KafkaError) {
        var settings = settings
        self.startWithoutGroup = settings["group.id"] == nil ? Self.start(settings["auto.offset.reset"]) : nil
        if self.startWithoutGroup != nil {
            // librdkafka reads nothing without a group's name, but only asks who coordinates it.
            settings["group.id"] = Self.placeholderGroup
            settings["enable.auto.commit"] = "false"
        }
        let context = ClientContext(settings, onEvent: onEvent, onLog: onLog)
        context.isWithoutGroup = self.startWithoutGroup != nil
        let handle = try ClientHandle(RD_KAFKA_CONSUMER, settings, context)
        // Errors, statistics and rebalances then come out of the one queue that is polled.
        unsafe rd_kafka_poll_set_consumer(handle.pointer)
        unsafe self.queue = rd_kafka_queue_get_consumer(handle.pointer)
        unsafe self.waker = Waker(owning: rd_kafka_queue_get_consumer(handle.pointer))
        self.handle = handle
        self.onRebalance = onRebalance
        context.consumer = self
    }

    deinit { self.release() }

    /// librdkafka's name of the client, such as `rdkafka#consumer-1`.
    public var name: String { self.handle?.name ?? "" }

    /// The error that made the consumer useless, if one did.
    public var fatalError: KafkaError? { self.handle?.fatalError }

    /// Reads what there is, after waiting for the first record until the timeout.
    ///
    /// The batch's former records are given up. It returns early, with 0, after ``wake()``; events and rebalances are
    /// served on the way and don't end the wait. Records with errors are never in the batch: they come as events.
    ///
    /// - Returns: how many records the batch holds.
    /// - Throws: the fatal error, once there is one, and ``KafkaError/Reason/closed``.
    public func poll(into batch: inout RecordBatch, timeout: Duration) throws(KafkaError) -> Int {
        let handle = try self.opened()
        batch.clear()
        // One with the timeout, the rest without: librdkafka would wait for a full batch otherwise.
        var filled = unsafe max(
            0, rd_kafka_consume_batch_queue(self.queue, timeout.wholeMilliseconds, batch.messages, 1))
        if filled == 1, batch.capacity > 1 {
            self.isDraining = true
            filled += unsafe max(
                0, rd_kafka_consume_batch_queue(self.queue, 0, batch.messages + 1, batch.capacity - 1))
            self.isDraining = false
        }
        for index in 0..<filled {
            guard let message = unsafe batch.messages[index] else { continue }
            if unsafe message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR { unsafe self.report(message, handle) }
        }
        if self.goneWhileDraining.isEmpty {
            unsafe batch.keep(filled, of: handle) { _ in false }
        } else {
            try self.dropGone(filled, from: &batch, handle)
        }
        if handle.context.mayBeFatal {
            handle.context.mayBeFatal = false
            if let error = handle.fatalError { throw error }
        }
        return batch.count
    }

    /// Makes the poll that is under way, or else the next one, return at once. See ``waker`` for other threads.
    public func wake() {
        self.waker.wake()
    }

    /// Leaves the group and ends the client. The rebalance handler runs a last time, for what is still assigned.
    ///
    /// It waits for the broker's answer, a few seconds at worst. Further calls throw ``KafkaError/Reason/closed``.
    /// Connections end when the last batch with records of this consumer has been given up.
    public func close() throws(KafkaError) {
        guard let handle = self.handle else { return }
        if handle.isCooperative, let partitions = try? self.assignment(), !partitions.isEmpty {
            // librdkafka 2.0 leaves a cooperative group before it says so, when nothing can be committed any more.
            _ = self.onRebalance?(self, (try? self.isAssignmentLost) == true ? .lost(partitions) : .revoked(partitions))
            self.hasToldLast = true
        }
        let code = unsafe rd_kafka_consumer_close(handle.pointer)
        self.release()
        try KafkaError.check(code)
    }

    func opened() throws(KafkaError) -> ClientHandle {
        guard let handle = self.handle else { throw .closed() }
        return handle
    }

    /// The client, where it reads in a group.
    func openedInGroup() throws(KafkaError) -> ClientHandle {
        guard self.startWithoutGroup == nil else {
            throw KafkaError(reason: .misconfigured, message: "A consumer without group.id is in no group")
        }
        return try self.opened()
    }

    private static let placeholderGroup = "none"

    private static func start(_ reset: String?) -> Int64 {
        switch reset {
        case "earliest", "smallest", "beginning": Offset.beginning
        default: Offset.end
        }
    }

    /// A topic's identity, before any record of it has come. It stays the topic's own until the consumer is closed.
    public func identity(ofTopic name: String) throws(KafkaError) -> TopicIdentity {
        let handle = try self.opened()
        if let topic = unsafe self.heldTopics[name] { return unsafe TopicIdentity(topic) }
        guard let topic = unsafe rd_kafka_topic_new(handle.pointer, name, nil) else {
            throw KafkaError(code: rd_kafka_last_error())
        }
        unsafe self.heldTopics[name] = unsafe topic
        return unsafe TopicIdentity(topic)
    }

    private func release() {
        self.waker.close()
        unsafe self.heldTopics.values.forEach { unsafe rd_kafka_topic_destroy($0) }
        unsafe self.heldTopics = [:]
        if let queue = unsafe self.queue { unsafe rd_kafka_queue_destroy(queue) }
        unsafe self.queue = nil
        self.handle?.context.onEvent = nil
        self.handle = nil
    }

    private func report(_ message: UnsafePointer<rd_kafka_message_t>, _ handle: ClientHandle) {
        let code = unsafe message.pointee.err
        if code == RD_KAFKA_RESP_ERR__FATAL { handle.context.mayBeFatal = true }
        guard let onEvent = handle.context.onEvent, !handle.context.isAboutNoGroup(code) else { return }
        let text = unsafe rd_kafka_message_errstr(message).map { unsafe String(cString: $0) }
        let error = KafkaError(code: code, message: text.map(handle.context.mask.masking))
        guard let topic = unsafe message.pointee.rkt, let name = unsafe rd_kafka_topic_name(topic) else {
            return onEvent(.error(error))
        }
        let partition = unsafe TopicPartition(String(cString: name), message.pointee.partition)
        if code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
            unsafe onEvent(.endOfPartition(PartitionOffset(partition, message.pointee.offset)))
        } else {
            onEvent(.partitionError(partition, error))
        }
    }
}

// MARK: - Rebalancing

extension Consumer {
    /// Runs the user's handler, then does what the group decided. Called by librdkafka inside a poll or a close.
    func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        let partitions = unsafe PartitionList.partitions(of: list)
        let isCooperative = unsafe ClientHandle.isCooperative(client)
        do throws(KafkaError) {
            switch code {
            case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
                if self.isDraining { self.cameWhileDraining += partitions }
                let starts = self.onRebalance?(self, .assigned(partitions)) ?? []
                for start in starts {
                    _ = unsafe rd_kafka_topic_partition_list_set_offset(
                        list, start.topic, start.partition, start.offset)
                }
                if isCooperative {
                    try unsafe KafkaError.check(rd_kafka_incremental_assign(client, list))
                } else {
                    try unsafe KafkaError.check(rd_kafka_assign(client, list))
                }
            case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
                if self.isDraining { self.goneWhileDraining += partitions }
                if !self.hasToldLast {
                    let isLost = unsafe rd_kafka_assignment_lost(client) != 0
                    _ = self.onRebalance?(self, isLost ? .lost(partitions) : .revoked(partitions))
                }
                if isCooperative {
                    try unsafe KafkaError.check(rd_kafka_incremental_unassign(client, list))
                } else {
                    try unsafe KafkaError.check(rd_kafka_assign(client, nil))
                }
            default:
                _ = self.onRebalance?(self, .lost(partitions))
                unsafe rd_kafka_assign(client, nil)
                throw KafkaError(code: code)
            }
        } catch {
            self.handle?.context.onEvent?(.error(error))
        }
    }

    /// librdkafka 2.0 hands out records that were queued before their partition went. Whoever has committed inside the
    /// rebalance must not see them: the partition's next reader will.
    private func dropGone(_ filled: Int, from batch: inout RecordBatch, _ handle: ClientHandle) throws(KafkaError) {
        let gone = Set(self.goneWhileDraining)
        let back = gone.intersection(self.cameWhileDraining)
        self.goneWhileDraining = []
        self.cameWhileDraining = []
        var firstDropped: [TopicPartition: Int64] = [:]
        unsafe batch.keep(filled, of: handle) { message in
            guard let name = unsafe rd_kafka_topic_name(message.pointee.rkt) else { return false }
            let partition = unsafe TopicPartition(String(cString: name), message.pointee.partition)
            guard gone.contains(partition) else { return false }
            let offset = unsafe message.pointee.offset
            firstDropped[partition] = min(offset, firstDropped[partition] ?? offset)
            return true
        }
        // Gone and back at once: whichever of its records were dropped are read again.
        let again = firstDropped.filter { back.contains($0.key) }.map { PartitionOffset($0.key, $0.value) }
        if !again.isEmpty { try self.seek(to: again, timeout: .seconds(5)) }
    }
}
