/// Cores that a decision has taken and that no heartbeat knows yet (design section 4).
package struct Reservation: Equatable, Sendable {
    /// The partition of `events` whose owner took them.
    package var partition: Int32
    /// Where.
    package var datacenterID: String
    /// How many.
    package var cores: Int
    /// For how long, by declaration.
    package var durationSeconds: Seconds
    /// Whether they were sent to wait in the datacenter's queue: then they stand in front there instead.
    package var isQueued: Bool
    /// When the decision was taken.
    package var dispatchedAt: UnixSeconds
    /// The manager that has accepted them. With ``acceptedAt`` for what is restored as accepted.
    package var acceptedBy: String?
    /// When they were accepted. `nil`: not yet.
    package var acceptedAt: UnixSeconds?
    /// Whether it comes from a restored state instead of a new decision. Such ones don't show in the overcommit ratio.
    package var isRestored: Bool

    /// Cores that a decision takes.
    package init(
        partition: Int32, datacenterID: String, cores: Int, durationSeconds: Seconds, isQueued: Bool,
        dispatchedAt: UnixSeconds, acceptedBy: String? = nil, acceptedAt: UnixSeconds? = nil, isRestored: Bool = false
    ) {
        self.partition = partition
        self.datacenterID = datacenterID
        self.cores = cores
        self.durationSeconds = durationSeconds
        self.isQueued = isQueued
        self.dispatchedAt = dispatchedAt
        self.acceptedBy = acceptedBy
        self.acceptedAt = acceptedAt
        self.isRestored = isRestored
    }
}

/// Names a reservation until it is released. One that was released names nothing ever after: releasing twice is harmless.
package struct ReservationID: Hashable, Sendable {
    let index: Int32
    let generation: UInt32
}
