/// A job as somebody asked for it (contract/records.md, `job.submitted`), with defaults filled in.
package struct JobSubmission: Equatable, Sendable {
    /// The job's id, and its routing key.
    package var jobID: String
    /// For whom. Passed through to dispatches.
    package var tenant: String?
    /// What runs side by side in each slot: at least one, ids unique.
    package var workflows: [Workflow]
    /// Preferred datacenters, in order. May name what nobody knows.
    package var datacenters: [String] = []
    /// In how many datacenters the job runs: its slots.
    package var datacenterCount = 1
    /// Runtimes that it accepts, in order. `nil`: the configured order.
    package var runtimes: [String]?
    /// Selects the configured runtime order.
    package var taskType = "batch"
    /// Who goes first when there isn't room for all.
    package var priority: Priority = .normal
    /// Re-executions that the job may cost. 0: the configured default.
    package var retryBudget = 0
    /// The same for each workflow.
    package var retryBudgetPerWorkflow = 0
    /// Whether some of the slots are enough.
    package var bestEffort = false
    /// How many slots are enough. 0: the configured default.
    package var bestEffortMinDCs = 0
    /// How long to wait for the others. 0: the configured default.
    package var bestEffortDeadlineSeconds: Seconds = 0
    /// When the job ends, done or not, from its submission on. `nil`: never.
    package var deadlineSeconds: Seconds?

    /// A job of the given workflows; everything else has its wire default.
    package init(jobID: String, workflows: [Workflow]) {
        self.jobID = jobID
        self.workflows = workflows
    }

    /// Cores that one slot needs: the workflows run side by side.
    package var requiredCores: Int {
        var sum = 0
        for workflow in self.workflows { sum += workflow.cores }
        return sum
    }

    /// Cores of the largest workflow: a datacenter with fewer can't run the job at all.
    package var largestWorkflowCores: Int {
        var largest = 0
        for workflow in self.workflows where workflow.cores > largest { largest = workflow.cores }
        return largest
    }
}

/// One workflow of a job: a worker runs it on so many cores.
package struct Workflow: Equatable, Sendable {
    /// Unique within the job.
    package var workflowID: String
    /// Cores that it occupies.
    package var cores: Int
    /// How long it says that it runs.
    package var durationSeconds: Seconds
    /// How much longer it may run before it counts as lost.
    package var timeoutSeconds: Seconds
    /// JSON text that nobody here reads, byte for byte as it came. `nil`: none.
    package var payload: [UInt8]?

    /// A workflow with the wire's defaults.
    package init(
        workflowID: String = "w1", cores: Int = 1, durationSeconds: Seconds = 60, timeoutSeconds: Seconds = 30,
        payload: [UInt8]? = nil
    ) {
        self.workflowID = workflowID
        self.cores = cores
        self.durationSeconds = durationSeconds
        self.timeoutSeconds = timeoutSeconds
        self.payload = payload
    }
}

/// Who goes first when there isn't room for all. Higher priority compares as less.
package enum Priority: String, Comparable, Sendable {
    case normal, backfill

    /// Normal goes before backfill.
    package static func < (left: Priority, right: Priority) -> Bool { left == .normal && right == .backfill }
}
