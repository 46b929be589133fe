/// What the checker has to know of a job.
protocol FollowedJob {
    var id: String { get }
    var taskIDs: [String] { get }
    var budget: Int { get }
    var budgetPerWorkflow: Int { get }
    var isBestEffort: Bool { get }
    var deadline: Double? { get }
    var isCancelled: Bool { get }
    var isRepeated: Bool { get }
}

extension FollowedJob {
    var budget: Int { 20 }
    var budgetPerWorkflow: Int { 3 }
    var isBestEffort: Bool { false }
    var deadline: Double? { nil }
    var isCancelled: Bool { false }
    var isRepeated: Bool { false }
}

/// A job with one workflow that runs until its site is told to finish it.
struct PlainJob: FollowedJob {
    var id: String
    var datacenter: String
    var slots = 1
    var cores = 1
    var isBestEffort = false
    var deadline: Double?
    var isCancelled = false
    var isBackfill = false

    var taskIDs: [String] { (0..<self.slots).map { "\(self.id)/\($0)/w" } }

    var item: LifeFeed.Item {
        var body = """
            {"type":"job.submitted","job_id":"\(self.id)","workflows":[{"workflow_id":"w","cores":\(self.cores),"duration":"10m","timeout":"30s","payload":{"n":0}}],\
            "datacenters":["\(self.datacenter)"],"datacenter_count":\(self.slots),"priority":"\(self.isBackfill ? "backfill" : "normal")"
            """
        if self.isBestEffort { body += ",\"best_effort\":true,\"best_effort_min_dcs\":1" }
        if let deadline = self.deadline { body += ",\"deadline_seconds\":\(deadline)" }
        return LifeFeed.Item(key: self.id, body: body + "}")
    }
}
