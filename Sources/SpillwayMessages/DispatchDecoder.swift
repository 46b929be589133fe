package import SpillwayCore

/// What a record of a job topic tells an agent.
package enum DispatchRecord: Equatable, Sendable {
    /// Run this.
    case dispatch(TaskDispatch)
    /// Stop that, if it runs.
    case cancelled(CancellationRecord)
}

/// The end of an attempt by the router's word.
package struct CancellationRecord: Equatable, Sendable {
    /// The task, as its dispatch named it.
    package var taskID: String
    /// Which of the task's dispatches.
    package var attempt: Int
    /// The dispatch's token.
    package var leaseToken: String
    /// Why.
    package var reason: String

    /// A cancellation.
    package init(taskID: String, attempt: Int, leaseToken: String, reason: String) {
        self.taskID = taskID
        self.attempt = attempt
        self.leaseToken = leaseToken
        self.reason = reason
    }
}

/// Reads records of the job topics, for agents.
package struct DispatchDecoder: ~Copyable {
    private var decoder = RecordDecoder()

    /// A decoder.
    package init() {}

    /// Reads a record.
    ///
    /// - Throws: the first reason of the table that fits.
    package mutating func decode(value: RawSpan?) throws(Refusal) -> DispatchRecord {
        try self.decoder.open(value, maxBytes: .max)
        guard let value else { throw Refusal(.empty, "the record has no value") }
        var reader = self.decoder.reader(of: value)
        let fields = reader.fields(of: 0, in: self.decoder.fields, place: .root)
        let type = reader.token(fields, .type)
        if type != 0, reader.isText(type, "task.cancelled") {
            let cancellation = CancellationRecord(
                taskID: reader.id(fields, .taskID, maxBytes: RecordReader.maxTaskIDBytes),
                attempt: Int(reader.integer(fields, .attempt, in: 1...Int64(Int32.max))),
                leaseToken: reader.id(fields, .leaseToken), reason: reader.optionalText(fields, .reason) ?? "")
            try reader.check()
            return .cancelled(cancellation)
        }
        guard type != 0, reader.isText(type, "task.dispatched") else {
            throw Refusal(.unknownType, "type: is neither task.dispatched nor task.cancelled", field: "type")
        }
        let dispatch = reader.dispatch(fields)
        try reader.check()
        guard let dispatch else { throw Refusal(.badName, "lease_token: is none", field: "lease_token") }
        return .dispatch(dispatch)
    }
}

extension RecordReader {
    /// Reads a dispatch. `nil` if its token is none of ours.
    fileprivate mutating func dispatch(_ fields: Fields) -> TaskDispatch? {
        let token = self.id(fields, .leaseToken)
        let workflow = Workflow(
            workflowID: self.id(fields, .workflowID), cores: self.count(fields, .cores),
            durationSeconds: self.seconds(fields, .durationSeconds),
            timeoutSeconds: self.seconds(fields, .timeoutSeconds), payload: self.raw(fields, .payload))
        let task = TaskID(
            jobID: self.id(fields, .jobID), slot: self.count(fields, .slot), workflowID: workflow.workflowID)
        let attempt = Int(self.integer(fields, .attempt, in: 1...Int64(Int32.max)))
        let leaseSeconds = self.seconds(fields, .leaseSeconds)
        let leaseUntil = self.seconds(fields, .leaseUntil)
        let routingKey = self.id(fields, .routingKey)
        let datacenterID = self.name(fields, .datacenter)
        let runtime = self.name(fields, .runtime)
        let priority = self.priority(fields)
        let tenant = self.optionalID(fields, .tenant)
        // A reason that a newer router has given is no reason not to run the task.
        let reason = self.optionalText(fields, .reason).flatMap { DecisionReason(rawValue: $0) } ?? .selected
        guard let leaseToken = CauseID(token) else { return nil }
        return TaskDispatch(
            task: task, attempt: attempt, leaseToken: leaseToken, leaseSeconds: leaseSeconds, leaseUntil: leaseUntil,
            routingKey: routingKey, datacenterID: datacenterID, runtime: runtime, workflow: workflow,
            priority: priority, tenant: tenant, reason: reason)
    }
}

extension CauseID {
    /// Takes a name apart: `<partition>.<offset>.<ordinal>`. `nil` if it is none that ``text`` gives.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let partition = Int32(parts[0]), let offset = Int64(parts[1]),
            let ordinal = Int(parts[2]), partition >= 0, offset >= 0, ordinal >= 0
        else { return nil }
        self.init(partition: partition, offset: offset, ordinal: ordinal)
        guard self.text == text else { return nil }
    }
}
