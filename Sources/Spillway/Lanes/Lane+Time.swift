import KafkaClient
import Metrics
import SpillwayCore
import Synchronization

/// What time and the view ask for, beside records: timers, held work, lost datacenters, what other instances are told.
extension Lane {
    /// Does what time and the view ask for, beside records.
    func drive() throws(LaneFailure) {
        let now = Clock.now()
        try self.writeRefusedHeartbeats()
        self.watchBroker()
        self.askForEnds(now)
        for partition in self.partitions.values {
            partition.settle()
            let due = self.isBrokerSilent ? partition.lastStamp : partition.timersDue
            if let timer = partition.engine.nextFiring, timer <= due { try self.fire(partition, until: due) }
        }
        self.nextCircuitChange = self.context.instance.lend { instance in
            instance.advanceCircuits(to: now)
            return instance.nextCircuitChange
        }
        // Twice: backfill of lost datacenters waits until the normal work of all partitions has been tried, which for those
        // of other lanes takes until their next turn.
        for _ in 0..<2 {
            for partition in self.partitions.values { try self.placeHeld(partition, now: now) }
        }
        try self.shareReservations()
    }

    /// How often the broker is asked for ends of partitions, at most.
    static let askingInterval: Seconds = 0.01
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
    func placeHeld(_ partition: LanePartition, now: UnixSeconds) throws(LaneFailure) {
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

    /// Tells the other instances now and then which cores this lane's partitions have taken (design section 4). Where this
    /// instance has all partitions, nobody else decides, and they are told of none.
    private func shareReservations() throws(LaneFailure) {
        guard !self.partitions.isEmpty, self.told.isDue(at: Clock.monotonic()) else { return }
        try self.tellShares(isAlone: self.context.ownership.owned.partitions.count == Int(self.context.partitions))
    }

    /// Tells them what they don't know yet.
    func tellShares(isAlone: Bool) throws(LaneFailure) {
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

    /// How many timers fire before what they write is sent, so that a great many don't become one transaction.
    private static let timersAtOnce = 256

    func fire(_ partition: LanePartition, until time: UnixSeconds) throws(LaneFailure) {
        var isDone = false
        while !isDone {
            let lane = self
            isDone = self.context.instance.lend { instance in
                partition.engine.fire(
                    until: time, limit: Self.timersAtOnce, instance: &instance, effects: &lane.effects)
            }
            try self.write(partition)
            if self.isCommitDue { try self.commit() }
        }
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
}
