import KafkaClient
import Metrics
import SpillwayCore

/// Commits and aborts. Both are waited for in slices, never for good: a stop is honoured while the broker is frozen, and
/// what is open then is left to the transaction timeout (design section 2).
extension Lane {
    /// One slice of a wait for the broker.
    static let slice = Duration.milliseconds(500)
    /// How long after the stop signal a commit is still waited for.
    static let patienceAfterStop: Seconds = 6
    /// How long an abort is waited for before the producer is replaced instead.
    static let patienceWithAbort: Seconds = 5

    var isTransactional: Bool { self.context.configuration.kafka.delivery == .exactlyOnce }

    /// Opens a transaction if none is open.
    func begin() throws(LaneFailure) {
        guard self.transactionBegan == nil else { return }
        self.transactionBegan = Clock.monotonic()
        guard self.isTransactional, let producer = self.producer else { return }
        do throws(KafkaError) {
            try producer.beginTransaction()
        } catch {
            throw LaneFailure(producer: error)
        }
    }

    func commitIfOpen() throws(LaneFailure) {
        if self.transactionBegan != nil { try self.commit() }
    }

    /// Makes everything since ``begin()`` visible together with the offsets that it came from.
    func commit() throws(LaneFailure) {
        guard let consumer = self.consumer, let producer = self.producer, let writer = self.writer else { return }
        let began = Clock.monotonic()
        let offsets = self.partitions.values.filter { $0.position >= 0 && $0.committed != $0.position }.map {
            PartitionOffset(self.context.topics.events, $0.partition, $0.position)
        }
        if self.isTransactional {
            if !offsets.isEmpty {
                try self.inSlices { () throws(KafkaError) in
                    // Fresh each time: the broker refuses that of an earlier generation, which fences a deposed owner.
                    let group = try consumer.groupMetadata()
                    try producer.sendOffsets(offsets, group: group, timeout: Self.slice)
                }
            }
            try self.inSlices { () throws(KafkaError) in try producer.commitTransaction(timeout: Self.slice) }
        } else {
            // What is to be remembered becomes durable only after what it says was done: the other way round a crash
            // in between would lose a job.
            try self.flush(producer)
            do throws(KafkaError) { try writer.writeDeferredState() } catch { throw LaneFailure(producer: error) }
            try self.flush(producer)
            if !offsets.isEmpty {
                try self.inSlices { () throws(KafkaError) in try consumer.commit(offsets) }
            }
        }
        self.writesAgain()
        if self.context.health.mended("transactions") {
            self.context.log.info("TransactionsResumed", "lane \(self.number) commits again")
        }
        for partition in self.partitions.values where partition.position >= 0 {
            partition.committed = partition.position
        }
        self.transactionBegan = nil
        self.context.catalogue.transactions["committed"].add()
        self.context.catalogue.commitDuration.observe(Clock.monotonic() - began)
        self.tally.commit(to: self.context.catalogue, self.context.log, at: Clock.now())
    }

    /// Undoes everything since ``begin()``. Whatever happens, no transaction is open for this lane afterwards.
    func abort() throws(LaneFailure) {
        guard self.transactionBegan != nil, let producer = self.producer else { return }
        self.transactionBegan = nil
        self.tally.reset()
        self.effects.reset()
        self.writer?.forgetDeferredState()
        self.context.catalogue.transactions["aborted"].add()
        guard self.isTransactional else { return }
        let began = Clock.monotonic()
        while true {
            do throws(KafkaError) {
                try producer.abortTransaction(timeout: Self.slice)
                return
            } catch  where error.isRetriable && !error.requiresAbort && !error.isFatal {
                try self.waited()
                // After records that timed out librdkafka drains and asks for a new epoch, which takes tens of seconds
                // once the broker is back. A new producer's first request aborts what the old one left open.
                if Clock.monotonic() - began > Self.patienceWithAbort { throw LaneFailure(.replaceProducer, error) }
            } catch {
                throw LaneFailure(producer: error)
            }
        }
    }

    private func flush(_ producer: Producer) throws(LaneFailure) {
        while true {
            let isDone: Bool
            do throws(KafkaError) {
                isDone = try producer.flush(timeout: Self.slice)
            } catch {
                throw LaneFailure(producer: error)
            }
            try self.waited()
            if let failure = producer.takeFailure() {
                self.say(failure)
                throw LaneFailure(.restore, failure.error)
            }
            if isDone { return }
        }
    }

    /// Calls again while the answer is "not yet".
    func inSlices(_ call: () throws(KafkaError) -> Void) throws(LaneFailure) {
        while true {
            do throws(KafkaError) {
                try call()
                return
            } catch  where error.isRetriable && !error.requiresAbort && !error.isFatal {
                try self.waited()
            } catch {
                throw LaneFailure(producer: error)
            }
        }
    }

    /// A slice has passed in waiting for the broker.
    func waited() throws(LaneFailure) {
        self.context.health.turned(self.number)
        if self.context.stop.age > Self.patienceAfterStop { throw LaneFailure(.giveUp) }
    }
}
