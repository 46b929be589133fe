import KafkaClient
import Metrics
import SpillwayCore

/// The lane's Kafka clients, and what is done when one of them fails.
extension Lane {
    /// Makes the clients that aren't there, takes over the transactional id, joins the group.
    func openClients() throws(LaneFailure) {
        try self.openProducer()
        guard self.consumer == nil else { return }
        let log = self.context.log
        do throws(KafkaError) {
            let consumer = try Consumer(
                self.context.configuration.clientSettings(for: .laneConsumer(lane: self.number)),
                onRebalance: { [unowned self] _, change in self.rebalanced(change) },
                onEvent: { [unowned self] event in self.heard(event) },
                onLog: { line in log.client(line) })
            self.consumer = consumer
            let waker = consumer.waker
            self.context.stop.onSet { waker.wake() }
            self.context.wakers.set(waker, lane: self.number)
            try consumer.subscribe(to: [self.context.topics.events])
        } catch {
            throw LaneFailure(consumer: error)
        }
    }

    private func openProducer() throws(LaneFailure) {
        guard self.producer == nil else { return }
        let log = self.context.log
        var settings = self.context.configuration.clientSettings(for: .laneProducer(lane: self.number))
        if self.context.configuration.kafka.properties["message.max.bytes"] == nil {
            // What dead-letter takes whole must not be refused before it gets there.
            settings["message.max.bytes"] = String(DeadLetterLimit.largestRecordBytes)
        }
        do throws(KafkaError) {
            let producer = try Producer(
                settings, keepsValuesUntilFlushed: true,
                onEvent: { [unowned self] event in self.heard(event) },
                onLog: { line in log.client(line) })
            self.producer = producer
            self.writer = try LaneWriter(
                producer: producer, context: self.context, defersState: !self.isTransactional)
        } catch {
            throw LaneFailure(.replaceProducer, error)
        }
        guard self.isTransactional, let producer = self.producer else { return }
        do throws(LaneFailure) {
            try self.inSlices { () throws(KafkaError) in try producer.initTransactions(timeout: Self.slice) }
        } catch {
            // Whatever it was, this one can't begin a transaction.
            throw LaneFailure(error.remedy == .giveUp ? .giveUp : .replaceProducer, error.error)
        }
        _ = self.context.health.mended(self.transactionalIDName)
    }

    /// Does what an error asks for, so that the loop can begin anew.
    func recover(from failure: LaneFailure) throws(SpillwayError) {
        if let error = failure.error { self.say(error) }
        var failure = failure
        // A failed commit doesn't name the topic; the delivery reports do.
        if let delivery = self.producer?.takeFailure() { self.say(delivery) }
        if failure.remedy == .restore {
            do throws(LaneFailure) {
                try self.abort()
                try self.restoreAll()
            } catch {
                failure = error.remedy == .restore ? LaneFailure(.replaceProducer, error.error) : error
                if let error = error.error { self.say(error) }
            }
        }
        if failure.remedy == .end, !self.isFencedByAnother() {
            self.context.log.warning("FencedByItself", "lane \(self.number) joins its group anew")
            failure.remedy = self.context.stop.isSet ? .giveUp : .replaceClients
        }
        switch failure.remedy {
        case .restore:
            break
        case .replaceProducer:
            self.closeProducer()
            self.context.catalogue.laneRestarts.add()
            do throws(LaneFailure) {
                try self.openProducer()
                try self.restoreAll()
            } catch {
                if let error = error.error { self.say(error) }
                self.closeClients()
            }
        case .replaceClients:
            self.closeClients()
            self.context.catalogue.laneRestarts.add()
        case .giveUp:
            self.context.log.warning(
                "StoppedWithOpenTransaction",
                "the broker doesn't answer: what is open is left to the transaction timeout and done again")
            return
        case .end:
            let id = self.context.configuration.kafka.effectiveInstanceID
            throw SpillwayError(
                .instanceTaken,
                "kafka.instance_id: another process runs with \"\(id)\"; give each process an id of its own")
        }
        // Not at once again and again: what is wrong with the broker takes others a while to mend.
        self.context.health.turned(self.number)
        self.context.stop.wait(failure.remedy == .restore && failure.error?.reason != .notAuthorized ? 0.1 : 1)
    }

    private func closeProducer() {
        self.transactionBegan = nil
        self.tally.reset()
        self.effects.reset()
        self.writer = nil
        self.producer?.close()
        self.producer = nil
    }

    /// Leaves the group and gives up all state.
    func closeClients() {
        self.closeProducer()
        self.batch.clear()
        if let consumer = self.consumer {
            // The rebalance that closing causes must find nothing open, and opens nothing without a producer.
            do throws(KafkaError) { try consumer.close() } catch { self.say(error) }
        }
        self.consumer = nil
        self.failure = nil
        self.giveUpPartitions()
        self.context.ownership.give(self.number, [])
    }

    // MARK: - What is said

    /// Errors and ends of partitions, inside a poll.
    private func heard(_ event: ClientEvent) {
        switch event {
        case .endOfPartition(let end):
            self.readsAgain()
            self.partitions[end.partition]?.heardEnd(at: end.offset)
        case .partitionError(let partition, let error):
            self.isReadingTroubled = true
            self.context.log.trouble(
                self.context.health,
                error.reason == .notAuthorized ? "ACL READ on topic \(partition.topic)" : "\(partition)",
                error)
        case .error(let error):
            if error.reason == .instanceFenced { self.failure = LaneFailure(.end, error) }
            self.say(error)
        case .statistics, .throttled:
            break
        }
    }

    /// Reading `events` works: what said that it doesn't stands no more.
    func readsAgain() {
        guard self.isReadingTroubled else { return }
        self.isReadingTroubled = false
        _ = self.context.health.mended("ACL READ on topic \(self.context.topics.events)")
        self.context.health.mended(prefix: "\(self.context.topics.events)/")
    }

    /// The same of writing.
    func writesAgain() {
        guard self.isWritingTroubled else { return }
        self.isWritingTroubled = false
        self.context.health.mended(prefix: "ACL WRITE on topic ")
        self.context.health.mended(prefix: "topic ")
    }

    var groupName: String { "ACL READ on group \(self.context.configuration.kafka.groupID)" }

    var transactionalIDName: String {
        "ACL WRITE and DESCRIBE on transactional id \(self.context.configuration.kafka.transactionalID(lane: self.number))"
    }

    func say(_ error: KafkaError) {
        let resource: String
        switch error.codeName {
        case "TRANSACTIONAL_ID_AUTHORIZATION_FAILED": resource = self.transactionalIDName
        case "GROUP_AUTHORIZATION_FAILED": resource = self.groupName
        case "TOPIC_AUTHORIZATION_FAILED": return  // the delivery report or the partition's error names the topic
        default: resource = error.reason == .unreachable ? "kafka.bootstrap_servers" : "transactions"
        }
        self.context.log.trouble(self.context.health, resource, error)
    }

    func say(_ failure: DeliveryFailure) {
        self.isWritingTroubled = true
        if failure.error.reason == .tooLarge, failure.topic == self.context.topics.deadLetter {
            self.context.deadLetterLimit.shrink()
        }
        let topic = self.context.topics.short(failure.topic)
        self.context.catalogue.produceFailures[topic, failure.error.reason.label].add()
        self.context.log.trouble(
            self.context.health,
            failure.error.reason == .notAuthorized
                ? "ACL WRITE on topic \(failure.topic)" : "topic \(failure.topic)",
            failure.error)
    }
}
