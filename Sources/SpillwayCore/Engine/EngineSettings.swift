/// What the engine needs to know of the configuration. Everything else that decides is the ``Fleet``'s.
package struct EngineSettings: Sendable {
    /// Open jobs that an instance keeps; one more is answered at once (`limits.open_jobs`).
    package var openJobs = 1_000_000
    /// How long the id of an ended job is remembered (`limits.finished_jobs_remembered`).
    package var endedJobsRememberedSeconds: Seconds = 86_400
    /// How many ids of ended jobs an instance remembers (`limits.finished_jobs`).
    package var endedJobs = 1_000_000
    /// How much of a task's fallback chain is kept (`limits.chain_entries`).
    package var chainEntries = 64
    /// No lease is shorter (`leases.minimum`).
    package var leaseMinimumSeconds: Seconds = 10
    /// No renewal goes beyond this after the dispatch (`leases.hard_limit`).
    package var leaseHardLimitSeconds: Seconds = 86_400
    /// A restored lease is acted on no earlier than this after the restore (`leases.restore_grace`).
    package var leaseRestoreGraceSeconds: Seconds = 10
    /// Executions on one runtime and datacenter (`attempts.max`).
    package var maxAttempts = 3
    /// `attempts.backoff_base`
    package var backoffBaseSeconds: Seconds = 0.1
    /// `attempts.backoff_cap`
    package var backoffCapSeconds: Seconds = 60
    /// `attempts.jitter`
    package var backoffJitter = 0.2
    /// `circuit_breaker`
    package var circuit = CircuitSettings()
    /// `retry_budget`
    package var retryBudget = RetryBudgetSettings()
    /// `best_effort`
    package var bestEffort = BestEffortSettings()
    /// Moved to queue elsewhere when no receiver has free cores (`evacuation.floor_per_second`).
    package var evacuationFloorPerSecond: Double = 1
    /// Whether success rates reorder runtimes (`runtimes.adaptive`).
    package var isAdaptive = false
    /// Samples of each runtime before that (`runtimes.adaptive_min_samples`).
    package var adaptiveMinSamples = 20
    /// An outcome counts half after this long (`runtimes.adaptive_half_life`).
    package var adaptiveHalfLifeSeconds: Seconds = 600

    /// The defaults of contract/spillway.yaml.
    package init() {}

    /// How long a lease runs from acceptance or renewal on: what the workflow declares, never below the minimum.
    package func leaseSeconds(of workflow: Workflow) -> Seconds {
        max(self.leaseMinimumSeconds, workflow.durationSeconds + workflow.timeoutSeconds)
    }

    /// The wait that comes before the first lease (design section 6). An endless one counts as the hard limit.
    package func leaseWaitSeconds(expected wait: Seconds) -> Seconds {
        wait.isFinite ? wait : self.leaseHardLimitSeconds
    }

    /// The backoff after the k-th try, drawn by a hash of the task and its attempt, so that a replay draws it again.
    package func backoffSeconds(afterTries tries: Int, task: TaskID, attempt: Int) -> Seconds {
        var value = self.backoffBaseSeconds
        for _ in 1..<max(1, tries) where value < self.backoffCapSeconds { value *= 2 }
        let unit = Double(task.hash(attempt: attempt) >> 11) * 0x1p-53
        return min(
            self.backoffCapSeconds, min(self.backoffCapSeconds, value) * (1 + self.backoffJitter * (2 * unit - 1)))
    }
}

extension TaskID {
    /// A hash of the task's name and an attempt that is the same in every process (FNV-1a, then mixed).
    func hash(attempt: Int) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func take(_ byte: UInt8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        for byte in self.jobID.utf8 { take(byte) }
        for shift in stride(from: 0, to: 64, by: 8) { take(UInt8(truncatingIfNeeded: self.slot >> shift)) }
        for byte in self.workflowID.utf8 { take(byte) }
        for shift in stride(from: 0, to: 64, by: 8) { take(UInt8(truncatingIfNeeded: attempt >> shift)) }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
