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
