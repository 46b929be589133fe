package import SpillwayCore

/// Records of `events`, for those who send them: agents, producers, the admin API, tests.
extension JSONWriter {
    /// Appends any event.
    package mutating func encode(_ event: Event) {
        switch event {
        case .jobSubmitted(let submission): self.encode(submission)
        case .taskOutcome(let outcome): self.encode(outcome, timestamp: nil)
        case .jobCancelled(let jobID, let reason):
            self.write("{\"type\":\"job.cancelled\",\"job_id\":")
            self.write(quoted: jobID)
            self.end(reason: reason)
        case .taskRequested(let jobDefinition):
            self.write("{\"type\":\"task.requested\",\"job_definition\":")
            self.write(quoted: jobDefinition)
            self.write(UInt8(ascii: "}"))
        case .datasetUpdated(let update): self.encode(update)
        case .datasetVersionSet(let uuid, let version):
            self.write("{\"type\":\"dataset.version.set\",\"dataset_uuid\":")
            self.write(quoted: uuid)
            self.write(",\"dataset_version\":")
            self.write(quoted: version)
            self.write(UInt8(ascii: "}"))
        case .sourceHeartbeat(let jobDefinition, let generation):
            self.write("{\"type\":\"source.heartbeat\",\"job_definition\":")
            self.write(quoted: jobDefinition)
            self.write(",\"generation\":")
            self.write(generation)
            self.write(UInt8(ascii: "}"))
        case .datacenterDrain(let datacenterID, let reason):
            self.write("{\"type\":\"datacenter.drain\",\"datacenter\":")
            self.write(quoted: datacenterID)
            self.end(reason: reason)
        case .datacenterUndrain(let datacenterID):
            self.write("{\"type\":\"datacenter.undrain\",\"datacenter\":")
            self.write(quoted: datacenterID)
            self.write(UInt8(ascii: "}"))
        }
    }

    private mutating func end(reason: String?) {
        if let reason {
            self.write(",\"reason\":")
            self.write(quoted: reason)
        }
        self.write(UInt8(ascii: "}"))
    }

    private mutating func encode(_ update: DatasetUpdate) {
        self.write("{\"dataset_uuid\":")
        self.write(quoted: update.datasetUUID)
        self.write(",\"dataset_version\":")
        self.write(quoted: update.datasetVersion)
        switch update.extent {
        case .cursor(let cursor):
            self.write(",\"cursor\":")
            self.write(cursor)
        case .partition(let key, let start, let end):
            self.write(",\"partition_key\":")
            self.write(quoted: key)
            self.write(",\"start\":")
            self.write(start)
            self.write(",\"end\":")
            self.write(end)
        }
        self.write(UInt8(ascii: "}"))
    }

    /// Appends an outcome of an attempt, with the sender's time if it is given.
    package mutating func encode(_ outcome: TaskOutcome, timestamp: UnixSeconds?) {
        self.write("{\"type\":")
        self.write(quoted: Event.taskOutcome(outcome).type.rawValue)
        self.write(",\"task_id\":")
        self.write(quoted: outcome.taskID)
        self.write(",\"attempt\":")
        self.write(outcome.attempt)
        self.write(",\"lease_token\":")
        self.write(quoted: outcome.leaseToken)
        self.write(",\"routing_key\":")
        self.write(quoted: outcome.routingKey)
        if let datacenterID = outcome.datacenterID {
            self.write(",\"datacenter\":")
            self.write(quoted: datacenterID)
        }
        if let managerID = outcome.managerID {
            self.write(",\"manager_id\":")
            self.write(quoted: managerID)
        }
        if let timestamp {
            self.write(",\"timestamp\":")
            self.write(timestamp)
        }
        self.write(outcome.kind)
        self.write(UInt8(ascii: "}"))
    }

    private mutating func write(_ kind: TaskOutcome.Kind) {
        switch kind {
        case .accepted(let started):
            if !started { self.write(",\"started\":false") }
        case .rejected(.noCapacity): self.write(",\"reason\":\"no_capacity\"")
        case .rejected(.unknownRuntime): self.write(",\"reason\":\"unknown_runtime\"")
        case .rejected(.duplicate): self.write(",\"reason\":\"duplicate\"")
        case .heartbeat(let progress):
            if let progress {
                self.write(",\"progress\":")
                self.write(progress)
            }
        case .completed(let result):
            if let result {
                self.write(",\"result\":")
                self.write(result.span)
            }
        case .failed(let error):
            self.write(",\"error\":{\"class\":")
            self.write(quoted: error.errorClass)
            self.write(",\"message\":")
            self.write(quoted: error.message)
            self.write(",\"retryable\":")
            self.write(error.isRetryable)
            self.write(UInt8(ascii: "}"))
        }
    }
}
