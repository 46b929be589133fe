/// What is on the demo's topics, counted record by record.
struct DemoCounts: Sendable {
    /// Jobs that were submitted.
    var jobs = 0
    /// First placements by what they do; each is in exactly one.
    private(set) var dispatched = 0
    private(set) var queued = 0
    private(set) var failed = 0
    /// First placements that left their primary.
    private(set) var spilled = 0
    /// Decisions after a site had refused or lost an attempt.
    private(set) var fallback = 0
    var deadLettered = 0
    /// First placements, dispatched and queued, by datacenter.
    private(set) var perDatacenter: [String: Int] = [:]
    /// Of these, those that had left their primary.
    private(set) var spilledInto: [String: Int] = [:]

    /// Which of the demo's own jobs have been placed, by number.
    private var placed: [Bool] = []
    /// Slots of jobs that somebody else sent here.
    private var others: Set<String> = []
    private var otherJobs: Set<String> = []

    /// First placements in all.
    var decided: Int { self.dispatched + self.queued + self.failed }

    /// Takes in a record of `decisions`. One that comes twice counts once.
    mutating func count(_ decision: DecisionRecord) {
        if decision.kind == "fallback" { self.fallback += 1 }
        // A job that is held has its first placement still to come.
        guard decision.kind == "place", decision.action != "hold" else { return }
        guard self.isFirst(decision) else { return }
        switch decision.action {
        case "dispatch": self.dispatched += 1
        case "queue": self.queued += 1
        default: self.failed += 1
        }
        guard let datacenter = decision.chosen.first else { return }
        self.perDatacenter[datacenter, default: 0] += 1
        if decision.reason == "spillover_improves_wait_time" {
            self.spilled += 1
            self.spilledInto[datacenter, default: 0] += 1
        }
    }

    private mutating func isFirst(_ decision: DecisionRecord) -> Bool {
        guard let number = DemoJobs.number(decision.job_id), number >= 0, number < 1 << 32, decision.slot == 0 else {
            if self.otherJobs.insert(decision.job_id).inserted { self.jobs += 1 }
            return self.others.insert("\(decision.job_id)/\(decision.slot)").inserted
        }
        while self.placed.count <= number { self.placed.append(false) }
        defer { self.placed[number] = true }
        return !self.placed[number]
    }
}
