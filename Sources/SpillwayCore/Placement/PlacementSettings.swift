/// What placement goes by (contract/spillway.yaml, `spillover`, `runtimes`, `decisions`).
package struct PlacementSettings: Equatable, Sendable {
    /// `SPILLOVER_ENABLED`.
    package var spilloverEnabled = true
    /// `SPILLOVER_MAX_WAIT_SECONDS`: up to this wait a job stays at its primary.
    package var maxWaitSeconds: Seconds = 60
    /// `SPILLOVER_MAX_LATENCY_PENALTY_MS`: how much farther than the primary a datacenter may be.
    package var maxLatencyPenaltyMilliseconds: Double = 100
    /// `SPILLOVER_MIN_IMPROVEMENT_RATIO`: the wait there may be at most this share of the wait at the primary.
    package var minImprovementRatio: Double = 0.5
    /// `SPILLOVER_CONSIDER_FUTURE_CAPACITY`: datacenters that free up soon are candidates too.
    package var considersFutureCapacity = false
    /// The global preference order of runtimes.
    package var runtimeOrder = ["shell"]
    /// Orders by task type.
    package var taskTypes: [String: [String]] = [:]
    /// How many candidates and exclusions a decision's record names.
    package var candidateLimit = 8

    /// The defaults of the contract.
    package init() {}
}
