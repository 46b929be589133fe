package import SpillwayCore

/// What one manager is and how it behaves.
package struct SiteSettings: Equatable, Sendable {
    /// The manager's datacenter.
    package var datacenterID: String
    /// The manager.
    package var managerID: String
    /// Cores of its workers together: one workflow a core at a time, or as many cores as it asks for.
    package var cores: Int
    /// How many workers have those cores, as heartbeats say it.
    package var workers = 1
    /// Tasks that may wait beyond those that run; one more is rejected.
    package var queueRoom = 100
    /// What it runs.
    package var runtimes = ["shell"]
    /// Grows with every start of the manager.
    package var incarnation: Int64 = 0
    /// The time between heartbeats.
    package var heartbeatInterval: Seconds = 5
    /// How simulated tasks behave.
    package var behaviour = SimulatedBehaviour()

    /// A manager with so many cores; everything else has its default.
    package init(datacenterID: String, managerID: String, cores: Int) {
        self.datacenterID = datacenterID
        self.managerID = managerID
        self.cores = cores
    }
}

/// How simulated tasks behave: their durations are their declared ones, but for these shares of them.
package struct SimulatedBehaviour: Hashable, Sendable {
    /// The share that fails when its time is over.
    package var errorRate = 0.0
    /// The share that takes half as long again as it said.
    package var overrunRate = 0.0
    /// The share of which nothing is heard after its acceptance.
    package var vanishRate = 0.0
    /// How much faster than declared time passes for them.
    package var speed = 1.0
    /// What the random numbers begin with.
    package var seed: UInt64 = 1

    /// Tasks that do as they said.
    package init() {}

    /// What becomes of an attempt: the same for the same seed, whatever runs beside it.
    package func fate(ofTask taskID: String, attempt: Int) -> Fate {
        var numbers = SeededNumbers(seed: self.seed, text: taskID, number: attempt)
        let (error, overrun, vanish) = (numbers.unit(), numbers.unit(), numbers.unit())
        if vanish < self.vanishRate { return .vanishes }
        return .ends(failing: error < self.errorRate, stretch: overrun < self.overrunRate ? 1.5 : 1)
    }

    /// What becomes of an attempt.
    package enum Fate: Equatable, Sendable {
        /// It ends after its declared duration times the stretch.
        case ends(failing: Bool, stretch: Double)
        /// Nothing more is heard of it; its cores stay busy until its time is over.
        case vanishes
    }
}
