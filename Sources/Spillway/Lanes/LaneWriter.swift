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
    private var text = JSONWriter()
    private var keyText = JSONWriter(capacity: 256)
    private var headers = HeaderList()
    /// With `at_least_once`, what is to be remembered waits until what it says has been done.
    private let defersState: Bool
    private var deferred: [DeferredState] = []

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
    }

    /// Writes everything that a step wants written.
    func write(_ effects: borrowing Effects, of partition: Int32, tally: inout LaneTally) throws(KafkaError) {
        if self.context.configuration.decisions.ledger {
            let decisions = effects.decisions.span
            for index in 0..<effects.decisionCount { try self.write(decisions[index]) }
        }
        let dispatches = effects.dispatches.span
        for index in dispatches.indices { try self.write(dispatches[index], &tally) }
        for cancellation in effects.cancellations {
            let job = try self.jobTopic(cancellation.datacenterID, cancellation.runtime)
            self.setHeaders("task.cancelled", cancellation.task, cancellation.attempt, suffix: "/cancelled")
            self.text.removeAll()
            self.text.encodeCancellation(
                of: cancellation.task, attempt: cancellation.attempt, leaseToken: cancellation.leaseToken,
                reason: cancellation.reason)
            try self.send(self.text, key: cancellation.routingKey, to: job.topic, headers: self.headers)
        }
        for result in effects.results {
            self.text.removeAll()
            self.text.encode(result)
            try self.send(self.text, key: result.jobID, to: self.results)
        }
        let changes = effects.state.span
        for index in changes.indices { try self.write(changes[index], partition: partition) }
        for change in effects.views { try self.write(change) }
    }

    private func write(_ dispatch: TaskDispatch, _ tally: inout LaneTally) throws(KafkaError) {
        let job = try self.jobTopic(dispatch.datacenterID, dispatch.runtime)
        self.setHeaders("task.dispatched", dispatch.task, dispatch.attempt)
        self.text.removeAll()
        self.text.encode(dispatch)
        try self.send(self.text, key: dispatch.routingKey, to: job.topic, headers: self.headers)
        tally.dispatched(job.dispatched)
    }

    private func write(_ decision: Decision) throws(KafkaError) {
        self.text.removeAll()
        self.text.encode(
            decision,
            input: InputPosition(partition: decision.id.partition, offset: decision.id.offset, timestamp: 0),
            topic: self.context.topics.events, configHash: self.context.configHash)
        try self.send(self.text, key: decision.jobID, to: self.decisions)
    }

    private func setHeaders(_ type: String, _ task: TaskID, _ attempt: Int, suffix: StaticString = "") {
        self.keyText.removeAll()
        self.keyText.write(unquoted: task.jobID)
        self.keyText.write(UInt8(ascii: "/"))
        self.keyText.write(task.slot)
        self.keyText.write(UInt8(ascii: "/"))
        self.keyText.write(unquoted: task.workflowID)
        self.keyText.write(UInt8(ascii: "/"))
        self.keyText.write(attempt)
        self.keyText.write(suffix)
        self.headers.removeAll()
        self.headers.append("ce_type", type)
        self.addID(self.keyText)
    }

    private func write(_ change: StateChange, partition: Int32) throws(KafkaError) {
        self.keyText.removeAll()
        self.text.removeAll()
        var hasValue = false
        switch change {
        case .put(let record):
            self.keyText.write(keyOf: record)
            self.text.encode(record)
            hasValue = true
        case .forgetJob(let jobID):
            self.keyText.write(unquoted: jobID)
        case .forgetTask(let jobID, let slot, let workflowID):
            self.keyText.write(stateKeyOf: TaskID(jobID: jobID, slot: slot, workflowID: workflowID))
        }
        if self.defersState {
            self.deferred.append(
                DeferredState(
                    partition: partition, key: self.keyText.bytes, value: hasValue ? self.text.bytes : nil))
        } else {
            try self.send(self.text, isTombstone: !hasValue, key: self.keyText, to: self.state, partition: partition)
        }
    }

    /// Tells the other instances what a partition has taken.
    func share(_ view: ReservedView) throws(KafkaError) { try self.write(.put(.reserved(view))) }

    private func write(_ change: ViewChange) throws(KafkaError) {
        self.keyText.removeAll()
        self.text.removeAll()
        switch change {
        case .put(let record):
            self.keyText.write(keyOf: record)
            self.text.encode(record)
            try self.send(self.text, key: self.keyText, to: self.views)
        case .undrained(let datacenterID):
            self.keyText.write(drainedKeyOf: datacenterID)
            try self.send(self.text, isTombstone: true, key: self.keyText, to: self.views)
        }
    }

    /// Sends what ``write(_:of:tally:)`` put off.
    func writeDeferredState() throws(KafkaError) {
        for entry in self.deferred {
            try self.send(entry.value, key: entry.key, to: self.state, partition: entry.partition)
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
            } catch  where error.reason == .queueFull {
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
        if let whole = value, whole.byteCount > self.context.deadLetterLimit.bytes {
            self.headers.append("spillway_truncated", "true")
            value = whole.extracting(first: self.context.deadLetterLimit.bytes)
        }
        while true {
            do throws(KafkaError) {
                return try self.producer.send(
                    value, key: record.key, to: self.deadLetters, headersOf: record, appending: self.headers)
            } catch  where error.reason == .queueFull {
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
        if let whole = value, whole.count > self.context.deadLetterLimit.bytes {
            headers.append("spillway_truncated", "true")
            value = Array(whole.prefix(self.context.deadLetterLimit.bytes))
        }
        try self.send(value, key: heartbeat.key, to: self.deadLetters, headers: headers)
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

    private func addID(_ text: borrowing JSONWriter) {
        self.headers.append("ce_id", Self.raw(text.span))
    }

    private func send(
        _ value: borrowing JSONWriter, key: String, to topic: Producer.Topic, headers: HeaderList? = nil
    ) throws(KafkaError) {
        try self.send(Self.raw(value.span), key: Self.raw(key.utf8Span.span), to: topic, headers: headers)
    }

    private func send(
        _ value: borrowing JSONWriter, isTombstone: Bool = false, key: borrowing JSONWriter, to topic: Producer.Topic,
        partition: Int32? = nil
    ) throws(KafkaError) {
        try self.send(
            isTombstone ? nil : Self.raw(value.span), key: Self.raw(key.span), to: topic, partition: partition)
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
            } catch  where error.reason == .queueFull {
                try self.makeRoom()
            }
        }
    }

    /// The same with bytes of our own, `nil` being null.
    private func send(
        _ value: [UInt8]?, key: [UInt8]?, to topic: Producer.Topic, partition: Int32? = nil, headers: HeaderList? = nil
    ) throws(KafkaError) {
        let (valueBytes, keyBytes) = (value ?? [], key ?? [])
        try self.send(
            value == nil ? nil : Self.raw(valueBytes.span), key: key == nil ? nil : Self.raw(keyBytes.span), to: topic,
            partition: partition, headers: headers)
    }

    @_lifetime(copy span)
    private static func raw(_ span: Span<UInt8>) -> RawSpan { unsafe span.bytes }

    /// Waits until the producer has delivered something: back pressure, not an error.
    private func makeRoom() throws(KafkaError) {
        try self.producer.serve(timeout: .milliseconds(100))
        if self.context.stop.age > Lane.patienceAfterStop {
            throw KafkaError(reason: .timedOut, message: "stopped while the producer's queue was full")
        }
    }
}
