/// A record of `events`, read and found good (contract/records.md, "Input").
package enum Event: Equatable, Sendable {
    case jobSubmitted(JobSubmission)
    case jobCancelled(jobID: String, reason: String?)
    case taskOutcome(TaskOutcome)
    case taskRequested(jobDefinition: String)
    case datasetUpdated(DatasetUpdate)
    case datasetVersionSet(datasetUUID: String, datasetVersion: String)
    case sourceHeartbeat(jobDefinition: String, generation: Int64)
    case datacenterDrain(datacenterID: String, reason: String?)
    case datacenterUndrain(datacenterID: String)

    /// The key whose home partition owns the event.
    package var routingKey: String {
        switch self {
        case .jobSubmitted(let submission): submission.jobID
        case .jobCancelled(let jobID, _): jobID
        case .taskOutcome(let outcome): outcome.routingKey
        case .taskRequested(let jobDefinition): jobDefinition
        case .datasetUpdated(let update): update.datasetUUID
        case .datasetVersionSet(let datasetUUID, _): datasetUUID
        case .sourceHeartbeat(let jobDefinition, _): jobDefinition
        case .datacenterDrain(let datacenterID, _): datacenterID
        case .datacenterUndrain(let datacenterID): datacenterID
        }
    }

    /// Its type.
    package var type: EventType {
        switch self {
        case .jobSubmitted: .jobSubmitted
        case .jobCancelled: .jobCancelled
        case .taskOutcome(let outcome):
            switch outcome.kind {
            case .accepted: .taskAccepted
            case .rejected: .taskRejected
            case .heartbeat: .taskHeartbeat
            case .completed: .taskCompleted
            case .failed: .taskFailed
            }
        case .taskRequested: .taskRequested
        case .datasetUpdated: .datasetUpdated
        case .datasetVersionSet: .datasetVersionSet
        case .sourceHeartbeat: .sourceHeartbeat
        case .datacenterDrain: .datacenterDrain
        case .datacenterUndrain: .datacenterUndrain
        }
    }
}

/// The types of events, by the names that records carry. Safe as a metric's label.
package enum EventType: String, Sendable, CaseIterable {
    case jobSubmitted = "job.submitted"
    case jobCancelled = "job.cancelled"
    case datasetUpdated = "dataset.updated"
    case taskRequested = "task.requested"
    case taskAccepted = "task.accepted"
    case taskRejected = "task.rejected"
    case taskHeartbeat = "task.heartbeat"
    case taskCompleted = "task.completed"
    case taskFailed = "task.failed"
    case sourceHeartbeat = "source.heartbeat"
    case datasetVersionSet = "dataset.version.set"
    case datacenterDrain = "datacenter.drain"
    case datacenterUndrain = "datacenter.undrain"
}

/// Something new in a dataset: up to a cursor, or a partition of it.
package struct DatasetUpdate: Equatable, Sendable {
    /// The dataset.
    package var datasetUUID: String
    /// The version that the update belongs to.
    package var datasetVersion: String
    /// What is new.
    package var extent: Extent

    /// What is new in the dataset.
    package enum Extent: Equatable, Sendable {
        case cursor(Int64)
        case partition(key: String, start: Int64, end: Int64)
    }

    /// An update.
    package init(datasetUUID: String, datasetVersion: String, extent: Extent) {
        self.datasetUUID = datasetUUID
        self.datasetVersion = datasetVersion
        self.extent = extent
    }
}

/// Where an input stands in its home partition, and when the broker stamped it.
package struct InputPosition: Hashable, Sendable {
    /// The partition of `events`.
    package var partition: Int32
    /// The offset there.
    package var offset: Int64
    /// The broker's stamp.
    package var timestamp: UnixSeconds

    /// A position.
    package init(partition: Int32, offset: Int64, timestamp: UnixSeconds) {
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
    }
}
