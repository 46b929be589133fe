/// What re-executions a job may cost, all its datacenters together (seeds/004, design section 6).
package struct RetryBudget: Equatable, Sendable {
    /// For the job.
    package var total: Int
    /// For each of its workflows.
    package var perWorkflow: Int

    /// A budget as it is.
    package init(total: Int, perWorkflow: Int) {
        self.total = total
        self.perWorkflow = perWorkflow
    }

    /// What a job gets that asks for so much. 0 and less ask for the default.
    package init(requested: Int, perWorkflow: Int, settings: RetryBudgetSettings) {
        let total = min(max(0, requested > 0 ? requested : settings.default), settings.max)
        let workflow = min(
            max(0, perWorkflow > 0 ? perWorkflow : settings.perWorkflowDefault), settings.perWorkflowMax)
        self.total = total
        self.perWorkflow = min(workflow, total)
    }

    /// Whether one more re-execution is refused, the job's limit first. `nil`: it is allowed.
    package func denial(used: Int, usedByWorkflow: Int) -> RetryDenial? {
        if used >= self.total { return RetryDenial(scope: .job, used: used, limit: self.total) }
        if usedByWorkflow >= self.perWorkflow {
            return RetryDenial(scope: .workflow, used: usedByWorkflow, limit: self.perWorkflow)
        }
        return nil
    }
}

/// The bounds of retry budgets (contract/spillway.yaml, `retry_budget`).
package struct RetryBudgetSettings: Equatable, Sendable {
    /// `RETRY_BUDGET_DEFAULT`
    package var `default` = 20
    /// `RETRY_BUDGET_MAX`
    package var max = 50
    /// `RETRY_BUDGET_PER_WORKFLOW_DEFAULT`
    package var perWorkflowDefault = 3
    /// `RETRY_BUDGET_PER_WORKFLOW_MAX`
    package var perWorkflowMax = 5

    /// The defaults of the contract.
    package init() {}
}

/// A re-execution that a budget doesn't pay for.
package struct RetryDenial: Equatable, Sendable {
    /// Whose budget is used up.
    package var scope: Scope
    /// What was used of it.
    package var used: Int
    /// What there was.
    package var limit: Int

    /// Whose budget it is. Safe as a metric's label.
    package enum Scope: String, Sendable, CaseIterable {
        case job, workflow
    }

    /// A refusal.
    package init(scope: Scope, used: Int, limit: Int) {
        self.scope = scope
        self.used = used
        self.limit = limit
    }

    /// The reason of the decision.
    package var decisionReason: DecisionReason {
        self.scope == .job ? .jobBudgetExhausted : .workflowBudgetExhausted
    }

    /// The reason in the result, with figures.
    package var text: String { "\(self.decisionReason.rawValue) (\(self.used)/\(self.limit))" }
}
