import CRdKafka

/// The physical limit that the router is compared with: a loop over librdkafka itself, with the client settings of the
/// router's lane, that reads the same records and writes as many and as large ones in the same transactions, and decides
/// nothing. It knows neither keys nor values: it copies the key and writes zeros.
@safe final class BareLoop {
    // Safe: created in `init`, destroyed in `deinit`, used from one thread.
    private let consumer: BareClient
    private let producer: BareClient
    private let events: OpaquePointer
    private let queue: OpaquePointer
    private let outputs: [Output]
    private let work: Work
    private var offsets: [Int32: Int64] = [:]
    private var next = 0
    private var filler: [UInt8]
    private(set) var commits = 0
    private(set) var commitSeconds = 0.0

    /// What is done for each record.
    struct Work: Sendable {
        var events: String
        /// One of these is written for each record, in turn.
        var jobs: [String]
        var decisions: String
        var state: String
        var dispatchBytes: Int
        var decisionBytes: Int
        var stateBytes: Int
        /// How many records of the changelog there are for each.
        var stateRecords: Int
        var commitInterval: Double
        /// A transaction with so many records read is committed before the interval is over.
        var mostInputs: Int
    }

    @safe private struct Output {
        // Safe: topics of the producer, which the loop destroys with it.
        let topics: [OpaquePointer]
        var bytes: Int
        /// Whether it goes to the partition that the record came from, instead of its key's.
        var keepsPartition: Bool
    }

    private static let batch = 2000

    /// Connects both clients and joins the group.
    init(
        _ work: Work, consumer: [String: String], producer: [String: String]
    ) throws(CommandFailure) {
        self.work = work
        let producerClient = try BareClient(RD_KAFKA_PRODUCER, producer)
        let consumerClient = try BareClient(RD_KAFKA_CONSUMER, consumer)
        self.producer = producerClient
        self.consumer = consumerClient
        self.filler = Array(repeating: 0, count: max(work.dispatchBytes, work.decisionBytes, work.stateBytes, 1))
        unsafe rd_kafka_poll_set_consumer(consumerClient.handle)
        guard let queue = unsafe rd_kafka_queue_get_consumer(consumerClient.handle) else {
            throw .failed("bare loop: no queue")
        }
        unsafe self.queue = queue
        unsafe self.events = try consumerClient.topic(work.events)
        let jobs = try unsafe work.jobs.map { name throws(CommandFailure) in try unsafe producerClient.topic(name) }
        let decisions = try unsafe producerClient.topic(work.decisions)
        let state = try unsafe producerClient.topic(work.state)
        var outputs = unsafe [
            Output(topics: jobs, bytes: work.dispatchBytes, keepsPartition: false),
            Output(topics: [decisions], bytes: work.decisionBytes, keepsPartition: false),
        ]
        for _ in 0..<work.stateRecords {
            outputs.append(unsafe Output(topics: [state], bytes: work.stateBytes, keepsPartition: true))
        }
        self.outputs = outputs
        try unsafe producerClient.check(rd_kafka_init_transactions(producerClient.handle, 30_000))
        let list = unsafe rd_kafka_topic_partition_list_new(1)
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        unsafe rd_kafka_topic_partition_list_add(list, work.events, -1)
        let code = unsafe rd_kafka_subscribe(consumerClient.handle, list)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw unsafe .failed("bare loop: \(String(cString: rd_kafka_err2str(code)))")
        }
    }

    deinit {
        unsafe rd_kafka_consumer_close(self.consumer.handle)
        unsafe rd_kafka_queue_destroy(self.queue)
        for output in self.outputs { unsafe output.topics.forEach { unsafe rd_kafka_topic_destroy($0) } }
        unsafe rd_kafka_topic_destroy(self.events)
    }

    /// Whether the group has given it partitions. They come while it runs.
    private var isAssigned: Bool {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        guard unsafe rd_kafka_assignment(self.consumer.handle, &list) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let list = unsafe list
        else { return false }
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        return unsafe list.pointee.cnt > 0
    }

    /// Reads, writes and commits until it is told to stop.
    ///
    /// - Parameter ready: called once the partitions are there.
    func run(until isStopped: () -> Bool, ready: () throws(CommandFailure) -> Void) throws(CommandFailure) {
        let messages = UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>.allocate(capacity: Self.batch)
        defer { unsafe messages.deallocate() }
        var isReady = false
        var began: Double?
        var inputs = 0
        while true {
            let wait = began.map { max(0, $0 + self.work.commitInterval - BenchClock.monotonic()) } ?? 0.05
            // One with the timeout, the rest without: librdkafka would wait for a full batch otherwise.
            var count = unsafe rd_kafka_consume_batch_queue(self.queue, Int32(wait * 1000), messages, 1)
            if count == 1 {
                count += unsafe max(0, rd_kafka_consume_batch_queue(self.queue, 0, messages + 1, Self.batch - 1))
            }
            if count > 0, began == nil {
                try unsafe self.producer.check(rd_kafka_begin_transaction(self.producer.handle))
                began = BenchClock.monotonic()
            }
            for index in 0..<max(0, count) {
                guard let message = unsafe messages[index] else { continue }
                defer { unsafe rd_kafka_message_destroy(message) }
                if unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                    try unsafe self.pass(message)
                    inputs += 1
                }
            }
            if let start = began,
                inputs >= self.work.mostInputs || BenchClock.monotonic() - start >= self.work.commitInterval
            {
                try self.commit()
                began = nil
                inputs = 0
            }
            guard count <= 0 else { continue }
            if !isReady, self.isAssigned {
                isReady = true
                try ready()
            }
            if isStopped() { break }
        }
        if began != nil { try self.commit() }
    }

    private func pass(_ message: UnsafeMutablePointer<rd_kafka_message_t>) throws(CommandFailure) {
        let partition = unsafe message.pointee.partition
        let turn = self.next
        self.next += 1
        for output in self.outputs {
            let topic = unsafe output.topics[turn % output.topics.count]
            try unsafe self.send(message, to: topic, output.keepsPartition ? partition : -1, output.bytes)
        }
        unsafe self.offsets[partition] = message.pointee.offset + 1
    }

    private func send(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>, to topic: OpaquePointer, _ partition: Int32, _ bytes: Int
    ) throws(CommandFailure) {
        while true {
            let code = unsafe self.filler.withUnsafeMutableBytes { filler in
                unsafe rd_kafka_produce(
                    topic, partition, RD_KAFKA_MSG_F_COPY, filler.baseAddress, bytes, message.pointee.key,
                    message.pointee.key_len, nil)
            }
            if code == 0 { return }
            let error = rd_kafka_last_error()
            guard error == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                throw unsafe .failed("bare loop: \(String(cString: rd_kafka_err2str(error)))")
            }
            unsafe rd_kafka_poll(self.producer.handle, 100)
        }
    }

    private func commit() throws(CommandFailure) {
        let began = BenchClock.monotonic()
        let list = unsafe rd_kafka_topic_partition_list_new(Int32(self.offsets.count))
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in self.offsets {
            unsafe rd_kafka_topic_partition_list_add(list, self.work.events, partition).pointee.offset = offset
        }
        self.offsets.removeAll(keepingCapacity: true)
        let group = unsafe rd_kafka_consumer_group_metadata(self.consumer.handle)
        defer { unsafe rd_kafka_consumer_group_metadata_destroy(group) }
        try unsafe self.producer.check(
            rd_kafka_send_offsets_to_transaction(self.producer.handle, list, group, -1))
        try unsafe self.producer.check(rd_kafka_commit_transaction(self.producer.handle, -1))
        self.commits += 1
        self.commitSeconds += BenchClock.monotonic() - began
    }
}

/// A handle of librdkafka without any comfort.
@safe final class BareClient {
    // Safe: valid until `deinit`, used from one thread.
    let handle: OpaquePointer

    init(_ kind: rd_kafka_type_t, _ properties: [String: String]) throws(CommandFailure) {
        let settings = unsafe rd_kafka_conf_new()
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in properties {
            let code = unsafe rd_kafka_conf_set(settings, name, value, &text, text.count)
            guard code == RD_KAFKA_CONF_OK else {
                unsafe rd_kafka_conf_destroy(settings)
                throw .failed("bare loop: \(Self.string(text))")
            }
        }
        guard let handle = unsafe rd_kafka_new(kind, settings, &text, text.count) else {
            unsafe rd_kafka_conf_destroy(settings)
            throw .failed("bare loop: \(Self.string(text))")
        }
        unsafe self.handle = handle
    }

    deinit { unsafe rd_kafka_destroy(self.handle) }

    func topic(_ name: String) throws(CommandFailure) -> OpaquePointer {
        guard let topic = unsafe rd_kafka_topic_new(self.handle, name, nil) else {
            throw .failed("bare loop: no topic \(name)")
        }
        return unsafe topic
    }

    func check(_ error: OpaquePointer?) throws(CommandFailure) {
        guard let error = unsafe error else { return }
        defer { unsafe rd_kafka_error_destroy(error) }
        throw unsafe .failed("bare loop: \(String(cString: rd_kafka_error_string(error)))")
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
