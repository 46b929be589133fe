package import SpillwayCore

/// Submissions.
extension JSONWriter {
    /// Appends a submission as a record of `events`. What has its default stays out.
    package mutating func encode(_ submission: JobSubmission) {
        self.write("{\"type\":\"job.submitted\",\"job_id\":")
        self.write(quoted: submission.jobID)
        self.write(UInt8(ascii: ","))
        self.write(fieldsOf: submission)
        self.write(UInt8(ascii: "}"))
    }

    /// Appends the fields of a submission but for its job id.
    mutating func write(fieldsOf submission: JobSubmission) {
        self.write("\"workflows\":[")
        for index in submission.workflows.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write(submission.workflows[index])
        }
        self.write(UInt8(ascii: "]"))
        if let tenant = submission.tenant {
            self.write(",\"tenant\":")
            self.write(quoted: tenant)
        }
        if !submission.datacenters.isEmpty {
            self.write(",\"datacenters\":")
            self.write(list: submission.datacenters)
        }
        if submission.datacenterCount != 1 {
            self.write(",\"datacenter_count\":")
            self.write(submission.datacenterCount)
        }
        if let runtimes = submission.runtimes, !runtimes.isEmpty {
            self.write(",\"runtimes\":")
            self.write(list: runtimes)
        }
        if submission.taskType != "batch" {
            self.write(",\"task_type\":")
            self.write(quoted: submission.taskType)
        }
        if submission.priority == .backfill { self.write(",\"priority\":\"backfill\"") }
        self.write(budgetsOf: submission)
        if let deadline = submission.deadlineSeconds {
            self.write(",\"deadline_seconds\":")
            self.write(deadline)
        }
    }

    private mutating func write(budgetsOf submission: JobSubmission) {
        if submission.retryBudget != 0 {
            self.write(",\"retry_budget\":")
            self.write(submission.retryBudget)
        }
        if submission.retryBudgetPerWorkflow != 0 {
            self.write(",\"retry_budget_per_workflow\":")
            self.write(submission.retryBudgetPerWorkflow)
        }
        if submission.bestEffort { self.write(",\"best_effort\":true") }
        if submission.bestEffortMinDCs != 0 {
            self.write(",\"best_effort_min_dcs\":")
            self.write(submission.bestEffortMinDCs)
        }
        if submission.bestEffortDeadlineSeconds != 0 {
            self.write(",\"best_effort_deadline_seconds\":")
            self.write(submission.bestEffortDeadlineSeconds)
        }
    }

    private mutating func write(_ workflow: Workflow) {
        self.write("{\"workflow_id\":")
        self.write(quoted: workflow.workflowID)
        if workflow.cores != 1 {
            self.write(",\"cores\":")
            self.write(workflow.cores)
        }
        if workflow.durationSeconds != 60 {
            self.write(",\"duration\":")
            self.write(workflow.durationSeconds)
        }
        if workflow.timeoutSeconds != 30 {
            self.write(",\"timeout\":")
            self.write(workflow.timeoutSeconds)
        }
        if let payload = workflow.payload {
            self.write(",\"payload\":")
            self.write(payload.span)
        }
        self.write(UInt8(ascii: "}"))
    }
}
