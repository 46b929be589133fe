package import SpillwayCore

/// Reads records of `state` back.
package struct StateDecoder: ~Copyable {
    private var decoder = RecordDecoder(maxDepth: JSONTape.maxOwnDepth)

    /// A decoder.
    package init() {}

    /// Reads a record that isn't a tombstone.
    ///
    /// - Throws: a refusal if this program can't have written it; `out_of_range` for `v` if a newer one has.
    package mutating func decode(key: RawSpan, value: RawSpan) throws(Refusal) -> StateRecord {
        let key = try Self.readKey(key)
        try self.decoder.open(value, maxBytes: .max)
        var reader = self.decoder.reader(of: value)
        let fields = reader.fields(of: 0, in: self.decoder.fields, place: .root)
        try reader.checkVersion(fields, newest: JSONWriter.stateVersion)
        if reader.token(fields, .task) != 0 {
            guard let task = reader.taskRecord(reader.token(fields, .task)) else { throw Self.unreadable(.task) }
            guard let named = key.task, named.slot == task.slot, named.workflowID == task.workflowID else {
                throw Refusal(.badName, "the key names another task than the value", field: "key")
            }
            return .task(jobID: key.jobID, task)
        }
        guard key.task == nil else { throw Self.unreadable(.task) }
        if reader.token(fields, .ended) != 0 {
            guard let at = reader.number(reader.token(fields, .ended)) else { throw Self.unreadable(.ended) }
            return .ended(jobID: key.jobID, at: at)
        }
        let record = try reader.jobRecord(fields, self.decoder.fields, jobID: key.jobID)
        try reader.check()
        return .job(record)
    }

    /// Which entity a key names: a job, or one of its tasks.
    package static func readKey(_ key: RawSpan) throws(Refusal) -> (jobID: String, task: TaskID?) {
        let bytes = RecordDecoder.bytes(key)
        guard UTF8Check.isValid(bytes) else { throw Refusal(.notUTF8, "the key is not UTF-8", field: "key") }
        let parts = RecordReader.string(bytes).split(separator: "\t", omittingEmptySubsequences: false)
        if parts.count == 1, !parts[0].isEmpty { return (String(parts[0]), nil) }
        guard parts.count == 3, !parts[0].isEmpty, !parts[2].isEmpty, let slot = Int(parts[1]), slot >= 0 else {
            throw Refusal(.badName, "the key names neither a job nor a task", field: "key")
        }
        let jobID = String(parts[0])
        return (jobID, TaskID(jobID: jobID, slot: slot, workflowID: String(parts[2])))
    }

    static func unreadable(_ field: WireField) -> Refusal {
        Refusal(.wrongType, "\(field.spelling): is not as this program writes it", field: field.spelling)
    }
}

extension RecordReader {
    fileprivate mutating func jobRecord(
        _ fields: Fields, _ table: borrowing FieldTable, jobID: String
    ) throws(Refusal) -> JobRecord {
        guard self.need(fields, .input), let input = self.row(self.token(fields, .input), atLeast: 3),
            let partition = self.whole(input[0]).flatMap({ Int32(exactly: $0) }), let offset = self.whole(input[1]),
            let timestamp = self.number(input[2])
        else { throw StateDecoder.unreadable(.input) }
        guard self.need(fields, .ordinal), let ordinal = self.whole(self.token(fields, .ordinal)) else {
            throw StateDecoder.unreadable(.ordinal)
        }
        guard self.need(fields, .job), self.tokens[self.token(fields, .job)].kind == .object else {
            throw StateDecoder.unreadable(.job)
        }
        let inner = self.fields(of: self.token(fields, .job), in: table, place: .job)
        let submission = self.submission(inner, table, .none, jobID: jobID)
        var held: [HeldSlot] = []
        guard let heldRows = self.rows(fields, .held) else { throw StateDecoder.unreadable(.held) }
        for index in heldRows {
            guard let row = self.row(index, atLeast: 2), let slot = self.whole(row[0]),
                let reason = self.string(row[1]).flatMap({ DecisionReason(rawValue: $0) })
            else { throw StateDecoder.unreadable(.held) }
            held.append(HeldSlot(slot: slot, reason: reason))
        }
        var tasks: [TaskRecord] = []
        guard let taskRows = self.rows(fields, .tasks) else { throw StateDecoder.unreadable(.tasks) }
        for index in taskRows {
            guard let task = self.taskRecord(index) else { throw StateDecoder.unreadable(.tasks) }
            tasks.append(task)
        }
        var record = JobRecord(
            submission: submission,
            input: InputPosition(partition: partition, offset: Int64(offset), timestamp: timestamp),
            nextOrdinal: ordinal, held: held, tasks: tasks)
        if self.token(fields, .end) != 0 {
            guard let conclusion = self.conclusion(self.token(fields, .end)) else {
                throw StateDecoder.unreadable(.end)
            }
            record.conclusion = conclusion
        }
        return record
    }

    private func conclusion(_ index: Int) -> JobRecord.Conclusion? {
        guard let row = self.row(index, atLeast: 4),
            let status = self.string(row[0]).flatMap({ JobResult.Status(rawValue: $0) }),
            let reason = self.string(row[1]), let at = self.number(row[2]), let revision = self.whole(row[3])
        else { return nil }
        return JobRecord.Conclusion(status: status, reason: reason, at: at, revision: revision)
    }

    fileprivate func taskRecord(_ index: Int) -> TaskRecord? {
        guard let row = self.row(index, atLeast: 10), let slot = self.whole(row[0]),
            let workflowID = self.string(row[1]), let attempt = self.whole(row[2]),
            let tokenOrdinal = self.whole(row[3]), let datacenterID = self.string(row[4]),
            let runtime = self.string(row[5]), let isQueued = self.flag(row[6]),
            let dispatchedAt = self.number(row[7]), let leaseUntil = self.number(row[8]), let phase = self.phase(row)
        else { return nil }
        var task = TaskRecord(
            slot: slot, workflowID: workflowID, attempt: attempt, tokenOrdinal: tokenOrdinal,
            datacenterID: datacenterID, runtime: runtime, isQueued: isQueued, dispatchedAt: dispatchedAt,
            leaseUntil: leaseUntil, phase: phase)
        var place = 10
        if case .accepted = phase { place = 13 }
        guard place < row.count, self.tokens[row[place]].kind == .array else { return task }
        return self.readLife(row[place], of: &task) ? task : nil
    }

    private func phase(_ row: [Int]) -> TaskRecord.Phase? {
        switch self.whole(row[9]) {
        case 0: return .dispatched
        case 2: return .over
        case 1:
            guard row.count >= 13, let at = self.number(row[11]), let isStarted = self.flag(row[12]) else { return nil }
            return .accepted(managerID: self.string(row[10]), at: at, isStarted: isStarted)
        default: return nil
        }
    }
}
