import SpillwayCore

/// Submissions.
extension RecordReader {
    /// Reads a submission. Its job id is given where it stands elsewhere than in the body.
    mutating func submission(
        _ fields: Fields, _ table: borrowing FieldTable, _ limits: RecordLimits, jobID: String?
    ) -> JobSubmission {
        let id = jobID ?? self.id(fields, .jobID)
        let workflows = self.workflows(fields, table, limits)
        var submission = JobSubmission(jobID: id, workflows: workflows)
        submission.tenant = self.optionalID(fields, .tenant)
        submission.datacenters = self.names(fields, .datacenters) ?? []
        submission.datacenterCount = Int(self.optionalInteger(fields, .datacenterCount, in: 1...64) ?? 1)
        self.checkTasks(fields, limits, slots: submission.datacenterCount, workflows: workflows.count)
        submission.runtimes = self.submissionRuntimes(fields)
        if let taskType = self.taskType(fields) { submission.taskType = taskType }
        submission.priority = self.priority(fields)
        submission.retryBudget = self.budget(fields, .retryBudget)
        submission.retryBudgetPerWorkflow = self.budget(fields, .retryBudgetPerWorkflow)
        submission.bestEffort = self.optionalFlag(fields, .bestEffort) ?? false
        submission.bestEffortMinDCs = min(self.budget(fields, .bestEffortMinDCs), submission.datacenterCount)
        submission.bestEffortDeadlineSeconds = self.optionalSeconds(fields, .bestEffortDeadlineSeconds) ?? 0
        submission.deadlineSeconds = self.optionalSeconds(fields, .deadlineSeconds)
        return submission
    }

    private mutating func checkTasks(
        _ fields: Fields, _ limits: RecordLimits, slots: Int, workflows: Int
    ) {
        let (tasks, overflow) = slots.multipliedReportingOverflow(by: workflows)
        if overflow || tasks > limits.maxTasks {
            let field: WireField = slots > 1 ? .datacenterCount : .workflows
            self.refuse(
                .outOfRange, fields, field,
                "\(slots) slots of \(workflows) workflows, more than \(limits.maxTasks) tasks")
        }
    }

    /// Runtimes, of which there has to be one if the list is there.
    private mutating func submissionRuntimes(_ fields: Fields) -> [String]? {
        let index = self.token(fields, .runtimes)
        guard index != 0 else { return nil }
        if self.tokens[index].kind == .array, Int(self.tokens[index].next) == index + 1 {
            self.refuse(.outOfRange, fields, .runtimes, "must not be empty")
        }
        return self.names(fields, .runtimes)
    }

    /// The task type, where it isn't the usual one.
    private mutating func taskType(_ fields: Fields) -> String? {
        let index = self.token(fields, .taskType)
        if index == 0 || self.isText(index, "batch") { return nil }
        return self.optionalID(fields, .taskType)
    }

    /// The priority, normal if it isn't there.
    mutating func priority(_ fields: Fields) -> Priority {
        let index = self.token(fields, .priority)
        if index == 0 || self.isText(index, "normal") { return .normal }
        if self.isText(index, "backfill") { return .backfill }
        if self.tokens[index].kind == .string {
            self.refuse(.outOfRange, fields, .priority, "must be normal or backfill")
        } else {
            self.refuse(.wrongType, fields, .priority, "must be a string")
        }
        return .normal
    }

    /// An integer that may be absent and may not be negative.
    private mutating func budget(_ fields: Fields, _ field: WireField) -> Int {
        Int(self.optionalInteger(fields, field, in: 0...Int64.max) ?? 0)
    }

    private mutating func workflows(
        _ fields: Fields, _ table: borrowing FieldTable, _ limits: RecordLimits
    ) -> [Workflow] {
        guard self.need(fields, .workflows) else { return [] }
        let index = self.token(fields, .workflows)
        let list = self.tokens[index]
        guard list.kind == .array else {
            self.refuse(.wrongType, fields, .workflows, "must be a list")
            return []
        }
        guard Int(list.next) > index + 1 else {
            self.refuse(.outOfRange, fields, .workflows, "must not be empty")
            return []
        }
        var workflows: [Workflow] = []
        var element = index + 1
        while element < Int(list.next) {
            if self.tokens[element].kind == .object {
                workflows.append(self.workflow(element, workflows.count, table))
            } else {
                self.refuse(.wrongType, fields, .workflows, element: workflows.count, "must be an object")
                workflows.append(Workflow(workflowID: ""))
            }
            element = Int(self.tokens[element].next)
        }
        if workflows.count > limits.maxWorkflows {
            self.refuse(
                .outOfRange, fields, .workflows, "\(workflows.count) workflows, more than \(limits.maxWorkflows)")
        }
        self.checkWorkflowIDs(workflows, fields)
        return workflows
    }

    private mutating func workflow(_ index: Int, _ number: Int, _ table: borrowing FieldTable) -> Workflow {
        let fields = self.fields(of: index, in: table, place: .workflow(number))
        let id = self.optionalID(fields, .workflowID)
        let cores = self.optionalCount(fields, .cores)
        let duration = self.optionalDuration(fields, .duration)
        let timeout = self.optionalDuration(fields, .timeout)
        return Workflow(
            workflowID: id ?? (self.token(fields, .workflowID) == 0 ? "w1" : ""), cores: cores ?? 1,
            durationSeconds: duration ?? 60, timeoutSeconds: timeout ?? 30, payload: self.raw(fields, .payload))
    }

    /// Refuses ids that stand twice. The empty ones have been refused already.
    private mutating func checkWorkflowIDs(_ workflows: [Workflow], _ fields: Fields) {
        guard workflows.count > 1 else { return }
        var seen = Set<String>(minimumCapacity: workflows.count)
        for (index, workflow) in workflows.enumerated() where !workflow.workflowID.isEmpty {
            if !seen.insert(workflow.workflowID).inserted {
                self.refuse(.outOfRange, fields, .workflows, element: index, "workflow_id stands twice")
            }
        }
    }
}
