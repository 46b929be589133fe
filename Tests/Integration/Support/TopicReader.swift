import KafkaClient

/// Follows topics from their beginning, seeing committed records alone, like any consumer that is told to.
final class TopicReader {
    private let consumer: Consumer
    private let partitions: Set<TopicPartition>
    private let ends = Ends()
    private var batch = RecordBatch(capacity: 2000)

    private final class Ends {
        var reached: [TopicPartition: Int64] = [:]
    }

    init(_ setup: Setup, _ topics: [String], isolation: String = "read_committed") throws {
        let admin = try Admin(setup.client)
        defer { admin.close() }
        var partitions: Set<TopicPartition> = []
        for description in try admin.describeTopics(topics.map(setup.topic), timeout: .seconds(30)) {
            if let error = description.error { throw Trouble("topic \(description.name): \(error)") }
            for partition in description.partitions {
                partitions.insert(TopicPartition(description.name, partition.id))
            }
        }
        self.partitions = partitions
        let ends = self.ends
        self.consumer = try Consumer(
            setup.client.merging([
                "isolation.level": isolation, "enable.partition.eof": "true", "auto.offset.reset": "error",
            ]),
            onEvent: { event in
                if case .endOfPartition(let end) = event { ends.reached[end.topicPartition] = end.offset }
            })
        try self.consumer.assign(partitions.map { PartitionOffset($0, Offset.beginning) })
    }

    /// Reads what comes next, waiting no longer than so.
    func next(_ timeout: Duration = .milliseconds(100), _ body: (RecordView) -> Void) throws {
        let count = try self.consumer.poll(into: &self.batch, timeout: timeout)
        for index in 0..<count {
            let partition = TopicPartition(self.batch[index].topicName, self.batch[index].partition)
            // An end is told in the same poll as the records before it.
            if let end = self.ends.reached[partition], end <= self.batch[index].offset {
                self.ends.reached[partition] = nil
            }
            body(self.batch[index])
        }
    }

    /// Reads to where the topics end.
    func toEnd(within seconds: Double = 60, _ body: (RecordView) -> Void) throws {
        let end = monotonicSeconds() + seconds
        while self.ends.reached.count < self.partitions.count {
            guard monotonicSeconds() < end else {
                throw Trouble("the end of the topics wasn't reached in \(seconds) s")
            }
            try self.next(.milliseconds(500), body)
        }
    }

    /// Everything in some topics, by topic (without the prefix).
    static func all(_ setup: Setup, _ topics: [String], isolation: String = "read_committed") throws -> [String:
        [Record]]
    {
        let reader = try TopicReader(setup, topics, isolation: isolation)
        var records: [String: [Record]] = [:]
        for topic in topics { records[topic] = [] }
        try reader.toEnd { view in
            let record = Record(view)
            records[String(record.topic.dropFirst(setup.prefix.count)), default: []].append(record)
        }
        return records
    }
}

/// Counts what a topic holds while it fills, to do something in the middle.
final class Progress {
    private let reader: TopicReader
    private(set) var count = 0

    init(_ setup: Setup, _ topic: String, isolation: String = "read_committed") throws {
        self.reader = try TopicReader(setup, [topic], isolation: isolation)
    }

    /// Waits until so many records are there.
    @discardableResult
    func wait(for count: Int, within seconds: Double) throws -> Bool {
        let end = monotonicSeconds() + seconds
        while self.count < count, monotonicSeconds() < end {
            try self.reader.next { _ in self.count += 1 }
        }
        return self.count >= count
    }

    /// Goes on reading for a while.
    func follow(_ seconds: Double) throws {
        let end = monotonicSeconds() + seconds
        while monotonicSeconds() < end {
            try self.reader.next(.seconds(max(0.001, end - monotonicSeconds()))) { _ in self.count += 1 }
        }
    }
}

/// Waits until a router has taken everything that `events` holds.
enum Drain {
    /// - Returns: whether it has.
    static func wait(_ setup: Setup, within seconds: Double) throws -> Bool {
        let reader = try TopicReader(setup, ["events"])
        let admin = try Admin(setup.client)
        defer { admin.close() }
        var next: [Int32: Int64] = [:]
        let end = monotonicSeconds() + seconds
        while monotonicSeconds() < end {
            var isNew = false
            // What has been forwarded is visible together with the offset of what it was forwarded from.
            let committed = try Self.committed(admin, setup, Array(next.keys))
            try reader.next {
                isNew = true; next[$0.partition] = $0.offset + 1
            }
            try reader.toEnd {
                isNew = true; next[$0.partition] = $0.offset + 1
            }
            if !isNew, next.allSatisfy({ committed[$0.key, default: 0] >= $0.value }), !next.isEmpty { return true }
        }
        return false
    }

    private static func committed(
        _ admin: Admin, _ setup: Setup, _ partitions: [Int32]
    ) throws(KafkaError) -> [Int32: Int64] {
        guard !partitions.isEmpty else { return [:] }
        let asked = partitions.map { TopicPartition(setup.topic("events"), $0) }
        do throws(KafkaError) {
            let offsets = try admin.committedOffsets(
                ofGroup: setup.group, asked, isStable: true, timeout: .seconds(2))
            return Dictionary(uniqueKeysWithValues: offsets.map { ($0.partition, $0.known ?? 0) })
        } catch  where error.isRetriable {
            return [:]
        }
    }
}
