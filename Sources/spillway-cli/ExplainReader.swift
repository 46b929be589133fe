import KafkaClient
import Spillway
import SpillwayMessages

/// Reads what the topics hold of one job: its home partitions, from their beginning to where they end now.
struct ExplainReader {
    /// What was found.
    struct Records: Sendable {
        /// Records of `decisions`, in order.
        var decisions: [[UInt8]] = []
        /// The newest record of `results`.
        var result: [UInt8]?
    }

    private let configuration: Configuration
    private let topics: TopicNames

    /// One question to the broker, or the wait for more records.
    private static let patience = Duration.seconds(10)

    init(_ configuration: Configuration) {
        self.configuration = configuration
        self.topics = TopicNames(prefix: configuration.kafka.topicPrefix)
    }

    /// Reads everything about a job.
    func read(_ job: String) throws(KafkaError) -> Records {
        let admin = try Admin(self.configuration.clientSettings(for: .admin))
        defer { admin.close() }
        // A decision's key is the routing key, which is the job's id, or its definition's name; a result's is the job's.
        var partitions: [TopicPartition] = []
        for description in try admin.describeTopics(
            [self.topics.decisions, self.topics.results], timeout: Self.patience)
        {
            if let error = description.error { throw error }
            guard description.name == self.topics.results else {
                partitions += description.partitions.map { TopicPartition(description.name, $0.id) }
                continue
            }
            let home = HomePartition.of(key: job, partitions: Int32(description.partitions.count))
            partitions.append(TopicPartition(description.name, home))
        }
        return try self.read(job, partitions)
    }

    private func read(_ job: String, _ partitions: [TopicPartition]) throws(KafkaError) -> Records {
        var ended: Set<TopicPartition> = []
        var failure: KafkaError?
        let consumer = try Consumer(
            self.configuration.clientSettings(for: .reader),
            onEvent: { event in
                switch event {
                case .endOfPartition(let end): ended.insert(end.topicPartition)
                case .partitionError(_, let error): failure = error
                case .error, .statistics, .throttled: break
                }
            })
        let results = try consumer.identity(ofTopic: self.topics.results)
        try consumer.assign(partitions.map { PartitionOffset($0, Offset.beginning) })
        var records = Records()
        var batch = RecordBatch()
        let clock = ContinuousClock()
        var heardAt = clock.now
        let needle = Array(job.utf8)
        while ended.count < partitions.count {
            let before = ended.count
            let count = try consumer.poll(into: &batch, timeout: .milliseconds(100))
            for index in 0..<count {
                Self.take(batch[index], needle, isResult: batch[index].topic == results, &records)
            }
            if let failure { throw failure }
            if count > 0 || ended.count > before { heardAt = clock.now }
            guard clock.now - heardAt < Self.patience else {
                throw KafkaError(reason: .timedOut, message: "the broker sends nothing more")
            }
        }
        batch.clear()
        try consumer.close()
        return records
    }

    private static func take(_ record: RecordView, _ job: [UInt8], isResult: Bool, _ records: inout Records) {
        guard let value = record.value else { return }
        if isResult {
            guard let key = record.key, self.bytes(key) == job else { return }
            records.result = self.bytes(value)
            return
        }
        // Only what is keyed otherwise than by the job has to be looked into.
        let bytes = self.bytes(value)
        if let key = record.key, self.bytes(key) != job { guard self.names(job, bytes) else { return } }
        guard DecisionRecord.read(bytes)?.job_id.utf8.elementsEqual(job) == true else { return }
        records.decisions.append(bytes)
    }

    private static func bytes(_ span: RawSpan) -> [UInt8] {
        // Safe: the bytes are copied within the closure.
        unsafe span.withUnsafeBytes { unsafe Array($0) }
    }

    /// Whether a record may be about a job: its id stands somewhere in it, as it is. One that JSON has to escape is looked
    /// for by its first plain part.
    private static func names(_ job: [UInt8], _ record: [UInt8]) -> Bool {
        let plain = job.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "/") }
        guard let first = plain.first else { return true }
        var start = record.startIndex
        while let found = record[start...].firstIndex(of: first) {
            if record[found...].starts(with: plain) { return true }
            start = found + 1
        }
        return false
    }
}
