import Glibc
import KafkaClient

/// A record, copied out of its batch.
struct Copied: Equatable {
    struct Header: Equatable {
        var name: String
        var value: [UInt8]?

        init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value.map { Array($0.utf8) }
        }

        init(_ view: HeaderView) {
            self.name = view.nameText
            self.value = copied(view.value)
        }
    }

    var topic: String
    var partition: Int32
    var offset: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [Header] = []

    init(_ view: RecordView) {
        self.topic = view.topicName
        self.partition = view.partition
        self.offset = view.offset
        self.key = copied(view.key)
        self.value = copied(view.value)
        var headers: [Header] = []
        view.forEachHeader { header in headers.append(Header(header)) }
        self.headers = headers
    }

    var text: String? { self.value.map { String(decoding: $0, as: UTF8.self) } }
}

func copied(_ span: RawSpan?) -> [UInt8]? {
    guard let span else { return nil }
    return unsafe span.withUnsafeBytes { unsafe Array($0) }
}

/// What a test changes from inside a handler.
final class Box<Value> {
    var value: Value

    init(_ value: Value) {
        self.value = value
    }
}

extension Producer {
    /// Sends texts.
    func send(
        _ value: String?, key: String? = nil, to topic: String, partition: Int32? = nil,
        headers: HeaderList = HeaderList(), timestampMilliseconds: Int64? = nil, ticket: UInt64 = 0
    ) throws(KafkaError) {
        let value = value.map { Array($0.utf8) }
        let key = key.map { Array($0.utf8) }
        // `Span.bytes` counts as unsafe because a span's elements may have padding; bytes have none.
        guard !headers.isEmpty else {
            return try unsafe self.send(
                value?.span.bytes, key: key?.span.bytes, to: self.topic(named: topic), partition: partition,
                timestampMilliseconds: timestampMilliseconds, ticket: ticket)
        }
        try unsafe self.send(
            value?.span.bytes, key: key?.span.bytes, to: self.topic(named: topic), partition: partition,
            headers: headers, timestampMilliseconds: timestampMilliseconds, ticket: ticket)
    }

    /// Sends a text, serving while the queue is full.
    ///
    /// - Returns: how often it was refused as retriable for want of room.
    func sendWhenThereIsRoom(_ value: String, to topic: String, partition: Int32) throws(KafkaError) -> Int {
        var refusals = 0
        while true {
            do throws(KafkaError) {
                try self.send(value, to: topic, partition: partition)
                return refusals
            } catch {
                guard error.reason == .queueFull, error.isRetriable else { throw error }
                refusals += 1
                _ = try self.serve(timeout: .seconds(5))
            }
        }
    }
}

extension Consumer {
    /// Reads until there are so many records, or nothing comes for ten seconds.
    func read(_ count: Int) throws(KafkaError) -> [Copied] {
        var batch = RecordBatch(capacity: 100)
        var records: [Copied] = []
        let end = ContinuousClock.now + .seconds(20)
        while records.count < count, ContinuousClock.now < end {
            _ = try self.poll(into: &batch, timeout: .seconds(1))
            batch.forEach { record in records.append(Copied(record)) }
        }
        return records
    }

    /// Polls until the condition holds, for twenty seconds at most.
    func poll(until condition: () -> Bool) throws(KafkaError) {
        var batch = RecordBatch(capacity: 100)
        let end = ContinuousClock.now + .seconds(20)
        while !condition(), ContinuousClock.now < end {
            _ = try self.poll(into: &batch, timeout: .milliseconds(50))
        }
    }
}

extension TestCluster {
    /// Fills a partition with texts.
    func fill(_ topic: String, partition: Int32 = 0, with values: [String]) throws(KafkaError) {
        let producer = try Producer(self.settings)
        for value in values { try producer.send(value, to: topic, partition: partition) }
        guard try producer.flush(timeout: .seconds(10)), producer.failedCount == 0 else {
            throw KafkaError(reason: .other, message: "the topic could not be filled")
        }
        producer.close()
    }
}

/// Runs a body on a thread of its own, which the test must wait for by what the body does.
func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let job = unsafe Unmanaged.passRetained(Job(body)).toOpaque()
    let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { opaque in
        if let opaque = unsafe opaque { unsafe Unmanaged<Job>.fromOpaque(opaque).takeRetainedValue().body() }
        return nil
    }
    unsafe pthread_create(&thread, nil, entry, job)
    pthread_detach(thread)
}

/// The settings of the real broker that the environment names, if it names one.
let realBroker: ClientSettings? = unsafe getenv("SPILLWAY_TEST_BOOTSTRAP").map {
    unsafe ["bootstrap.servers": String(cString: $0)]
}
