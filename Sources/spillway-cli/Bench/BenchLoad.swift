package import KafkaClient

/// The submissions of the throughput workload, sent by a producer.
///
/// Submission i has the key `job-%08d`, 1 + i mod 8 cores, the tenant `team-` i mod 50 and the preferred datacenter
/// i mod D. Use it from one thread.
package final class BenchLoad {
    private let producer: Producer
    private let topic: Producer.Topic
    private let datacenters: Int
    private let isTransactional: Bool
    private var value: [UInt8] = []
    private var key: [UInt8] = []

    private static let patience = Duration.seconds(60)

    /// A producer of submissions.
    ///
    /// - Parameters:
    ///   - settings: What reaches the broker: addresses and credentials. The rest is the load's own.
    ///   - gate: A transactional id. With one, everything that is sent stays invisible to `read_committed` readers
    ///     until ``release()``. `nil`: what is sent is there at once.
    ///   - linger: How long a record may wait for others.
    package init(
        _ settings: ClientSettings, topic: String, datacenters: Int, gate: String? = nil,
        linger: Duration = .milliseconds(50)
    ) throws(KafkaError) {
        var settings = settings
        settings["partitioner"] = "murmur2_random"
        settings["enable.idempotence"] = "true"
        settings["linger.ms"] = "\(linger / .milliseconds(1))"
        settings["batch.size"] = "1000000"
        settings["batch.num.messages"] = "50000"
        settings["queue.buffering.max.messages"] = "1000000"
        settings["queue.buffering.max.kbytes"] = "262144"
        settings["transactional.id"] = gate
        // The longest that a broker allows: the router starts meanwhile.
        settings["transaction.timeout.ms"] = gate == nil ? nil : "900000"
        self.producer = try Producer(settings)
        self.topic = try self.producer.topic(named: topic)
        self.datacenters = datacenters
        self.isTransactional = gate != nil
        guard gate != nil else { return }
        try self.patiently { () throws(KafkaError) in
            try self.producer.initTransactions(timeout: .milliseconds(500))
        }
        try self.producer.beginTransaction()
    }

    /// Sends submissions and doesn't wait for them.
    package func send(_ range: Range<Int>) throws(KafkaError) {
        for index in range {
            Self.key(of: index, into: &self.key)
            Self.value(of: index, datacenters: self.datacenters, into: &self.value)
            while true {
                do throws(KafkaError) {
                    try unsafe self.producer.send(self.value.span.bytes, key: self.key.span.bytes, to: self.topic)
                    break
                } catch  where error.reason == .queueFull {
                    try self.producer.serve(timeout: .milliseconds(100))
                }
            }
        }
        try self.producer.serve()
    }

    /// Waits until all that was sent is in the log.
    package func flush() throws(KafkaError) {
        guard try self.producer.flush(timeout: Self.patience), self.producer.failedCount == 0 else {
            throw self.producer.takeFailure()?.error
                ?? KafkaError(reason: .timedOut, message: "the broker doesn't take the load")
        }
    }

    /// Makes everything visible at once. Call ``flush()`` before, so that this is one request.
    package func release() throws(KafkaError) {
        guard self.isTransactional else { return }
        try self.patiently { () throws(KafkaError) in
            try self.producer.commitTransaction(timeout: .milliseconds(500))
        }
    }

    /// Gives the producer up.
    package func close() { self.producer.close() }

    private func patiently(_ call: () throws(KafkaError) -> Void) throws(KafkaError) {
        for attempt in 0... {
            do throws(KafkaError) {
                return try call()
            } catch  where error.isRetriable && !error.requiresAbort && attempt < 120 {
                continue
            }
        }
    }
}

extension BenchLoad {
    /// `dc-%02d`
    package static func datacenter(_ index: Int) -> String { index < 10 ? "dc-0\(index)" : "dc-\(index)" }

    /// `job-%08d`
    package static func key(of index: Int, into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key.append(literal: "job-")
        key.append(number: index, width: 8)
    }

    /// The index of the submission that a key belongs to: the key itself, or one that begins with it.
    package static func index(ofKey key: RawSpan) -> Int? {
        guard key.byteCount >= 12, unsafe key.unsafeLoad(as: UInt8.self) == UInt8(ascii: "j") else { return nil }
        var index = 0
        for place in 4..<12 {
            let digit = unsafe key.unsafeLoad(fromByteOffset: place, as: UInt8.self) &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            index = index * 10 + Int(digit)
        }
        return index
    }

    /// The value of submission i, to the byte.
    package static func value(of index: Int, datacenters: Int, into value: inout [UInt8]) {
        value.removeAll(keepingCapacity: true)
        value.append(literal: #"{"type":"job.submitted","job_id":"job-"#)
        value.append(number: index, width: 8)
        value.append(literal: #"","tenant":"team-"#)
        value.append(number: index % 50)
        value.append(literal: #"","workflows":[{"workflow_id":"w1","cores":"#)
        value.append(number: 1 + index % 8)
        value.append(
            literal: #","duration":"1m","timeout":"30s","payload":{"argv":["/usr/bin/simulate","--seed",""#)
        value.append(number: index)
        value.append(literal: #""]}}],"datacenters":["dc-"#)
        value.append(number: index % datacenters, width: 2)
        value.append(
            literal: #""],"datacenter_count":1,"runtimes":["shell"],"task_type":"batch","priority":"normal"}"#)
    }
}

extension [UInt8] {
    fileprivate mutating func append(literal: StaticString) {
        unsafe self.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    fileprivate mutating func append(number: Int, width: Int = 1) {
        let start = self.count
        var rest = number
        repeat {
            self.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0 || self.count - start < width
        self[start...].reverse()
    }
}
