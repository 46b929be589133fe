package import KafkaClient

/// Reads topics to their end, as a `read_committed` reader sees them, and says whether each job is there once.
package struct BenchReader {
    /// What was found.
    package struct Findings: Sendable {
        /// Records.
        package var records = 0
        /// Bytes of values and headers.
        package var bytes = 0
        /// Records whose key is, or begins with, a job's id.
        package var ofJobs = 0
        /// Jobs with at least one record.
        package var jobs = 0
        /// Records of a job beyond its first.
        package var repeated = 0
        /// When each job's first record was appended, in milliseconds since 1970. 0: no record. Only where asked for.
        package var appendedAt: [Int64] = []

        fileprivate var seen: [UInt64]

        fileprivate init(jobs: Int, keepsTimes: Bool) {
            self.seen = Array(repeating: 0, count: (jobs + 63) / 64)
            if keepsTimes { self.appendedAt = Array(repeating: 0, count: jobs) }
        }
    }

    private let settings: ClientSettings
    private static let patience = 60.0

    /// A reader with the settings that reach the broker.
    package init(_ settings: ClientSettings) {
        self.settings = settings.merging([
            "isolation.level": "read_committed", "enable.partition.eof": "true", "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": "10",
        ])
    }

    /// Reads partitions from their beginning to where they end when it comes there.
    ///
    /// - Parameters:
    ///   - jobs: how many jobs there are: those with a lower index are looked for.
    ///   - keepsTimes: whether to keep each job's time of append.
    /// - Throws: what librdkafka says, or that nothing came for a minute.
    package func read(
        _ partitions: [TopicPartition], jobs: Int, keepsTimes: Bool = false
    ) throws(KafkaError) -> Findings {
        var findings = Findings(jobs: jobs, keepsTimes: keepsTimes)
        var unfinished = Set(partitions)
        let ends = Ends()
        let consumer = try Consumer(
            self.settings,
            onEvent: { event in if case .endOfPartition(let end) = event { ends.reached.append(end.topicPartition) } })
        try consumer.assign(partitions.map { PartitionOffset($0, Offset.beginning) })
        var batch = RecordBatch(capacity: 10_000)
        var lastSeen = BenchClock.monotonic()
        while !unfinished.isEmpty {
            let count = try consumer.poll(into: &batch, timeout: .milliseconds(200))
            for index in 0..<count { findings.add(batch[index]) }
            for end in ends.reached { unfinished.remove(end) }
            if count > 0 || !ends.reached.isEmpty {
                lastSeen = BenchClock.monotonic()
            } else if BenchClock.monotonic() - lastSeen > Self.patience {
                throw KafkaError(
                    reason: .timedOut, message: "\(unfinished.count) partitions can't be read to their end")
            }
            ends.reached.removeAll()
        }
        batch.clear()
        try consumer.close()
        return findings
    }

    /// Filled inside the poll, emptied after it.
    private final class Ends {
        var reached: [TopicPartition] = []
    }
}

extension BenchReader.Findings {
    fileprivate mutating func add(_ record: RecordView) {
        self.records += 1
        self.bytes += record.value?.byteCount ?? 0
        record.forEachHeader { header in self.bytes += header.name.byteCount + (header.value?.byteCount ?? 0) }
        guard let key = record.key, let index = BenchLoad.index(ofKey: key), index / 64 < self.seen.count else {
            return
        }
        self.ofJobs += 1
        let bit: UInt64 = 1 << UInt64(index % 64)
        guard self.seen[index / 64] & bit == 0 else {
            self.repeated += 1
            return
        }
        self.seen[index / 64] |= bit
        self.jobs += 1
        if index < self.appendedAt.count { self.appendedAt[index] = record.timestampMilliseconds }
    }
}
