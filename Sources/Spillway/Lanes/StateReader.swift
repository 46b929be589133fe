import KafkaClient
import Metrics
import SpillwayCore
import SpillwayMessages

/// Reads partitions of `state` from their beginning to where they end, with a consumer of its own.
final class StateReader {
    private let lane: Lane
    private let consumer: Consumer
    private let partitions: [Int32]
    private let ends = EndWatch()

    init(lane: Lane, partitions: [Int32]) throws(LaneFailure) {
        self.lane = lane
        self.partitions = partitions
        let log = lane.context.log
        let (ends, health, topics) = (self.ends, lane.context.health, lane.context.topics)
        do throws(KafkaError) {
            self.consumer = try Consumer(
                lane.context.configuration.clientSettings(for: .reader),
                onEvent: { event in
                    switch event {
                    case .endOfPartition(let end): ends.reached[end.partition] = end.offset
                    case .partitionError(_, let error) where error.reason == .notAuthorized:
                        log.trouble(health, "ACL READ on topic \(topics.state)", error)
                    default: break
                    }
                },
                onLog: { line in log.client(line) })
            // From a known offset: librdkafka waits half a second before it asks where the beginning is.
            try self.consumer.assign(
                self.consumer.beginOffsets(
                    of: partitions.map { TopicPartition(lane.context.topics.state, $0) }, timeout: .seconds(5)))
        } catch {
            throw LaneFailure(.replaceClients, error)
        }
    }

    /// What the consumer has said of the ends. Used on the lane's thread alone.
    private final class EndWatch {
        var reached: [Int32: Int64] = [:]
    }

    /// Hands each change to the body, in the order of its partition.
    ///
    /// - Returns: How many records there were.
    func read(_ body: (Int32, StateChange) -> Void) throws(LaneFailure) -> Int {
        defer { do throws(KafkaError) { try self.consumer.close() } catch { self.lane.say(error) } }
        var batch = RecordBatch(capacity: 5000)
        var decoder = StateDecoder()
        var count = 0
        var announced = Clock.monotonic()
        // A partition without a record behind the last control record has ended as well: the client says so.
        while !self.partitions.allSatisfy({ self.ends.reached[$0] != nil }) {
            let filled: Int
            do throws(KafkaError) {
                filled = try self.consumer.poll(into: &batch, timeout: .milliseconds(20))
            } catch {
                throw LaneFailure(.replaceClients, error)
            }
            try self.lane.waited()
            for index in 0..<filled {
                let record = batch[index]
                do throws(Refusal) {
                    guard let key = record.key else { continue }
                    if let value = record.value {
                        body(record.partition, .put(try decoder.decode(key: key, value: value)))
                    } else {
                        let name = try StateDecoder.readKey(key)
                        body(
                            record.partition,
                            name.task.map {
                                .forgetTask(jobID: name.jobID, slot: $0.slot, workflowID: $0.workflowID)
                            } ?? .forgetJob(jobID: name.jobID))
                    }
                } catch {
                    self.lane.context.log.error(
                        "StateUnreadable", "a record of the changelog can't be read: \(error.message)",
                        ("partition", "\(record.partition)"), ("offset", "\(record.offset)"))
                }
            }
            count += filled
            self.lane.context.catalogue.restoredRecords.add(filled)
            if Clock.monotonic() - announced > 2 {
                announced = Clock.monotonic()
                self.lane.context.log.info("Restoring", "\(count) records of state restored so far")
            }
        }
        _ = self.lane.context.health.mended("ACL READ on topic \(self.lane.context.topics.state)")
        return count
    }
}
