import KafkaClient

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

/// Sends events from a thread of its own at a pace: every third by a producer that partitions by CRC32.
final class LifeFeed: Sendable {
    struct Item: Sendable {
        var key: String
        var body: String
    }

    private struct State: Sendable {
        var isDone = false
        var error: String?
    }

    private let gate = Gate<State>(State())

    init(_ setup: Setup, _ items: [Item], perSecond: Int = 1_000_000) {
        Thread.start { [gate] in
            do {
                try Self.send(setup, items, perSecond)
            } catch {
                gate.change { $0.error = "\(error)" }
            }
            gate.change { $0.isDone = true }
        }
    }

    /// The submissions of so many jobs, with the repetitions and cancellations that belong to them.
    static func jobs(_ numbers: Range<Int>) -> [Item] {
        var items: [Item] = []
        for number in numbers.lowerBound..<numbers.upperBound + 40 {
            if numbers.contains(number) {
                items.append(Item(key: LifeJob(number: number).id, body: LifeJob(number: number).body))
            }
            let (again, cancelled) = (LifeJob(number: number - 30), LifeJob(number: number - 40))
            if numbers.contains(again.number), again.isRepeated { items.append(Item(key: again.id, body: again.body)) }
            if numbers.contains(cancelled.number), cancelled.isCancelled {
                items.append(Self.cancellation(of: cancelled.id))
            }
        }
        return items
    }

    static func cancellation(of jobID: String) -> Item {
        Item(key: jobID, body: "{\"type\":\"job.cancelled\",\"job_id\":\"\(jobID)\",\"reason\":\"asked by the test\"}")
    }

    /// Waits until all has arrived.
    func finish(within seconds: Double = 120) throws {
        guard self.gate.wait(seconds, until: \.isDone) else { throw Trouble("the feed isn't done in \(seconds) s") }
        if let error = self.gate.value.error { throw Trouble("the feed failed: \(error)") }
    }

    private static func send(_ setup: Setup, _ items: [Item], _ perSecond: Int) throws {
        let like = setup.client.merging(["max.in.flight.requests.per.connection": "1", "linger.ms": "5"])
        let java = try Producer(like.merging(["partitioner": "murmur2_random"]))
        let crc = try Producer(like.merging(["partitioner": "consistent_random"]))
        let (javaTopic, crcTopic) = (
            try java.topic(named: setup.topic("events")), try crc.topic(named: setup.topic("events"))
        )
        let start = monotonicSeconds()
        for (index, item) in items.enumerated() {
            // By its key, so that what is said of one job stays in order.
            if item.key.utf8.reduce(0, { $0 + Int($1) }) % 3 == 0 {
                try crc.send(Array(item.body.utf8), key: item.key, to: crcTopic)
            } else {
                try java.send(Array(item.body.utf8), key: item.key, to: javaTopic)
            }
            let due = start + Double(index + 1) / Double(perSecond)
            try java.serve()
            try crc.serve()
            while monotonicSeconds() < due {
                try crc.serve(timeout: .seconds(max(0.001, due - monotonicSeconds())))
            }
        }
        try java.finish(within: 200)
        try crc.finish(within: 200)
    }
}
