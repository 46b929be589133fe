/// A submission of the tests that follow jobs to their end, known by its number: several workflows and slots, budgets,
/// best effort, deadlines, priorities among them.
struct LifeJob: FollowedJob {
    var number: Int

    var id: String {
        let digits = String(self.number)
        return "life-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)"
    }

    var isBestEffort: Bool { self.number % 11 == 0 }
    var slots: Int { self.isBestEffort ? 2 + self.number % 2 : self.number % 13 == 0 ? 2 : 1 }
    var workflows: Int { self.number % 7 == 0 ? 3 : 1 }
    var cores: Int { 1 + self.number % 3 }
    var deadline: Double? { self.number % 29 == 0 ? 4 : nil }
    /// Somebody changes his mind soon after the submission.
    var isCancelled: Bool { self.number % 37 == 0 }
    /// It is submitted twice.
    var isRepeated: Bool { self.number % 19 == 0 }

    private var requestedBudget: Int {
        switch self.number % 5 {
        case 1: 2
        case 3: 100
        default: 0
        }
    }
    private var requestedPerWorkflow: Int { self.number % 5 == 2 ? 1 : 0 }

    /// What the job may spend on re-executions, by the contract's defaults and bounds.
    var budget: Int { self.requestedBudget == 0 ? 20 : min(self.requestedBudget, 50) }
    /// What each of its workflows may spend of that.
    var budgetPerWorkflow: Int { min(self.requestedPerWorkflow == 0 ? 3 : self.requestedPerWorkflow, self.budget) }

    /// All its tasks.
    var taskIDs: [String] {
        (0..<self.slots).flatMap { slot in (0..<self.workflows).map { "\(self.id)/\(slot)/w\($0)" } }
    }

    var body: String {
        let workflows = (0..<self.workflows).map {
            """
            {"workflow_id":"w\($0)","cores":\(self.cores),"duration":"500ms","timeout":"1s","payload":{"n":\(self.number)}}
            """
        }
        var text =
            "{\"type\":\"job.submitted\",\"job_id\":\"\(self.id)\",\"workflows\":[\(workflows.joined(separator: ","))]"
        text += ",\"datacenter_count\":\(self.slots),\"retry_budget\":\(self.requestedBudget)"
        text += ",\"retry_budget_per_workflow\":\(self.requestedPerWorkflow)"
        if self.isBestEffort {
            text += ",\"best_effort\":true,\"best_effort_min_dcs\":\(1 + self.number % 2)"
            text += ",\"best_effort_deadline_seconds\":\(5 + self.number % 5)"
        }
        if let deadline = self.deadline { text += ",\"deadline_seconds\":\(deadline)" }
        if self.number % 4 == 3 { text += ",\"priority\":\"backfill\"" }
        if self.number % 5 == 0 { text += ",\"datacenters\":[\"\(Job.datacenters[self.number % 4])\"]" }
        return text + "}"
    }
}
