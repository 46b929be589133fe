/// What has to be known of one slot of a job to find its place.
package struct PlacementRequest: Equatable, Sendable {
    /// Cores of the slot's workflows together; of one task where it falls back alone.
    package var requiredCores: Int
    /// Cores of the largest of them.
    package var largestWorkflowCores: Int
    /// Preferred datacenters, in order. May name what nobody knows.
    package var preferred: [String] = []
    /// Runtimes that the job accepts, in order. `nil`: the order of its task type.
    package var runtimes: [String]?
    /// The task type, which selects the configured order.
    package var taskType = "batch"
    /// The job's slots: how many candidates are primary.
    package var datacenterCount = 1
    /// Datacenters that other slots of the job have.
    package var takenDatacenters: [String] = []
    /// Whether the slot is placed for the first time (also from a hold). Only then spillover is asked for, and only then
    /// the job may fail for want of a usable datacenter.
    package var isFirstPlacement = true
    /// The only datacenter that may be chosen. `nil`: any.
    package var onlyDatacenter: String?
    /// Targets that were tried already and are out of the question.
    package var triedTargets: [Target] = []

    /// A datacenter with one of its runtimes.
    package struct Target: Hashable, Sendable {
        /// The datacenter.
        package var datacenterID: String
        /// The runtime.
        package var runtime: String

        /// A target.
        package init(datacenterID: String, runtime: String) {
            self.datacenterID = datacenterID
            self.runtime = runtime
        }
    }

    /// A first placement that needs so many cores; everything else has the defaults of a submission.
    package init(requiredCores: Int, largestWorkflowCores: Int) {
        self.requiredCores = requiredCores
        self.largestWorkflowCores = largestWorkflowCores
    }

    /// The first placement of a job's first slot.
    package init(_ submission: JobSubmission) {
        self.init(
            requiredCores: submission.requiredCores, largestWorkflowCores: submission.largestWorkflowCores)
        self.preferred = submission.datacenters
        self.runtimes = submission.runtimes
        self.taskType = submission.taskType
        self.datacenterCount = submission.datacenterCount
    }
}
