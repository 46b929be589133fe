/// What became of a heartbeat that was applied.
package enum HeartbeatVerdict: String, Sendable, CaseIterable {
    /// It is the manager's newest.
    case applied
    /// The manager has said something newer: ignored.
    case older
    /// The manager has said exactly this: ignored.
    case repeated
    /// The manager or its datacenter is new, and there are as many as a fleet keeps (``FleetSettings/managerLimit``,
    /// ``FleetSettings/datacenterLimit``): ignored.
    case refused
}

/// Something that happened in the fleet view, for logs, counters and evacuation.
package enum FleetChange: Equatable, Sendable {
    /// A datacenter was heard from for the first time, or for the first time after it had been forgotten.
    case datacenterAppeared(datacenterID: String)
    /// A datacenter's health, after the hold-down.
    case health(datacenterID: String, from: Health, to: Health)
    /// A datacenter is silent: its unfinished work moves.
    case lost(datacenterID: String)
    /// A lost datacenter reports again, or a panic has begun that doubts its loss.
    case back(datacenterID: String)
    /// Too few datacenters report in time: spillover and evacuation freeze.
    case panicBegan
    /// The panic is over: the share has been reached again, or the limit has.
    case panicEnded(byLimit: Bool)
    /// A manager was silent for too long.
    case managerForgotten(datacenterID: String, managerID: String)
    /// The last manager of a datacenter that isn't configured was forgotten.
    case datacenterForgotten(datacenterID: String)
}
