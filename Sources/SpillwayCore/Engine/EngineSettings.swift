/// What the engine needs to know of the configuration. Everything else that decides is the ``Fleet``'s.
package struct EngineSettings: Sendable {
    /// Open jobs that an instance keeps; one more is answered at once (`limits.open_jobs`).
    package var openJobs = 1_000_000
    /// How long the id of an ended job is remembered (`limits.finished_jobs_remembered`).
    package var endedJobsRememberedSeconds: Seconds = 86_400
    /// How many ids of ended jobs an instance remembers (`limits.finished_jobs`).
    package var endedJobs = 1_000_000
    /// No lease is shorter (`leases.minimum`).
    package var leaseMinimumSeconds: Seconds = 10
    /// No lease is longer (`leases.hard_limit`).
    package var leaseHardLimitSeconds: Seconds = 86_400

    /// The defaults of contract/spillway.yaml.
    package init() {}

    /// How long a lease runs from acceptance or renewal on: what the workflow declares, never below the minimum.
    package func leaseSeconds(of workflow: Workflow) -> Seconds {
        max(self.leaseMinimumSeconds, workflow.durationSeconds + workflow.timeoutSeconds)
    }

    /// How long the first lease runs from the dispatch on: the predicted wait comes before it (design section 6). An
    /// endless wait counts as the hard limit.
    package func firstLeaseSeconds(of workflow: Workflow, expectedWaitSeconds: Seconds) -> Seconds {
        let wait = expectedWaitSeconds.isFinite ? expectedWaitSeconds : self.leaseHardLimitSeconds
        return wait + self.leaseSeconds(of: workflow)
    }
}
