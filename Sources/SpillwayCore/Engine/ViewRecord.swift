/// One of the small tables that every instance reads whole (design section 2, `views`).
package enum ViewRecord: Equatable, Sendable {
    /// A datacenter that takes no new work. Its key is the datacenter; a tombstone takes it back.
    case drained(datacenterID: String, reason: String?, since: UnixSeconds)
    /// Cores that one partition of `events` has taken and no heartbeat is known to count.
    case reserved(ReservedView)
}

/// What the owner of a partition tells the other instances of the cores that it has taken.
package struct ReservedView: Equatable, Sendable {
    /// The partition of `events`.
    package var partition: Int32
    /// One entry a datacenter.
    package var datacenters: [DatacenterShare]

    /// The share of one partition in one datacenter.
    package struct DatacenterShare: Equatable, Sendable {
        /// The datacenter.
        package var datacenterID: String
        /// Cores sent to run at once, by when they come free.
        package var running: [CoresUntil]
        /// Cores sent to wait in its queue, oldest first.
        package var queued: [QueuedCores]

        /// A share.
        package init(datacenterID: String, running: [CoresUntil], queued: [QueuedCores]) {
            self.datacenterID = datacenterID
            self.running = running
            self.queued = queued
        }
    }

    /// What a partition has taken.
    package init(partition: Int32, datacenters: [DatacenterShare]) {
        self.partition = partition
        self.datacenters = datacenters
    }
}

/// Cores that come free at a time.
package struct CoresUntil: Hashable, Sendable {
    /// When.
    package var until: UnixSeconds
    /// How many.
    package var cores: Int

    /// Cores that are taken until a time.
    package init(until: UnixSeconds, cores: Int) {
        self.until = until
        self.cores = cores
    }
}

/// Work that waits in a queue.
package struct QueuedCores: Hashable, Sendable {
    /// Cores that it needs.
    package var cores: Int
    /// For how long.
    package var durationSeconds: Seconds

    /// Work that waits.
    package init(cores: Int, durationSeconds: Seconds) {
        self.cores = cores
        self.durationSeconds = durationSeconds
    }
}
