package import KafkaClient
package import SpillwayCore
import SpillwayMessages
import Synchronization

/// Connects sites to Kafka: job topics in, heartbeats and outcomes out. Use it from one thread: who has one calls
/// ``turn(atMost:)`` again and again, then ``end(timeout:)``.
package final class SiteLoop {
    /// What may be asked from any thread.
    package let watch: SiteWatch
    /// Ends the wait of a turn, from any thread.
    package var waker: Waker { self.consumer.waker }

    private var sites: [Site]
    private let topics: SiteTopics
    private let clock: () -> UnixSeconds
    private let consumer: Consumer
    private let writer: SiteWriter
    private var batch = RecordBatch(capacity: 500)
    private var decoder = DispatchDecoder()
    /// The sites of each job topic's datacenter.
    private var readers: [TopicIdentity: [Int]] = [:]

    /// Connects. Nothing is said before the first turn.
    ///
    /// - Parameters:
    ///   - clock: the time of day.
    ///   - onLog: told of the client's log lines, on any thread.
    package init(
        sites: [Site], topics: SiteTopics, clock: @escaping () -> UnixSeconds,
        onLog: (@Sendable (LogLine) -> Void)? = nil
    ) throws(KafkaError) {
        self.sites = sites
        self.topics = topics
        self.clock = clock
        self.watch = SiteWatch(sites)
        self.writer = try SiteWriter(topics, onLog: onLog)
        self.consumer = try Consumer(topics.consumer, onLog: onLog)
        var names: [String] = []
        for (index, site) in sites.enumerated() {
            for runtime in site.settings.runtimes {
                let name = topics.jobs(site.settings.datacenterID, runtime)
                self.readers[try self.consumer.identity(ofTopic: name), default: []].append(index)
                if !names.contains(name) { names.append(name) }
            }
        }
        switch topics.reading {
        case .everything: try self.assignEverything(names)
        case .group: try self.consumer.subscribe(to: names)
        }
    }

    private func assignEverything(_ names: [String]) throws(KafkaError) {
        let admin = try Admin(self.topics.consumer)
        defer { admin.close() }
        var starts: [PartitionOffset] = []
        for description in try admin.describeTopics(names, timeout: .seconds(10)) {
            if let error = description.error { throw error }
            for partition in description.partitions {
                starts.append(PartitionOffset(TopicPartition(description.name, partition.id), Offset.beginning))
            }
        }
        try self.consumer.assign(starts)
    }

    /// Reads what there is, lets time pass at the sites, and sends what they say.
    ///
    /// - Parameter limit: how long it waits for something to read at most; less where a site is due before that.
    package func turn(atMost limit: Duration) throws(KafkaError) {
        let now = self.clock()
        var wait = Double(limit.components.seconds) + Double(limit.components.attoseconds) * 1e-18
        for site in self.sites { wait = min(wait, max(0, site.nextDue - now)) }
        let count = try self.consumer.poll(into: &self.batch, timeout: .milliseconds(Int((wait * 1000).rounded(.up))))
        let then = self.clock()
        for index in 0..<count { self.take(self.batch[index], now: then) }
        for index in self.sites.indices {
            self.sites[index].advance(to: then)
            try self.sendOutcomes(of: index, now: then)
            if let heartbeat = self.sites[index].heartbeatIfDue(now: then) { try self.writer.send(heartbeat) }
        }
        try self.writer.serve()
        self.watch.update(self.sites)
    }

    /// Says that the managers are gone, and ends the clients. What runs is left to the router's leases.
    ///
    /// - Returns: whether everything was said in time.
    package func end(timeout: Duration) throws(KafkaError) -> Bool {
        let now = self.clock()
        for index in self.sites.indices {
            self.sites[index].stopTaking(.stopping)
            try self.sendOutcomes(of: index, now: now)
            try self.writer.send(self.sites[index].heartbeat(now: now))
            try self.writer.sendTombstone(self.sites[index].settings)
        }
        let isSaid = try self.writer.flush(timeout: timeout)
        self.batch.clear()
        try self.consumer.close()
        self.writer.close()
        return isSaid
    }

    private func take(_ record: RecordView, now: UnixSeconds) {
        guard let readers = self.readers[record.topic], !readers.isEmpty else { return }
        // Managers of a datacenter in one process share its partitions, as they would in a group.
        let index = readers[Int(record.partition) % readers.count]
        do throws(Refusal) {
            switch try self.decoder.decode(value: record.value) {
            case .dispatch(let dispatch): self.sites[index].receive(dispatch, now: now)
            case .cancelled(let record):
                self.sites[index].cancel(taskID: record.taskID, attempt: record.attempt, now: now)
            }
        } catch {
            self.watch.countUnreadable()
        }
    }

    private func sendOutcomes(of index: Int, now: UnixSeconds) throws(KafkaError) {
        for outcome in self.sites[index].takeOutcomes() { try self.writer.send(outcome, at: now) }
    }
}

/// How sites stand, for other threads: as of the end of the last turn.
package final class SiteWatch: Sendable {
    /// How one site stands.
    package struct Figures: Equatable, Sendable {
        /// Its datacenter.
        package var datacenterID: String
        /// All its cores.
        package var totalCores: Int
        /// Those that run nothing.
        package var availableCores: Int
        /// Tasks that run.
        package var running: Int
        /// Tasks that wait.
        package var waiting: Int
        /// Tasks that it has ended.
        package var ended: Int
        /// Tasks that it didn't take.
        package var rejected: Int

        init(_ site: Site) {
            self.datacenterID = site.settings.datacenterID
            self.totalCores = site.settings.cores
            self.availableCores = site.availableCores
            self.running = site.runningCount
            self.waiting = site.waitingCount
            self.ended = site.endedCount
            self.rejected = site.rejectedCount
        }
    }

    private struct State {
        var figures: [Figures]
        var unreadable = 0
    }

    private let state: Mutex<State>

    init(_ sites: [Site]) {
        self.state = Mutex(State(figures: sites.map(Figures.init)))
    }

    /// Each site, in the order in which they were given.
    package var figures: [Figures] { self.state.withLock { $0.figures } }

    /// Records of job topics that couldn't be read.
    package var unreadable: Int { self.state.withLock { $0.unreadable } }

    func update(_ sites: [Site]) {
        let figures = sites.map(Figures.init)
        self.state.withLock { $0.figures = figures }
    }

    func countUnreadable() {
        self.state.withLock { $0.unreadable += 1 }
    }
}
