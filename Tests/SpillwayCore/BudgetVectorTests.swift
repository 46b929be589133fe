import SpillwayCore
import Testing

/// `retry_budget.json` and `best_effort.json`.
@Suite struct BudgetVectorTests {
    struct Case: Decodable, CustomTestStringConvertible {
        let id: String
        let kind: String
        let config: JSONValue?
        let operations: [JSONValue]
        let expected: [JSONValue]
        // Retry budgets.
        let total_budget: Int?
        let per_workflow_max: Int?
        // Best effort.
        let enabled: Bool?
        let min_dcs: Int?
        let deadline: Double?
        let target_dcs: [String]?

        var testDescription: String { self.id }
    }

    // MARK: - Retry budgets

    /// A budget with what was used of it, as a job's tasks would hold it.
    private struct Account {
        var budget: RetryBudget
        var used: [String: Int] = [:]

        var total: Int { self.used.values.reduce(0, +) }

        func verdict(_ workflowID: String) -> (isAllowed: Bool, reason: String) {
            let denial = self.budget.denial(used: self.total, usedByWorkflow: self.used[workflowID] ?? 0)
            return (denial == nil, denial?.text ?? "allowed")
        }
    }

    @Test(arguments: try vectorCases(in: "retry_budget", Case.self))
    func `Retry budgets are clamped, refused and counted as the file says`(_ vector: Case) {
        var accounts: [String: Account] = [:]
        if let total = vector.total_budget, let perWorkflow = vector.per_workflow_max {
            accounts[""] = Account(budget: RetryBudget(total: total, perWorkflow: perWorkflow))
        }
        var settings = RetryBudgetSettings()
        settings.max = vector.config?["retry_budget_max"]?.number.map(Int.init) ?? settings.max
        settings.perWorkflowMax =
            vector.config?["retry_budget_per_workflow_max"]?.number.map(Int.init) ?? settings.perWorkflowMax
        settings.default = vector.config?["retry_budget_default"]?.number.map(Int.init) ?? settings.default
        settings.perWorkflowDefault =
            vector.config?["retry_budget_per_workflow_default"]?.number.map(Int.init) ?? settings.perWorkflowDefault

        for (operation, expected) in zip(vector.operations, vector.expected) {
            let jobID = operation["job_id"]?.text ?? ""
            let workflowID = operation["workflow_id"]?.text ?? ""
            switch operation["op"]?.text {
            case "create":
                let budget = RetryBudget(
                    requested: Int(operation["total"]?.number ?? 0),
                    perWorkflow: Int(operation["per_workflow"]?.number ?? 0), settings: settings)
                accounts[jobID] = Account(budget: budget)
                #expect(expected["total_budget"]?.number == Double(budget.total))
                #expect(expected["per_workflow_max"]?.number == Double(budget.perWorkflow))
            case "can_retry", "check_and_consume":
                guard let account = accounts[jobID] else {
                    // A job that isn't known has no budget, and no retries (vectors/README.md).
                    #expect(expected["allowed"]?.bool == false)
                    continue
                }
                let verdict = account.verdict(workflowID)
                #expect(expected["allowed"]?.bool == verdict.isAllowed)
                #expect(expected["reason"]?.text == verdict.reason)
                if verdict.isAllowed, operation["op"]?.text == "check_and_consume" {
                    accounts[jobID]?.used[workflowID, default: 0] += 1
                }
            case "consume_retry": accounts[jobID]?.used[workflowID, default: 0] += 1
            case "get_remaining":
                let left = accounts[jobID].map { max(0, $0.budget.total - $0.total) } ?? 0
                #expect(expected.number == Double(left))
            case "get_workflow_remaining":
                let left = accounts[jobID].map { max(0, $0.budget.perWorkflow - ($0.used[workflowID] ?? 0)) } ?? 0
                #expect(expected.number == Double(left))
            case "cleanup": accounts[jobID] = nil
            default: Issue.record("\(operation) isn't understood")
            }
        }
    }

    // MARK: - Best effort

    private struct Slots {
        var rule: BestEffort
        var targets: [String]
        var completed: Set<String> = []
        var failed: Set<String> = []
        /// An end is latched.
        var end: (verdict: BestEffort.Verdict, completed: Int)?

        mutating func record(_ datacenterID: String, _ isSuccess: Bool) {
            guard self.end == nil, self.targets.contains(datacenterID) else { return }
            if isSuccess { self.completed.insert(datacenterID) } else { self.failed.insert(datacenterID) }
        }

        mutating func check(now: Double) -> BestEffort.Verdict? {
            if self.end == nil,
                let verdict = self.rule.check(
                    completed: self.completed.count, failed: self.failed.count, targets: self.targets.count, now: now)
            {
                self.end = (verdict, self.completed.count)
            }
            return self.end?.verdict
        }

        /// The reason in the file's words.
        func words(_ verdict: BestEffort.Verdict?) -> String {
            switch verdict?.reason {
            case .allReported: "all_dcs_reported"
            case .minDCs: "min_dcs_reached (\(self.completed.count)/\(self.rule.minDCs))"
            case .deadline: "deadline_expired (completed: \(self.completed.count))"
            case nil: self.rule.isEnabled ? "waiting" : "waiting_for_all_dcs"
            }
        }
    }

    @Test(arguments: try vectorCases(in: "best_effort", Case.self))
    func `Best effort ends as the file says`(_ vector: Case) {
        var jobs: [String: Slots] = [:]
        if vector.kind == "state" {
            jobs[""] = Slots(
                rule: BestEffort(
                    isEnabled: vector.enabled ?? true, minDCs: vector.min_dcs ?? 1, deadline: vector.deadline ?? 0),
                targets: vector.target_dcs ?? [])
        }
        for (operation, expected) in zip(vector.operations, vector.expected) {
            let jobID = operation["job_id"]?.text ?? ""
            switch operation["op"]?.text {
            case "create_state":
                let targets = operation["target_dcs"]?.texts ?? []
                var submission = JobSubmission(jobID: jobID, workflows: [Workflow()])
                submission.bestEffort = true
                submission.datacenterCount = targets.count
                submission.bestEffortMinDCs = Int(operation["min_dcs"]?.number ?? 0)
                let at = operation["at"]?.number ?? 0
                let deadline = operation["deadline"]?.number ?? 0
                // The file's deadlines are points in time; a job says how long.
                submission.bestEffortDeadlineSeconds = deadline > 0 ? deadline - at : 0
                var settings = BestEffortSettings()
                settings.defaultMinDCs = Int(vector.config?["best_effort_min_dcs_default"]?.number ?? 1)
                settings.defaultDeadlineSeconds = vector.config?["best_effort_deadline_default"]?.number ?? 300
                let rule = BestEffort(submission, submittedAt: at, settings: settings)
                jobs[jobID] = Slots(rule: rule, targets: targets)
                #expect(expected["min_dcs"]?.number == Double(rule.minDCs))
                #expect(expected["deadline"]?.number == rule.deadline)
            case "record_dc_result", "record_result":
                jobs[jobID]?.record(
                    operation["dc_id"]?.text ?? "", operation["success"]?.bool ?? false)
                if let job = jobs[jobID], let ids = expected["dcs_completed"]?.texts {
                    #expect(job.completed.sorted() == ids.sorted())
                    #expect(job.failed.sorted() == expected["dcs_failed"]?.texts?.sorted())
                }
            case "check_completion":
                let verdict = jobs[jobID]?.check(now: operation["now"]?.number ?? 0)
                #expect(expected["should_complete"]?.bool == (verdict != nil))
                #expect(expected["is_success"]?.bool == (verdict?.isSuccess ?? false))
                #expect(expected["reason"]?.text == jobs[jobID]?.words(verdict))
            case "tick":
                var ended: [JSONValue] = []
                for name in jobs.keys.sorted() where jobs[name]?.end == nil {
                    guard let verdict = jobs[name]?.check(now: operation["at"]?.number ?? 0) else { continue }
                    ended.append(
                        .list([.text(name), .text(jobs[name]?.words(verdict) ?? ""), .bool(verdict.isSuccess)]))
                }
                #expect(expected["completions"]?.list == ended)
            default: Issue.record("\(operation) isn't understood")
            }
        }
    }
}
