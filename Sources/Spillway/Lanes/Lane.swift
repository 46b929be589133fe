import KafkaClient
import Metrics
import SpillwayCore
import SpillwayMessages

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
    var isBrokerSilent = false
    /// When a circuit lets its probe through next, for which something may be held here.
    var nextCircuitChange: UnixSeconds?
    /// When the broker was last asked for ends of partitions.
    var askedAt: Seconds = 0

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
        if let change = self.nextCircuitChange { wait = min(wait, max(0.001, change - now)) }
        return wait
    }

    /// More in one transaction makes commits longer than what they save (reference/throughput.md).
    private static let mostInputs = 10_000

    var isCommitDue: Bool {
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
        let stamp = Double(record.timestampMilliseconds) / 1000
        // What is due, and what is held, goes before what is new. Both may commit: the record doesn't count as taken yet.
        if let timer = partition.engine.nextFiring, timer <= stamp { try self.fire(partition, until: stamp) }
        if partition.engine.hasHeld { try self.placeHeld(partition, now: Clock.now()) }
        try self.begin()
        try self.take(record, of: partition, stamped: stamp)
        partition.position = record.offset + 1
        partition.lastStamp = max(partition.lastStamp, stamp)
    }

    private func take(
        _ record: RecordView, of partition: LanePartition, stamped stamp: UnixSeconds
    ) throws(LaneFailure) {
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

    // MARK: - Effects

    /// Writes the effects of one step and forgets them.
    func write(_ partition: LanePartition) throws(LaneFailure) {
        defer { self.effects.reset() }
        // Lent: a copy would retain each of its lists.
        try self.write(&self.effects, of: partition.partition)
    }

    private func write(_ effects: inout Effects, of partition: Int32) throws(LaneFailure) {
        self.tally.add(effects)
        guard !effects.isEmpty else { return }
        try self.begin()
        self.worstHealthLog.note(effects, self.context.log)
        guard let writer = self.writer else { return }
        do throws(KafkaError) {
            try writer.write(effects, of: partition, tally: &self.tally)
        } catch {
            throw LaneFailure(producer: error)
        }
    }

    func kafka(_ body: (LaneWriter) throws(KafkaError) -> Void) throws(LaneFailure) {
        guard let writer = self.writer else { return }
        do throws(KafkaError) {
            try body(writer)
        } catch {
            throw LaneFailure(producer: error)
        }
    }
}
