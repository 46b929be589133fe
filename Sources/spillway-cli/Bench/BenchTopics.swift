package import KafkaClient
package import Spillway

/// The topics of one run, under a prefix of their own, so that no run reads what another wrote.
package struct BenchTopics: Sendable {
    /// The full names.
    package let names: TopicNames
    /// `dc-00`, `dc-01`, …
    package let datacenters: [String]
    /// Partitions of everything but the job topics.
    package let partitions: Int
    /// Partitions of each job topic: one, where there are many datacenters.
    package let jobPartitions: Int

    /// The runtime of every submission of the workload.
    package static let runtime = "shell"
    /// So many topics are asked for at once.
    private static let portion = 100
    private static let patience = Duration.seconds(60)

    /// The topics of a fleet of so many datacenters.
    package init(prefix: String, datacenters: Int, partitions: Int = 8) {
        self.names = TopicNames(prefix: prefix)
        self.datacenters = (0..<datacenters).map(BenchLoad.datacenter)
        self.partitions = partitions
        self.jobPartitions = datacenters > 16 ? 1 : partitions
    }

    /// The job topics, in the order of ``datacenters``.
    package var jobs: [String] { self.datacenters.map { self.names.jobs($0, Self.runtime) } }

    /// Creates all of them, with the settings that the router itself would give them. The job topics and `decisions` are
    /// stamped by the broker as well, so that times can be compared.
    package func create(_ admin: Admin) throws(KafkaError) {
        let stamped = ["message.timestamp.type": "LogAppendTime"]
        let compacted = ["cleanup.policy": "compact"]
        let names = self.names
        var topics = [names.events, names.heartbeats, names.decisions].map {
            NewTopic($0, partitions: self.partitions, configuration: stamped)
        }
        topics += [names.state, names.results, names.views, names.control].map {
            NewTopic($0, partitions: self.partitions, configuration: compacted)
        }
        topics.append(NewTopic(names.deadLetter, partitions: self.partitions))
        topics += self.jobs.map { NewTopic($0, partitions: self.jobPartitions, configuration: stamped) }
        for start in stride(from: 0, to: topics.count, by: Self.portion) {
            let portion = Array(topics[start..<min(topics.count, start + Self.portion)])
            for result in try admin.createTopics(portion, timeout: Self.patience) {
                if let error = result.error { throw error }
            }
        }
        try self.awaitAll(Set(topics.map(\.name)), admin)
    }

    /// Waits until the broker tells clients of all of them: it does so a moment after it has made them.
    private func awaitAll(_ names: Set<String>, _ admin: Admin) throws(KafkaError) {
        let deadline = BenchClock.monotonic() + Self.patience / .seconds(1)
        while true {
            let known = Set(try admin.describeCluster(timeout: Self.patience).topics.map(\.name))
            if names.isSubset(of: known) { return }
            guard BenchClock.monotonic() < deadline else {
                throw KafkaError(reason: .timedOut, message: "the broker doesn't show all topics")
            }
            BenchClock.pause(0.1)
        }
    }

    /// Deletes all of them. What can't be deleted stays: the next run has other names.
    package func delete(_ admin: Admin) {
        let all = self.names.fixed + self.jobs
        for start in stride(from: 0, to: all.count, by: Self.portion) {
            do throws(KafkaError) {
                _ = try admin.deleteTopics(
                    Array(all[start..<min(all.count, start + Self.portion)]), timeout: Self.patience)
            } catch {
                return
            }
        }
    }

    /// The partitions of `events`.
    package var eventPartitions: [TopicPartition] { self.partitions(of: [self.names.events], self.partitions) }

    /// The partitions of all job topics.
    package var jobTopicPartitions: [TopicPartition] { self.partitions(of: self.jobs, self.jobPartitions) }

    /// The partitions of some topics.
    package func partitions(of topics: [String], _ count: Int) -> [TopicPartition] {
        topics.flatMap { topic in (0..<count).map { TopicPartition(topic, Int32($0)) } }
    }
}
