import KafkaClient
import Metrics
import SpillwayCore
import SpillwayMessages

/// Turns effects into records of the lane's open transaction.
final class LaneWriter {
    private let producer: Producer
    private let context: LaneContext
    private let events: Producer.Topic
    private let decisions: Producer.Topic
    private let results: Producer.Topic
    private let state: Producer.Topic
    private let views: Producer.Topic
    private let deadLetters: Producer.Topic
    private var jobs: [String: [String: JobTopic]] = [:]
    private var encoder: RecordEncoder
    private var headers = HeaderList()
    /// With `at_least_once`, what is to be remembered waits until what it says has been done.
    private let defersState: Bool
    private var deferred: [DeferredState] = []
    /// What `dead-letter` takes: less once it has refused something.
    private var deadLetterBytes: Int

    private struct JobTopic {
        var topic: Producer.Topic
        var dispatched: Counter
    }

    private struct DeferredState {
        var partition: Int32
        var key: [UInt8]
        var value: [UInt8]?
    }

    init(producer: Producer, context: LaneContext, defersState: Bool) throws(KafkaError) {
        self.producer = producer
        self.context = context
        self.defersState = defersState
        self.events = try producer.topic(named: context.topics.events)
        self.decisions = try producer.topic(named: context.topics.decisions)
        self.results = try producer.topic(named: context.topics.results)
        self.state = try producer.topic(named: context.topics.state)
        self.views = try producer.topic(named: context.topics.views)
        self.deadLetters = try producer.topic(named: context.topics.deadLetter)
        self.encoder = RecordEncoder(
            eventsTopic: context.topics.events, configHash: context.configuration.configHash)
        self.deadLetterBytes = context.deadLetterBytes.limit
    }

    /// Writes everything that a step wants written.
    func write(_ effects: Effects, of partition: Int32, tally: inout LaneTally) throws(KafkaError) {
        if self.context.configuration.decisions.ledger {
            for index in 0..<effects.decisionCount {
                self.encoder.encode(effects.decisions[index])
                try self.send(self.encoder.span, key: effects.decisions[index].jobID, to: self.decisions)
            }
        }
        for dispatch in effects.dispatches {
            let job = try self.jobTopic(dispatch.datacenterID, dispatch.runtime)
            self.encoder.encodeID(of: dispatch)
            self.headers.removeAll()
            self.headers.append("ce_type", "task.dispatched")
            self.headers.append("ce_id", self.encoder.span)
            self.encoder.encode(dispatch)
            try self.send(self.encoder.span, key: dispatch.routingKey, to: job.topic, headers: self.headers)
            tally.dispatched(job.dispatched)
        }
        for cancellation in effects.cancellations {
            let job = try self.jobTopic(cancellation.datacenterID, cancellation.runtime)
            self.encoder.encodeID(of: cancellation)
            self.headers.removeAll()
            self.headers.append("ce_type", "task.cancelled")
            self.headers.append("ce_id", self.encoder.span)
            self.encoder.encode(cancellation)
            try self.send(self.encoder.span, key: cancellation.routingKey, to: job.topic, headers: self.headers)
        }
        for result in effects.results {
            self.encoder.encode(result)
            try self.send(self.encoder.span, key: result.jobID, to: self.results)
        }
        for change in effects.state { try self.write(change, partition: partition) }
        for change in effects.views {
            self.encoder.encodeKey(of: change)
            let key = Array(self.encoder.bytes)
            let hasValue = self.encoder.encodeValue(of: change)
            try self.send(hasValue ? self.encoder.span : nil, key: key.span.bytes, to: self.views)
        }
    }

    private func write(_ change: StateChange, partition: Int32) throws(KafkaError) {
        self.encoder.encodeKey(of: change)
        if self.defersState {
            let key = Array(self.encoder.bytes)
            let value = self.encoder.encodeValue(of: change) ? Array(self.encoder.bytes) : nil
            self.deferred.append(DeferredState(partition: partition, key: key, value: value))
            return
        }
        // The key stands in a buffer of its own, so both can be lent at once.
        let hasValue = self.encoder.encodeValue(of: change)
        try self.send(
            hasValue ? self.encoder.span : nil, key: self.encoder.keySpan, to: self.state, partition: partition)
    }

    /// Sends what ``write(_:of:tally:)`` put off.
    func writeDeferredState() throws(KafkaError) {
        for entry in self.deferred {
            try self.send(
                entry.value?.span.bytes, key: entry.key.span.bytes, to: self.state, partition: entry.partition)
        }
        self.deferred.removeAll(keepingCapacity: true)
    }

    func forgetDeferredState() {
        self.deferred.removeAll()
    }

    /// Sends a record home, as it is (contract/records.md, "Where a record goes").
    func forward(_ record: RecordView, to home: Int32) throws(KafkaError) {
        self.headers.removeAll()
        self.headers.append(
            "spillway_forwarded", "\(self.context.topics.events)/\(record.partition)/\(record.offset)")
        while true {
            do throws(KafkaError) {
                return try self.producer.send(
                    record.value, key: record.key, to: self.events, partition: home, headersOf: record,
                    appending: self.headers)
            } catch where error.reason == .queueFull {
                try self.makeRoom()
            }
        }
    }

    /// Writes a record that can't be read where somebody will find it, byte for byte.
    func deadLetter(_ record: RecordView, topic: String, refusal: Refusal) throws(KafkaError) {
        self.describe(
            refusal, origin: "\(topic)/\(record.partition)/\(record.offset)",
            timestampMilliseconds: record.timestampMilliseconds)
        var value = record.value
        if let whole = value, whole.byteCount > self.deadLetterBytes {
            self.headers.append("spillway_truncated", "true")
            value = whole.extracting(first: self.deadLetterBytes)
        }
        while true {
            do throws(KafkaError) {
                return try self.producer.send(
                    value, key: record.key, to: self.deadLetters, headersOf: record, appending: self.headers)
            } catch where error.reason == .queueFull {
                try self.makeRoom()
            }
        }
    }

    /// The same for a heartbeat that the fleet reader could not read.
    func deadLetter(_ heartbeat: RefusedHeartbeat) throws(KafkaError) {
        self.describe(
            heartbeat.refusal, origin: heartbeat.origin, timestampMilliseconds: heartbeat.timestampMilliseconds)
        var headers = heartbeat.headers
        headers.append(contentsOf: self.headers)
        var value = heartbeat.value
        if let whole = value, whole.count > self.deadLetterBytes {
            headers.append("spillway_truncated", "true")
            value = Array(whole.prefix(self.deadLetterBytes))
        }
        try self.send(value?.span.bytes, key: heartbeat.key?.span.bytes, to: self.deadLetters, headers: headers)
    }

    private func describe(_ refusal: Refusal, origin: String, timestampMilliseconds: Int64) {
        self.headers.removeAll()
        self.headers.append("spillway_reason", refusal.reason.rawValue)
        self.headers.append("spillway_message", refusal.message)
        if let field = refusal.field { self.headers.append("spillway_field", field) }
        self.headers.append("spillway_origin", origin)
        self.headers.append("spillway_origin_timestamp", "\(timestampMilliseconds)")
    }

    private func jobTopic(_ datacenterID: String, _ runtime: String) throws(KafkaError) -> JobTopic {
        if let known = self.jobs[datacenterID]?[runtime] { return known }
        let topic = JobTopic(
            topic: try self.producer.topic(named: self.context.topics.jobs(datacenterID, runtime)),
            dispatched: self.context.catalogue.dispatched[datacenterID, runtime])
        self.jobs[datacenterID, default: [:]][runtime] = topic
        return topic
    }

    private func send(
        _ value: RawSpan?, key: String, to topic: Producer.Topic, headers: HeaderList? = nil
    ) throws(KafkaError) {
        try self.send(value, key: key.utf8Span.span.bytes, to: topic, headers: headers)
    }

    private func send(
        _ value: RawSpan?, key: RawSpan?, to topic: Producer.Topic, partition: Int32? = nil,
        headers: HeaderList? = nil
    ) throws(KafkaError) {
        while true {
            do throws(KafkaError) {
                if let headers {
                    return try self.producer.send(value, key: key, to: topic, partition: partition, headers: headers)
                }
                return try self.producer.send(value, key: key, to: topic, partition: partition)
            } catch where error.reason == .queueFull {
                try self.makeRoom()
            }
        }
    }

    /// Waits until the producer has delivered something: back pressure, not an error.
    private func makeRoom() throws(KafkaError) {
        try self.producer.serve(timeout: .milliseconds(100))
        if self.context.stop.age > Lane.patienceAfterStop {
            throw KafkaError(reason: .timedOut, message: "stopped while the producer's queue was full")
        }
    }
}
