/// What the fleet view goes by (contract/spillway.yaml, `fleet`). Lengths of time are in seconds.
package struct FleetSettings: Equatable, Sendable {
    /// A manager whose heartbeat is older no longer counts as alive.
    package var staleness: Seconds = 30
    /// The interval of heartbeats until a datacenter's own is known, and how long a panic's end has to hold.
    package var heartbeatInterval: Seconds = 5
    /// When fewer than this share of the known datacenters report in time, spillover and evacuation freeze. 0: never.
    package var panicShare: Double = 0.5
    /// Silent for so many of its own intervals: a datacenter is lost.
    package var lostIntervals: Double = 4
    /// A panic lasts no longer.
    package var panicLimit: Seconds = 600
    /// A manager that is silent for so long is forgotten.
    package var forgetAfter: Seconds = 600
    /// A better health counts only after this long; a worse one at once.
    package var healthHoldDown: Seconds = 0
    /// Datacenters that are configured, heard from or not.
    package var datacenters: [ConfiguredDatacenter] = []
    /// Whether what is applied is taken as heard, without history (`spillway decide`): only staleness counts, nothing is
    /// late or lost, and a job is held as `initializing` only where nothing was applied and datacenters are configured.
    package var isSnapshot = false
    /// No more datacenters than this are kept beside the configured ones: each costs memory, and anyone may send heartbeats.
    /// What comes beyond is refused and counted (``HeartbeatVerdict/refused``, ``Fleet/namesRefused``) until others have been
    /// forgotten (``forgetAfter``). The default is four times the 1,024 that a fleet is made for.
    package var datacenterLimit = 4096
    /// The same for managers, of all datacenters together. The default is six times the 10,000 that a fleet is made for.
    package var managerLimit = 65_536

    /// The defaults of the contract.
    package init() {}
}

/// What the configuration says of one datacenter.
package struct ConfiguredDatacenter: Equatable, Sendable {
    /// Its name.
    package var name: String
    /// Round trip time in milliseconds. `nil`: learned from dispatches, if at all.
    package var rttMilliseconds: Double?
    /// How many managers it should have. `nil`: those that are seen.
    package var managers: Int?
    /// Whether it takes no new work.
    package var isDrained: Bool

    /// A datacenter by name; everything else is optional.
    package init(name: String, rttMilliseconds: Double? = nil, managers: Int? = nil, isDrained: Bool = false) {
        self.name = name
        self.rttMilliseconds = rttMilliseconds
        self.managers = managers
        self.isDrained = isDrained
    }
}
