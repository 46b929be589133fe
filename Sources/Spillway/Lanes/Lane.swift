import KafkaClient
import Metrics
import SpillwayCore
import SpillwayMessages
import Synchronization

/// One thread, one consumer, one engine for each of its partitions, one transactional producer: reads `events`, decides,
/// and writes what follows, its state and its offsets in one transaction (design section 2).
///
/// Everything here happens on the lane's thread. What goes wrong with Kafka ends in one of three ways: the transaction
/// is aborted and the state restored; the producer is replaced as well; both clients are. Only a taken instance id ends
/// the lane.
final class Lane {
    let number: Int
    let context: LaneContext
    var consumer: Consumer?
    var producer: Producer?
    var writer: LaneWriter?
    var decoder: EventDecoder
    var batch: RecordBatch
    var effects = Effects()
    var tally = LaneTally()
    var partitions: [Int32: LanePartition] = [:]
    /// Partitions that were revoked in good order: the next assignment may give them back.
    var parked: [Int32: LanePartition] = [:]
    /// When the open transaction was begun. `nil`: none is open.
    var transactionBegan: Seconds?
    /// Something failed inside a rebalance or an event: it is dealt with once the poll has returned.
    var failure: LaneFailure?
    /// The group's name for this lane, when it was last given partitions.
    var memberID: String?
    /// A record or an end of `events` will show that reading works again; a commit, that writing does.
    var isReadingTroubled = false
    var isWritingTroubled = false
    /// What the other instances were last told of the partitions' reservations.
    var told = ToldShares()
    private var worstHealthLog = WorstHealthLog()
    private var isBrokerSilent = false
    /// When the broker was last asked for ends of partitions.
    private var askedAt: Seconds = 0

    init(number: Int, context: LaneContext) {
        self.number = number
        self.context = context
        let limits = context.configuration.limits
        self.decoder = EventDecoder(
            limits: RecordLimits(
                maxRecordBytes: limits.maxRecordBytes, maxWorkflows: limits.maxWorkflows, maxTasks: limits.maxTasks))
        self.batch = RecordBatch(capacity: 2000)
    }

    /// Runs until the stop signal, or until another process takes the instance id.
    func run() throws(SpillwayError) {
        defer { self.closeClients() }
        while !self.context.stop.isSet {
            do throws(LaneFailure) {
                try self.openClients()
                try self.turn()
            } catch {
                try self.recover(from: error)
            }
        }
    }

    /// Reads, decides and commits until the stop signal.
    private func turn() throws(LaneFailure) {
        while true {
            self.context.health.turned(self.number)
            if self.context.stop.isSet {
                try self.commitIfOpen()
                return
            }
            try self.poll()
            try self.drive()
            if self.isCommitDue { try self.commit() }
        }
    }

    private func poll() throws(LaneFailure) {
        guard let consumer = self.consumer else { return }
        let count: Int
        do throws(KafkaError) {
            count = try consumer.poll(into: &self.batch, timeout: .seconds(self.waitTime))
        } catch {
            throw LaneFailure(consumer: error)
        }
        if let failure = self.failure {
            self.failure = nil
            throw failure
        }
        if count > 0 {
            self.readsAgain()
            try self.process(self.batch)
        }
    }

    /// How long a poll may wait, in seconds: until the commit is due, a timer, or a look at the stop signal.
    private var waitTime: Seconds {
        if let began = self.transactionBegan {
            return max(0, began + self.context.configuration.kafka.commitInterval.inSeconds - Clock.monotonic())
        }
        var wait: Seconds = 0.5
        if !self.partitions.isEmpty { wait = max(0.001, self.told.wait(from: Clock.monotonic())) }
        let now = Clock.now()
        for partition in self.partitions.values where partition.isAtEnd {
            guard let timer = partition.engine.nextTimer else { continue }
            wait = min(wait, timer > now ? max(0.001, timer - now) : Self.askingInterval)
        }
        return wait
    }

    /// More in one transaction makes commits longer than what they save (reference/throughput.md).
    private static let mostInputs = 10_000

    private var isCommitDue: Bool {
        guard let began = self.transactionBegan else { return false }
        return self.tally.inputs >= Self.mostInputs
            || Clock.monotonic() - began >= self.context.configuration.kafka.commitInterval.inSeconds
    }

    // MARK: - Records

    private static let measuredEvery = 4

    private func process(_ batch: borrowing RecordBatch) throws(LaneFailure) {
        for index in 0..<batch.count { try self.process(batch[index]) }
    }

    private func process(_ record: RecordView) throws(LaneFailure) {
        guard let partition = self.partitions[record.partition] else { return }
        // Read again after a restore that went back: it has been taken.
        guard record.offset >= partition.position else { return }
        try self.begin()
        partition.position = record.offset + 1
        let stamp = Double(record.timestampMilliseconds) / 1000
        partition.lastStamp = max(partition.lastStamp, stamp)
        let event: Event
        do throws(Refusal) {
            event = try self.decoder.decode(value: record.value, typeHeader: record.header(named: "ce_type"))
        } catch {
            self.tally.refused()
            try self.kafka { writer throws(KafkaError) in
                try writer.deadLetter(record, topic: self.context.topics.events, refusal: error)
            }
            self.tally.deadLetter(topic: "events", reason: error.reason.rawValue)
            return
        }
        self.tally.read(event.type, stamped: stamp)
        let home = HomePartition.of(key: event.routingKey, partitions: self.context.partitions)
        if home != record.partition {
            self.tally.forwarded += 1
            try self.kafka { writer throws(KafkaError) in try writer.forward(record, to: home) }
            return
        }
        // What is held goes before what is new.
        if partition.engine.hasHeld {
            try self.placeHeld(partition, now: Clock.now(), evacuatingBackfill: false)
        }
        let position = InputPosition(partition: record.partition, offset: record.offset, timestamp: stamp)
        // A clock costs as much as a tenth of a decision: some decisions are measured, and stand for all.
        let isMeasured = self.tally.inputs % Self.measuredEvery == 0
        let began = isMeasured ? Clock.monotonic() : 0
        let (now, lane) = (Clock.now(), self)
        self.context.instance.lend { instance in
            partition.engine.step(event, at: position, now: now, instance: &instance, effects: &lane.effects)
        }
        if isMeasured { self.context.catalogue.decisionDuration.observe(Clock.monotonic() - began) }
        try self.write(partition)
    }

    // MARK: - Timers and held slots

    /// Does what time and the view ask for, beside records.
    private func drive() throws(LaneFailure) {
        let now = Clock.now()
        try self.writeRefusedHeartbeats()
        self.watchBroker()
        self.askForEnds(now)
        for partition in self.partitions.values {
            partition.settle()
            let due = self.isBrokerSilent ? partition.lastStamp : partition.timersDue
            if let timer = partition.engine.nextTimer, timer <= due { try self.fire(partition, until: due) }
        }
        // Normal work of lost datacenters before backfill, whichever partitions they belong to.
        for evacuatesBackfill in [false, true] {
            for partition in self.partitions.values {
                try self.placeHeld(partition, now: now, evacuatingBackfill: evacuatesBackfill)
            }
        }
        try self.shareReservations()
    }

    /// How often the broker is asked for ends of partitions, at most.
    private static let askingInterval: Seconds = 0.01
    /// How long it has for its answer. It is asked again.
    private static let askingTimeout = Duration.milliseconds(200)

    /// Asks where the partitions end whose timers are due. That the end was read some time ago doesn't say that nothing
    /// has come since: a renewal may lie there that a slow fetch, or an open transaction in front of it, keeps away.
    private func askForEnds(_ now: UnixSeconds) {
        guard let consumer = self.consumer, Clock.monotonic() - self.askedAt >= Self.askingInterval else { return }
        var waiting: [TopicPartition] = []
        for partition in self.partitions.values where partition.hasToAsk(now) {
            waiting.append(TopicPartition(self.context.topics.events, partition.partition))
        }
        guard !waiting.isEmpty else { return }
        defer { self.askedAt = Clock.monotonic() }
        // Whatever goes wrong: nothing fires, and it is asked again.
        guard let ends = try? consumer.endOffsets(of: waiting, timeout: Self.askingTimeout) else { return }
        for end in ends {
            // What is behind an open transaction is no end to readers of committed records; the last fetch told of it.
            let known = try? consumer.cachedWatermarks(of: end.topicPartition)
            self.partitions[end.partition]?.toldEnd(max(end.offset, known?.high ?? 0), at: now)
        }
    }

    /// Tries what is held in a partition, if the view has changed since.
    private func placeHeld(
        _ partition: LanePartition, now: UnixSeconds, evacuatingBackfill: Bool
    ) throws(LaneFailure) {
        partition.engine.evacuatesBackfill = evacuatingBackfill
        let epoch = self.context.instance.epoch.load(ordering: .relaxed)
        guard partition.engine.isWorthTrying(epoch: epoch, now: now) else { return }
        var isMore = true
        while isMore {
            let lane = self
            isMore = self.context.instance.lend { instance in
                partition.engine.placeHeld(now: now, instance: &instance, effects: &lane.effects)
            }
            try self.write(partition)
            if self.isCommitDue { try self.commit() }
        }
    }

    /// Tells the other instances which cores this lane's partitions have taken (design section 4). Where this instance
    /// has all partitions, nobody else decides, and they are told of none.
    private func shareReservations() throws(LaneFailure) {
        guard !self.partitions.isEmpty, self.told.isDue(at: Clock.monotonic()) else { return }
        let isAlone = self.context.ownership.owned.partitions.count == Int(self.context.partitions)
        for partition in self.partitions.keys.sorted() {
            let share =
                isAlone
                ? ReservedView(partition: partition, datacenters: [])
                : self.context.instance.lend { $0.fleet.share(of: partition) }
            guard self.told.isNews(share) else { continue }
            try self.begin()
            try self.kafka { writer throws(KafkaError) in try writer.share(share) }
            self.told.note(share)
        }
    }

    /// Nothing is reaped while nobody can renew: timers stand still while the broker is silent, and what could not be
    /// renewed meanwhile gets a grace when it is back (design section 6, "Reaper").
    private func watchBroker() {
        let isSilent = self.context.health.isBrokerSilent
        guard isSilent != self.isBrokerSilent else { return }
        self.isBrokerSilent = isSilent
        guard !isSilent else { return }
        for partition in self.partitions.values { partition.engine.forgiveOutage() }
    }

    private func fire(_ partition: LanePartition, until time: UnixSeconds) throws(LaneFailure) {
        let effects = self
        self.context.instance.lend { instance in
            partition.engine.fire(until: time, instance: &instance, effects: &effects.effects)
        }
        try self.write(partition)
    }

    private func writeRefusedHeartbeats() throws(LaneFailure) {
        guard self.context.refusedHeartbeats.isWorthALook else { return }
        for partition in self.partitions.keys.sorted() {
            let refused = self.context.refusedHeartbeats.take(
                for: partition, of: self.context.partitions)
            for heartbeat in refused {
                try self.begin()
                try self.kafka { writer throws(KafkaError) in try writer.deadLetter(heartbeat) }
                self.tally.deadLetter(topic: "heartbeats", reason: heartbeat.reason)
            }
        }
    }

    // MARK: - Effects

    /// Writes the effects of one step and forgets them.
    private func write(_ partition: LanePartition) throws(LaneFailure) {
        defer { self.effects.reset() }
        self.tally.add(self.effects)
        guard !self.effects.isEmpty else { return }
        try self.begin()
        for index in 0..<self.effects.decisionCount {
            self.tally.decided(self.effects.decisions[index])
            self.worstHealthLog.note(self.effects.decisions[index], self.context.log)
        }
        for result in self.effects.results where result.isFinal && result.revision == 0 {
            self.tally.ended(result.jobID, result.status)
        }
        try self.kafka { writer throws(KafkaError) in
            try writer.write(self.effects, of: partition.partition, tally: &self.tally)
        }
    }

    private func kafka(_ body: (LaneWriter) throws(KafkaError) -> Void) throws(LaneFailure) {
        guard let writer = self.writer else { return }
        do throws(KafkaError) {
            try body(writer)
        } catch {
            throw LaneFailure(producer: error)
        }
    }
}
