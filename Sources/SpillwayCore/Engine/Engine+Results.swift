/// What a job's result says (contract/records.md, `results`).
extension Engine {
    /// A job's result as its tasks stand. What hasn't ended stands as `open`.
    func result(
        of job: OpenJob, status: JobResult.Status, reason: String, open: TaskResult.Status, at time: UnixSeconds
    ) -> JobResult {
        let submission = job.record.submission
        var tasks: [TaskResult] = []
        tasks.reserveCapacity(submission.datacenterCount * submission.workflows.count)
        var attempts = 0
        for slot in 0..<submission.datacenterCount {
            let start = job.firstTask(ofSlot: slot)
            for (place, workflow) in submission.workflows.enumerated() {
                var task = TaskResult(
                    task: TaskID(jobID: job.jobID, slot: slot, workflowID: workflow.workflowID), status: open)
                if let start {
                    let record = job.record.tasks[start + place]
                    task.status = record.status(open: open)
                    task.datacenterID = record.datacenterID
                    task.runtime = record.runtime
                    task.attempts = record.attempt
                    task.result = record.result
                    task.chain = record.chain
                    attempts += record.attempt
                }
                tasks.append(task)
            }
        }
        var result = JobResult(
            jobID: job.jobID, status: status, reason: reason, submittedAt: job.record.input.timestamp,
            finishedAt: time, tasks: tasks)
        result.totalAttempts = attempts
        result.retriesConsumed = job.retries()
        result.datacenters = Self.datacenters(of: job, open: open)
        return result
    }

    /// How each datacenter stands that tasks ended in, or that they left after a failure.
    private static func datacenters(
        of job: OpenJob, open: TaskResult.Status
    ) -> [(datacenterID: String, status: TaskResult.Status)] {
        var statuses: [String: TaskResult.Status] = [:]
        for task in job.record.tasks {
            let status = task.status(open: open)
            let known = statuses[task.datacenterID]
            if known.map({ $0.weight < status.weight }) ?? true { statuses[task.datacenterID] = status }
        }
        var left: Set<String> = []
        for task in job.record.tasks {
            for target in task.targets where target.executions > 0 && statuses[target.datacenterID] == nil {
                left.insert(target.datacenterID)
            }
        }
        for datacenterID in left { statuses[datacenterID] = .failed }
        return statuses.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension TaskResult.Status {
    /// Which word stands for several tasks: the heaviest.
    fileprivate var weight: Int {
        switch self {
        case .completed: 0
        case .pending: 1
        case .cancelled: 2
        case .failed: 3
        }
    }
}

extension TaskRecord {
    /// The task's status in a result.
    fileprivate func status(open: TaskResult.Status) -> TaskResult.Status {
        switch self.standing {
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        case .running, .waiting, .held: open
        case .dropped: .pending
        }
    }
}
