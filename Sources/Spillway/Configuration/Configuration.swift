public import Settings

/// Everything that can be set, with its default.
///
/// `Configuration()` is what an empty file gives. Members may be set in code; ``validate()`` then says what can't be.
/// ``load(file:environment:overrides:)`` reads the settings file and the environment.
public struct Configuration: Hashable, Sendable {
    /// The connection to Kafka and what is stored there.
    public var kafka = Kafka()
    /// Threads that decide; partitions are spread over them. The default is 1, the most 64.
    public var lanes = 1
    /// The datacenters and how their reports are believed.
    public var fleet = Fleet()
    /// When a job goes elsewhere although its primary datacenter is usable.
    public var spillover = Spillover()
    /// Which runtimes there are, in the order of preference.
    public var runtimes = Runtimes()
    /// How often a task is tried on one target.
    public var attempts = Attempts()
    /// When a target is left alone.
    public var circuitBreaker = CircuitBreaker()
    /// How long an attempt may be silent.
    public var leases = Leases()
    /// How the work of a lost datacenter moves.
    public var evacuation = Evacuation()
    /// How many re-executions a job may cost.
    public var retryBudget = RetryBudget()
    /// Jobs for which some of their datacenters are enough.
    public var bestEffort = BestEffort()
    /// The ledger of decisions.
    public var decisions = Decisions()
    /// Bounds on what is read and remembered.
    public var limits = Limits()
    /// The two listeners.
    public var http = HTTP()
    /// What `/metrics` shows.
    public var metrics = Metrics()
    /// What the log shows.
    public var log = Log()
    /// `spillway agent`: the manager and its workers.
    public var agent = Agent()

    /// The defaults.
    public init() {}

    /// A text that is never shown.
    public typealias Secret = Settings.Secret
}
