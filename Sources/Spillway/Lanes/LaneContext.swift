import KafkaClient
import SpillwayCore
import SpillwayMessages

/// What a lane is given: all of it may be used from any thread.
struct LaneContext: Sendable {
    let configuration: Configuration
    let topics: TopicNames
    let instance: SharedInstance
    let catalogue: Catalogue
    let health: RouterHealth
    let stop: StopSignal
    let log: RouterLog
    /// Heartbeats that could not be read, for the owner of their partition's number.
    let refusedHeartbeats: RefusedHeartbeats
    /// Which partitions of `events` are this instance's.
    let ownership: Ownership
    /// What `dead-letter` takes whole.
    let deadLetterLimit: DeadLetterLimit
    /// Ends the lanes' waits.
    let wakers: LaneWakers
    /// How many partitions `events` and `state` have.
    let partitions: Int32
    /// Names the settings that decisions were taken with.
    let configHash: String

    /// The engine's share of the configuration.
    var engineSettings: EngineSettings {
        var settings = EngineSettings()
        settings.openJobs = self.configuration.limits.openJobs
        settings.endedJobs = self.configuration.limits.finishedJobs
        settings.endedJobsRememberedSeconds = self.configuration.limits.finishedJobsRemembered.inSeconds
        settings.leaseMinimumSeconds = self.configuration.leases.minimum.inSeconds
        settings.leaseHardLimitSeconds = self.configuration.leases.hardLimit.inSeconds
        settings.leaseRestoreGraceSeconds = self.configuration.leases.restoreGrace.inSeconds
        settings.chainEntries = self.configuration.limits.chainEntries
        settings.maxAttempts = self.configuration.attempts.max
        settings.backoffBaseSeconds = self.configuration.attempts.backoffBase.inSeconds
        settings.backoffCapSeconds = self.configuration.attempts.backoffCap.inSeconds
        settings.backoffJitter = self.configuration.attempts.jitter
        settings.circuit.failures = self.configuration.circuitBreaker.failures
        settings.circuit.coolDownSeconds = self.configuration.circuitBreaker.coolDown.inSeconds
        settings.retryBudget = self.configuration.retryBudgetSettings
        settings.bestEffort = self.configuration.bestEffortSettings
        settings.evacuationFloorPerSecond = Double(self.configuration.evacuation.floorPerSecond)
        settings.isAdaptive = self.configuration.runtimes.adaptive
        settings.adaptiveMinSamples = self.configuration.runtimes.adaptiveMinSamples
        settings.adaptiveHalfLifeSeconds = self.configuration.runtimes.adaptiveHalfLife.inSeconds
        return settings
    }
}

extension Duration {
    /// The length in seconds.
    var inSeconds: Seconds {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
