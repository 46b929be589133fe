import SpillwayCore

/// Records of `events`.
extension RecordReader {
    /// Reads an event of a type. What it answers counts only if nothing was refused.
    mutating func event(
        _ type: EventType, _ fields: Fields, _ table: borrowing FieldTable, _ limits: RecordLimits
    ) -> Event {
        switch type {
        case .jobSubmitted:
            return .jobSubmitted(self.submission(fields, table, limits, jobID: nil))
        case .jobCancelled:
            return .jobCancelled(jobID: self.id(fields, .jobID), reason: self.optionalText(fields, .reason))
        case .taskAccepted, .taskRejected, .taskHeartbeat, .taskCompleted, .taskFailed:
            return .taskOutcome(self.outcome(type, fields, table))
        case .taskRequested:
            return .taskRequested(jobDefinition: self.id(fields, .jobDefinition))
        case .datasetUpdated:
            return .datasetUpdated(self.datasetUpdate(fields))
        case .datasetVersionSet:
            let uuid = self.id(fields, .datasetUUID)
            return .datasetVersionSet(datasetUUID: uuid, datasetVersion: self.id(fields, .datasetVersion))
        case .sourceHeartbeat:
            let definition = self.id(fields, .jobDefinition)
            return .sourceHeartbeat(jobDefinition: definition, generation: self.integer(fields, .generation))
        case .datacenterDrain:
            let datacenter = self.name(fields, .datacenter)
            return .datacenterDrain(datacenterID: datacenter, reason: self.optionalText(fields, .reason))
        case .datacenterUndrain:
            _ = self.optionalText(fields, .reason)
            return .datacenterUndrain(datacenterID: self.name(fields, .datacenter))
        }
    }

    private mutating func outcome(
        _ type: EventType, _ fields: Fields, _ table: borrowing FieldTable
    ) -> TaskOutcome {
        let taskID = self.id(fields, .taskID, maxBytes: Self.maxTaskIDBytes)
        let attempt = Int(self.integer(fields, .attempt, in: 1...Int64(Int32.max)))
        let token = self.id(fields, .leaseToken)
        let routingKey = self.id(fields, .routingKey)
        let datacenterID = self.optionalName(fields, .datacenter)
        let managerID = self.optionalID(fields, .managerID)
        _ = self.optionalSeconds(fields, .timestamp)
        var outcome = TaskOutcome(
            taskID: taskID, attempt: attempt, leaseToken: token, routingKey: routingKey,
            kind: self.outcomeKind(type, fields, table))
        outcome.datacenterID = datacenterID
        outcome.managerID = managerID
        return outcome
    }

    private mutating func outcomeKind(
        _ type: EventType, _ fields: Fields, _ table: borrowing FieldTable
    ) -> TaskOutcome.Kind {
        switch type {
        case .taskRejected:
            switch self.optionalText(fields, .reason) {
            case "unknown_runtime": return .rejected(.unknownRuntime)
            case "duplicate": return .rejected(.duplicate)
            default: return .rejected(.noCapacity)
            }
        case .taskHeartbeat: return .heartbeat(progress: self.optionalNumber(fields, .progress))
        case .taskCompleted: return .completed(result: self.raw(fields, .result))
        case .taskFailed: return .failed(self.taskError(fields, table))
        default: return .accepted(started: self.optionalFlag(fields, .started) ?? true)
        }
    }

    /// An error; none at all is a retryable one.
    private mutating func taskError(_ fields: Fields, _ table: borrowing FieldTable) -> TaskError {
        let index = self.token(fields, .error)
        guard index != 0 else { return TaskError() }
        guard self.tokens[index].kind == .object else {
            self.refuse(.wrongType, fields, .error, "must be an object")
            return TaskError()
        }
        let inner = self.fields(of: index, in: table, place: .error)
        let errorClass = self.optionalText(inner, .errorClass) ?? ""
        let message = self.optionalText(inner, .message) ?? ""
        let isRetryable = self.optionalFlag(inner, .retryable) ?? true
        return TaskError(errorClass: errorClass, message: message, isRetryable: isRetryable)
    }

    private mutating func datasetUpdate(_ fields: Fields) -> DatasetUpdate {
        let uuid = self.id(fields, .datasetUUID)
        let version = self.id(fields, .datasetVersion)
        if self.token(fields, .cursor) != 0 {
            let cursor = self.integer(fields, .cursor)
            return DatasetUpdate(datasetUUID: uuid, datasetVersion: version, extent: .cursor(cursor))
        }
        guard self.token(fields, .partitionKey) != 0 || self.token(fields, .start) != 0 || self.token(fields, .end) != 0
        else {
            self.refuse(.missingField, fields, .cursor, "is missing, and so is partition_key")
            return DatasetUpdate(datasetUUID: uuid, datasetVersion: version, extent: .cursor(0))
        }
        let key = self.id(fields, .partitionKey)
        let start = self.integer(fields, .start)
        let end = self.integer(fields, .end)
        return DatasetUpdate(
            datasetUUID: uuid, datasetVersion: version, extent: .partition(key: key, start: start, end: end))
    }
}
