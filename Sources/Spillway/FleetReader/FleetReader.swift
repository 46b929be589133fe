import KafkaClient
import Metrics
import SpillwayCore
import SpillwayMessages
import Synchronization

/// Reads `heartbeats` and `views`, every partition and without a group, into the instance's fleet (design section 4).
///
/// A thread of its own: what it waits for delays no decision.
final class FleetReader {
    private let context: LaneContext
    private let jobTopics: JobTopics
    private var decoder: HeartbeatDecoder
    private var views = ViewDecoder()
    private var batch = RecordBatch(capacity: 2000)
    private var consumer: Consumer?
    /// Where each partition ended when the reader started, until it has been read so far.
    private var targets: [TopicPartition: Int64] = [:]
    private var next: [TopicPartition: Int64] = [:]
    private var isReady = false
    /// Those of which a partition could not be read.
    private var troubledTopics: Set<String> = []
    private var read: UInt64 = 0
    private let startedAt = Clock.now()
    private var heartbeatsTopic: TopicIdentity?
    private var advancedAt: Seconds = 0
    /// What the owners of partitions say that they have taken.
    private var shares: [Int32: ReservedView] = [:]
    private var ownershipChanges = -1

    init(context: LaneContext) throws(KafkaError) {
        self.context = context
        self.jobTopics = try JobTopics(
            setup: TopicSetup(
                configuration: context.configuration, topics: context.topics, health: context.health,
                stop: context.stop, log: context.log),
            instance: context.instance)
        self.decoder = HeartbeatDecoder(
            limits: RecordLimits(
                maxRecordBytes: context.configuration.limits.maxRecordBytes,
                maxWorkflows: context.configuration.limits.maxWorkflows,
                maxTasks: context.configuration.limits.maxTasks))
    }

    /// Reads until the stop signal. Errors of the client are waited out with a new one.
    func run() {
        while !self.context.stop.isSet {
            do throws(KafkaError) {
                if self.consumer == nil { try self.open() }
                try self.turn()
            } catch {
                self.context.log.trouble(self.context.health, "the reader of heartbeats and views", error)
                self.close()
                self.context.stop.wait(1)
            }
        }
        self.close()
    }

    private func close() {
        self.batch.clear()
        do throws(KafkaError) { try self.consumer?.close() } catch { _ = error }
        self.consumer = nil
    }

    private func open() throws(KafkaError) {
        let log = self.context.log
        let consumer = try Consumer(
            self.context.configuration.clientSettings(for: .reader),
            onEvent: { [unowned self] event in self.heard(event) },
            onLog: { line in log.client(line) })
        self.consumer = consumer
        let waker = consumer.waker
        self.context.stop.onSet { waker.wake() }
        self.heartbeatsTopic = try consumer.identity(ofTopic: self.context.topics.heartbeats)
        if self.next.isEmpty { try self.findStart(consumer) }
        try consumer.assign(self.next.map { PartitionOffset($0.key, $0.value) })
    }

    /// Where to start, and where the topics end now: `views` whole, heartbeats back to where a manager is forgotten.
    private func findStart(_ consumer: Consumer) throws(KafkaError) {
        let admin = try Admin(self.context.configuration.clientSettings(for: .admin))
        defer { admin.close() }
        let names = [self.context.topics.heartbeats, self.context.topics.views]
        var partitions: [TopicPartition] = []
        for description in try admin.describeTopics(names, timeout: .seconds(5)) {
            if let error = description.error { throw error }
            for partition in description.partitions {
                partitions.append(TopicPartition(description.name, partition.id))
            }
        }
        let since = self.startedAt - self.context.configuration.fleet.forgetAfter.inSeconds
        let heartbeats = partitions.filter { $0.topic == self.context.topics.heartbeats }
        var starts: [TopicPartition: Int64] = [:]
        for start in try consumer.offsets(
            of: heartbeats, atMilliseconds: Int64(since * 1000), timeout: .seconds(5))
        {
            starts[start.topicPartition] = start.offset
        }
        let views = partitions.filter { $0.topic == self.context.topics.views }
        for begin in try consumer.beginOffsets(of: views, timeout: .seconds(5)) {
            starts[begin.topicPartition] = begin.offset
        }
        for end in try consumer.endOffsets(of: partitions, timeout: .seconds(5)) {
            let partition = end.topicPartition
            // No record since then: nothing to read but what comes.
            let start = starts[partition].flatMap { $0 < 0 ? nil : $0 } ?? end.offset
            self.next[partition] = start
            if end.offset > 0, start < end.offset { self.targets[partition] = end.offset }
        }
    }

    private func turn() throws(KafkaError) {
        guard let consumer = self.consumer else { return }
        let count = try consumer.poll(into: &self.batch, timeout: .milliseconds(self.isReady ? 100 : 20))
        try self.take(self.batch)
        if count > 0 { _ = self.context.health.mended("the reader of heartbeats and views") }
        self.jobTopics.lookAgain()
        self.takeShares()
        if !self.isReady, self.targets.isEmpty {
            self.isReady = true
            let now = Clock.now()
            self.context.instance.lend { $0.fleet.viewIsReady(at: now) }
            self.context.health.viewIsRead()
            self.context.log.info("ViewRead", "heartbeats and views are read", ("records", "\(self.read)"))
        }
        self.advance(hasRead: count > 0)
    }

    /// Counts what others have taken; of this instance's own partitions it has the reservations themselves.
    private func takeShares() {
        let (owned, changes) = self.context.ownership.owned
        guard changes != self.ownershipChanges else { return }
        self.ownershipChanges = changes
        for partition in owned { self.context.instance.lend { $0.fleet.setRemote(nil, partition: partition) } }
        for (partition, view) in self.shares where !owned.contains(partition) {
            self.context.instance.lend { $0.fleet.setRemote(view, partition: partition) }
        }
    }

    /// Moves the fleet's time on, says what has changed, and wakes lanes that hold something for which it may matter.
    private func advance(hasRead: Bool) {
        let monotonic = Clock.monotonic()
        guard hasRead || monotonic - self.advancedAt >= 0.1 else { return }
        self.advancedAt = monotonic
        let now = Clock.now()
        let before = self.context.instance.epoch.load(ordering: .relaxed)
        let (changes, isHolding) = self.context.instance.lend { instance in
            _ = instance.fleet.advance(to: now)
            instance.advanceCircuits(to: now)
            return (instance.fleet.takeChanges(), instance.heldTasks > 0)
        }
        for change in changes { self.report(change) }
        if isHolding, self.context.instance.epoch.load(ordering: .relaxed) != before { self.context.wakers.wake() }
    }

    /// Reading a topic works: what said that it doesn't stands no more.
    private func readsAgain(_ topic: String) {
        guard self.troubledTopics.remove(topic) != nil else { return }
        _ = self.context.health.mended("ACL READ on topic \(topic)")
        self.context.health.mended(prefix: "\(topic)/")
    }

    private func heard(_ event: ClientEvent) {
        switch event {
        case .endOfPartition(let end):
            self.targets[end.topicPartition] = nil
            self.readsAgain(end.topic)
        case .partitionError(let partition, let error):
            self.troubledTopics.insert(partition.topic)
            self.context.log.trouble(
                self.context.health,
                error.reason == .notAuthorized ? "ACL READ on topic \(partition.topic)" : "\(partition)", error)
        case .error(let error) where error.codeName == "GROUP_AUTHORIZATION_FAILED":
            break  // this reader needs no group; the lanes do, and say so
        case .error(let error):
            self.context.log.trouble(self.context.health, "kafka.bootstrap_servers", error)
        case .statistics, .throttled: break
        }
    }

    private func take(_ batch: borrowing RecordBatch) throws(KafkaError) {
        for index in 0..<batch.count { try self.take(batch[index]) }
    }

    private func take(_ record: RecordView) throws(KafkaError) {
        if !self.troubledTopics.isEmpty { self.readsAgain(record.topicName) }
        let isHeartbeat = record.topic == self.heartbeatsTopic
        if isHeartbeat { try self.takeHeartbeat(record) } else { self.takeView(record) }
        self.read += 1
        let version = self.read
        self.context.instance.lend { $0.fleet.version = version }
        let partition = TopicPartition(
            isHeartbeat ? self.context.topics.heartbeats : self.context.topics.views, record.partition)
        self.next[partition] = record.offset + 1
        if let target = self.targets[partition], record.offset + 1 >= target { self.targets[partition] = nil }
    }

    private func takeHeartbeat(_ record: RecordView) throws(KafkaError) {
        let stamp = Double(record.timestampMilliseconds) / 1000
        let (offset, now) = (record.offset, Clock.now())
        do throws(Refusal) {
            switch try self.decoder.decode(value: record.value, key: record.key) {
            case .tombstone(let datacenterID, let managerID):
                self.context.instance.lend {
                    $0.fleet.removeManager(datacenterID: datacenterID, managerID: managerID, now: now)
                }
            case .heartbeat(let heartbeat, let beyond):
                self.context.catalogue.heartbeatCoresBeyondBusy.add(beyond)
                do throws(KafkaError) { try self.prepareTopics(heartbeat) } catch { return }
                let verdict = self.context.instance.lend {
                    $0.fleet.apply(heartbeat, recordTimestamp: stamp, offset: offset, now: now)
                }
                switch verdict {
                case .applied: self.context.catalogue.heartbeats.add()
                case .older: self.context.catalogue.heartbeatsIgnored["older"].add()
                case .repeated: self.context.catalogue.heartbeatsIgnored["repeated"].add()
                case .refused: self.context.catalogue.heartbeatsIgnored["refused"].add()
                }
            }
        } catch {
            self.context.catalogue.heartbeatsRefused[error.reason.rawValue].add()
            // A restart doesn't write yesterday's again.
            guard stamp >= self.startedAt else { return }
            var headers = HeaderList()
            headers.append(contentsOf: record)
            self.context.refusedHeartbeats.append(
                RefusedHeartbeat(
                    key: Self.bytes(record.key), value: Self.bytes(record.value), headers: headers,
                    partition: record.partition,
                    origin: "\(self.context.topics.heartbeats)/\(record.partition)/\(record.offset)",
                    timestampMilliseconds: record.timestampMilliseconds, refusal: error))
        }
    }

    /// Asks until the broker has answered: a datacenter mustn't be chosen before its topic is known to be there.
    private func prepareTopics(_ heartbeat: ManagerHeartbeat) throws(KafkaError) {
        while true {
            do throws(KafkaError) {
                return try self.jobTopics.prepare(for: heartbeat)
            } catch {
                self.context.log.trouble(self.context.health, "kafka.bootstrap_servers", error)
                if self.context.stop.wait(0.5) { throw error }
            }
        }
    }

    private func takeView(_ record: RecordView) {
        let now = Clock.now()
        do throws(Refusal) {
            guard let key = record.key else { return }
            switch try self.views.decode(key: key, value: record.value) {
            case nil: break
            case .set(.drained(let datacenterID, _, _)):
                self.context.instance.lend { $0.fleet.setDrained(datacenterID, true, now: now) }
                self.context.log.info("DatacenterDrained", "datacenter \(datacenterID) takes no new work")
            case .undrained(let datacenterID):
                self.context.instance.lend { $0.fleet.setDrained(datacenterID, false, now: now) }
                self.context.log.info("DatacenterUndrained", "datacenter \(datacenterID) takes work again")
            case .set(.reserved(let view)):
                self.shares[view.partition] = view
                self.ownershipChanges = -1
            case .released(let partition):
                self.shares[partition] = ReservedView(partition: partition, datacenters: [])
                self.ownershipChanges = -1
            }
        } catch {
            self.context.log.error("ViewUnreadable", "a record of views can't be read: \(error.message)")
        }
    }

    private static func bytes(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { bytes in unsafe Array(bytes) }
    }

    /// Says a change of the fleet, once.
    private func report(_ change: FleetChange) {
        let log = self.context.log
        switch change {
        case .datacenterAppeared(let name):
            log.info("DatacenterAppeared", "datacenter \(name) reports", ("datacenter_id", name))
        case .health(let name, let old, let new):
            self.context.catalogue.healthTransitions[name, new.word].add()
            log.info(
                "DatacenterHealth", "datacenter \(name) is \(new.word), was \(old.word)", ("datacenter_id", name),
                ("from", old.word), ("to", new.word))
        case .lost(let name):
            log.warning("DatacenterLost", "datacenter \(name) is silent", ("datacenter_id", name))
        case .back(let name):
            log.info("DatacenterBack", "datacenter \(name) reports again", ("datacenter_id", name))
        case .panicBegan:
            log.error("PanicBegan", "too few datacenters report in time: spillover and evacuation are frozen")
        case .panicEnded(let byLimit):
            log.warning(
                "PanicEnded",
                byLimit ? "the panic has lasted fleet.panic_limit and ends" : "enough datacenters report again")
        case .managerForgotten(let datacenterID, let managerID):
            log.info(
                "ManagerForgotten", "manager \(managerID) of \(datacenterID) was silent for fleet.forget_after",
                ("datacenter_id", datacenterID), ("manager_id", managerID))
        case .datacenterForgotten(let name):
            log.info("DatacenterForgotten", "datacenter \(name) has no manager left", ("datacenter_id", name))
        }
    }
}
