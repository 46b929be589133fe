import KafkaClient
import Metrics
import SpillwayCore
import SpillwayMessages

/// Partitions that come and go, and the restore of their state.
///
/// The order on assignment is the design's (section 2): the group's committed offsets with stable reads, so that a
/// predecessor's open transaction has ended; then `state` up to its end; then the first input.
extension Lane {
    /// Runs inside a rebalance, on the lane's thread. Errors are kept until the poll has returned.
    func rebalanced(_ change: Rebalance) -> [PartitionOffset] {
        do throws(LaneFailure) {
            switch change {
            case .assigned(let partitions):
                self.context.catalogue.rebalances["assigned"].add()
                self.memberID = self.consumer?.memberID
                _ = self.context.health.mended(self.groupName)
                return try self.take(partitions.map(\.partition))
            case .revoked(let partitions):
                self.context.catalogue.rebalances["revoked"].add()
                try self.park(partitions.map(\.partition))
            case .lost:
                self.context.catalogue.rebalances["lost"].add()
                self.context.log.warning("AssignmentLost", "lane \(self.number) lost its partitions")
                defer {
                    self.giveUpPartitions()
                    self.context.ownership.give(self.number, [])
                }
                try self.abort()
            }
        } catch {
            // The group believes that the partitions are taken or given: only joining anew gets both in step again.
            self.failure = error.remedy == .restore ? LaneFailure(.replaceClients, error.error) : error
        }
        return []
    }

    /// Commits what is open and keeps the state: with the `range` assignor most partitions come back at once.
    private func park(_ partitions: [Int32]) throws(LaneFailure) {
        self.context.health.assigned(self.number, partitions: nil)
        do throws(LaneFailure) {
            // Whoever has joined decides at once, and this instance goes on without what it gives away: both have to know
            // what is taken before the new owners have restored it.
            if !self.context.stop.isSet, self.producer != nil { try self.tellShares(isAlone: false) }
            try self.commitIfOpen()
        } catch {
            self.giveUpPartitions()
            if error.remedy == .restore { try self.abort() } else { throw error }
            return
        }
        guard !partitions.isEmpty, !self.context.stop.isSet else { return }
        self.parked = self.partitions
        self.partitions = [:]
        do throws(KafkaError) {
            let ends = try self.stateEnds(of: partitions)
            for (partition, end) in ends { self.parked[partition]?.stateEnd = end }
        } catch {
            // Without it they are restored, which is only slower.
            self.say(error)
        }
    }

    private func take(_ partitions: [Int32]) throws(LaneFailure) -> [PartitionOffset] {
        let began = Clock.monotonic()
        let committed = try self.committedOffsets(of: partitions)
        var missing: [Int32] = []
        var kept = 0
        let ends = self.parked.isEmpty ? [:] : ((try? self.stateEnds(of: partitions)) ?? [:])
        for partition in partitions {
            if let parked = self.parked[partition], let end = parked.stateEnd, ends[partition] == end,
                parked.committed == committed[partition]
            {
                self.parked[partition] = nil
                parked.forgetEnd()
                self.partitions[partition] = parked
                kept += 1
            } else {
                missing.append(partition)
            }
        }
        var old: [Int32: LanePartition] = [:]
        for (number, parked) in self.parked {
            if missing.contains(number) { old[number] = parked } else { self.handOver(parked) }
        }
        self.parked = [:]
        self.told.forget()
        let restored = try self.restore(missing, committed: committed, replacing: old)
        self.context.ownership.give(self.number, Set(partitions))
        self.context.health.assigned(self.number, partitions: partitions.count)
        self.context.log.info(
            "PartitionsAssigned",
            "lane \(self.number) has \(partitions.count) partitions, \(restored) records restored",
            ("partitions", partitions.sorted().map(String.init).joined(separator: ",")), ("kept", "\(kept)"),
            ("seconds", "\(Clock.monotonic() - began)"))
        return self.startOffsets()
    }

    private func startOffsets() -> [PartitionOffset] {
        self.partitions.values.map {
            PartitionOffset(self.context.topics.events, $0.partition, $0.committed ?? Offset.beginning)
        }
    }

    /// Throws away the state of all partitions, restores it, and goes back to the committed offsets.
    func restoreAll() throws(LaneFailure) {
        guard let consumer = self.consumer else { return }
        let partitions = self.partitions.keys.sorted()
        guard !partitions.isEmpty else { return }
        self.context.health.assigned(self.number, partitions: nil)
        do throws(LaneFailure) {
            let committed = try self.committedOffsets(of: partitions)
            let old = self.partitions
            self.partitions = [:]
            self.told.forget()
            _ = try self.restore(partitions, committed: committed, replacing: old)
            do throws(KafkaError) {
                try consumer.assign(self.startOffsets())
            } catch {
                throw LaneFailure(consumer: error)
            }
        } catch {
            // There is no state, and what the group has given stays given: only joining anew gets it back.
            self.giveUpPartitions()
            switch error.remedy {
            case .restore, .replaceProducer: throw LaneFailure(.replaceClients, error.error)
            case .replaceClients, .giveUp, .end: throw error
            }
        }
        self.context.health.assigned(self.number, partitions: partitions.count)
    }

    /// Gives back everything that the instance counts for this lane's partitions, and forgets them.
    func giveUpPartitions() {
        for partition in self.partitions.values { self.withdraw(partition) }
        for partition in self.parked.values { self.withdraw(partition) }
        self.partitions = [:]
        self.parked = [:]
        self.told.forget()
        self.context.health.assigned(self.number, partitions: nil)
    }

    private func withdraw(_ partition: LanePartition) {
        self.context.instance.lend { instance in partition.engine.withdraw(from: &instance) }
    }

    /// A partition has gone elsewhere: what it has taken counts until its new owner tells of it, or has it at first hand.
    private func handOver(_ partition: LanePartition) {
        self.context.instance.lend { instance in
            let share = instance.fleet.share(of: partition.partition)
            partition.engine.withdraw(from: &instance)
            instance.fleet.setRemote(share, partition: partition.partition)
        }
    }

    /// The group's committed offsets. A read waits until no transaction with offsets of these partitions is open.
    private func committedOffsets(of partitions: [Int32]) throws(LaneFailure) -> [Int32: Int64] {
        guard let consumer = self.consumer else { return [:] }
        var offsets: [PartitionOffset] = []
        try self.inSlices { () throws(KafkaError) in
            offsets = try consumer.committed(
                partitions.map { TopicPartition(self.context.topics.events, $0) }, timeout: Self.slice)
        }
        var committed: [Int32: Int64] = [:]
        for offset in offsets { committed[offset.partition] = offset.known }
        return committed
    }

    private func stateEnds(of partitions: [Int32]) throws(KafkaError) -> [Int32: Int64] {
        guard let consumer = self.consumer else { return [:] }
        let ends = try consumer.endOffsets(
            of: partitions.map { TopicPartition(self.context.topics.state, $0) }, timeout: .seconds(5))
        return Dictionary(uniqueKeysWithValues: ends.map { ($0.partition, $0.offset) })
    }

    /// Reads the partitions' `state` up to its end.
    ///
    /// - Parameters:
    ///   - partitions: Which partitions.
    ///   - old: What this lane had before. The cores that it has taken are given back when those of the restored state are
    ///     taken, not before: other lanes decide meanwhile.
    /// - Returns: How many records there were.
    private func restore(
        _ partitions: [Int32], committed: [Int32: Int64], replacing old: [Int32: LanePartition]
    ) throws(LaneFailure) -> Int {
        var old = old
        defer { for partition in old.values { self.withdraw(partition) } }
        guard !partitions.isEmpty else { return 0 }
        var restored: [Int32: LanePartition] = [:]
        for partition in partitions {
            let lanePartition = LanePartition(
                partition: partition,
                engine: Engine(partition: partition, settings: self.context.engineSettings),
                position: committed[partition] ?? LanePartition.nothingRead)
            lanePartition.committed = committed[partition]
            restored[partition] = lanePartition
        }
        let reader = try StateReader(lane: self, partitions: partitions)
        let count = try reader.read { partition, change in restored[partition]?.engine.restore(change) }
        let now = Clock.now()
        for (number, partition) in restored {
            let replaced = old.removeValue(forKey: number)
            self.context.instance.lend { instance in
                replaced?.engine.withdraw(from: &instance)
                // What its former owner has told of it is known at first hand now.
                instance.fleet.setRemote(nil, partition: number)
                partition.engine.finishRestore(instance: &instance, now: now)
            }
            self.partitions[number] = partition
        }
        return count
    }
}
