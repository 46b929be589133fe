import KafkaClient
import SpillwayCore
import SpillwayMessages
import Testing

/// Two routers of one group before the same datacenters, each of which has ``room`` cores free and says so in every
/// heartbeat, whatever was sent there: what keeps the routers from sending more is their reservations alone.
final class InstancePair {
    /// The cores of a datacenter.
    static let room = 200
    /// How long things may take that take a second or two on a quiet machine.
    static let patience = 20.0

    let setup: Setup
    var routers: [Router]
    let ledger: PlacementLedger
    private let fleet: Fleet
    private var named = 0

    /// - Parameter isAlone: Whether there is only one router yet.
    init(_ name: String, isAlone: Bool = false) throws {
        let setup = Setup(name, bootstrap: try #require(Environment.bootstrap))
        self.setup = setup
        let first = try Router(setup, instance: "b")
        #expect(first.line("ViewRead", within: 60) != nil, "\(first.lastWords)")
        self.fleet = try Fleet(setup, cores: Self.room / 2)
        try first.ready()
        self.routers = [first]
        self.ledger = try PlacementLedger(setup)
        if !isAlone { try self.add("c") }
        // Each datacenter has two managers: until both have been heard, it has half of its cores.
        for router in self.routers {
            for datacenter in Job.datacenters {
                let metric = "spillway_datacenter_available_cores{datacenter_id=\"\(datacenter)\"}"
                try #require(
                    router.waits(Self.patience, for: metric) { $0 == Double(Self.room) }, "\(router.lastWords)")
            }
        }
    }

    deinit { self.fleet.stop() }

    /// Starts one more, and waits until each of the two has half of the partitions and knows all datacenters.
    func add(_ instance: String) throws {
        let router = try Router(self.setup, instance: instance)
        self.routers.append(router)
        try router.ready()
        for router in self.routers {
            try #require(
                router.hasPartitions(self.setup.partitions / 2, within: Self.patience), "\(router.lastWords)")
            try #require(
                router.hasDatacenters(Job.datacenters.count, within: Self.patience), "\(router.lastWords)")
        }
        #expect(self.routers[0].partitions.isDisjoint(with: self.routers[1].partitions))
    }

    /// New jobs whose ids are at home on some partitions.
    func jobs(_ count: Int, on partitions: Set<Int32>, datacenter: String, cores: Int) -> [PlainJob] {
        var jobs: [PlainJob] = []
        while jobs.count < count {
            self.named += 1
            let job = PlainJob(id: "\(datacenter)-\(self.named)", datacenter: datacenter, cores: cores)
            if partitions.contains(self.home(of: job)) { jobs.append(job) }
        }
        return jobs
    }

    /// The same for both, in turns.
    func jobsOfBoth(_ count: Int, datacenter: String, cores: Int) -> [PlainJob] {
        let halves = self.routers.map {
            self.jobs((count + 1) / 2, on: $0.partitions, datacenter: datacenter, cores: cores)
        }
        return Array(zip(halves[0], halves[1]).flatMap { [$0, $1] }.prefix(count))
    }

    func home(of job: PlainJob) -> Int32 {
        Partitioning.home(of: job.id, partitions: Int32(self.setup.partitions))
    }

    /// Sends jobs and waits for the decisions about them.
    @discardableResult
    func submit(_ jobs: [PlainJob], perSecond: Int = 1_000_000) throws -> [Wire.Decision] {
        let feed = LifeFeed(self.setup, jobs.map(\.item), perSecond: perSecond)
        let seconds = Self.patience + Double(jobs.count / perSecond)
        let decisions = try self.ledger.decisions(for: jobs, within: seconds)
        try feed.finish()
        return try #require(decisions, "\(self.ledger.decisions.count) decisions\n\(self.lastWords)")
    }

    /// Waits until each router counts exactly what was sent to a datacenter by all of them.
    func exchanged(_ datacenter: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        let cores = self.ledger.cores(in: datacenter)
        for (place, router) in self.routers.enumerated() {
            try #require(
                router.waits(Self.patience, for: Self.reserved(datacenter)) { $0 == Double(cores) },
                "router \(place) counts \(router.metric(Self.reserved(datacenter))) cores in \(datacenter), not \(cores)",
                sourceLocation: sourceLocation)
        }
    }

    /// The same where partitions have just changed hands and the sum before was no other. A page of metrics is shared for a
    /// while: it has to be so for longer than that.
    func settled(_ datacenter: String) throws {
        let cores = self.ledger.cores(in: datacenter)
        let end = monotonicSeconds() + Self.patience
        for (place, router) in self.routers.enumerated() {
            var since: Double?
            while (since.map { monotonicSeconds() - $0 } ?? 0) < Self.pageLifetime {
                let counted = router.metric(Self.reserved(datacenter))
                since = counted == Double(cores) ? since ?? monotonicSeconds() : nil
                try #require(
                    monotonicSeconds() < end, "router \(place) counts \(counted) cores in \(datacenter), not \(cores)")
                router.process.pause(0.1)
            }
        }
    }

    /// Longer than a page of metrics is shared.
    private static let pageLifetime = 0.7

    static func reserved(_ datacenter: String) -> String {
        "spillway_datacenter_reserved_cores{datacenter_id=\"\(datacenter)\"}"
    }

    /// What the routers say of how much they sent there, for each core that was free.
    func ratios(_ datacenter: String) -> [Double] {
        self.routers.map { $0.metric("spillway_capacity_overcommit_ratio{datacenter_id=\"\(datacenter)\"}") }
    }

    /// What `views` says now of the cores in a datacenter that a partition's owner has taken.
    func views(_ datacenter: String) throws -> [Int32: Int] {
        var cores: [Int32: Int] = [:]
        var decoder = ViewDecoder()
        for record in try TopicReader.all(self.setup, ["views"])["views"] ?? [] {
            guard let key = record.key else { continue }
            // Bytes have no padding, which is why a span's are called unsafe.
            let update = try unsafe decoder.decode(key: key.span.bytes, value: record.value?.span.bytes)
            guard case .set(.reserved(let view)) = update else { continue }
            let share = view.datacenters.first { $0.datacenterID == datacenter }
            cores[view.partition] = share?.running.reduce(0) { $0 + $1.cores } ?? 0
        }
        return cores
    }

    var lastWords: String { self.routers.map(\.lastWords).joined(separator: "\n\n") }

    /// Looks at decisions that were taken when all routers knew of so many cores that had been sent there at least: each
    /// says why, and none sends more than is free, or anything to wait where there is room.
    func check(
        _ decisions: [Wire.Decision], knowing cores: Int = 0, _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var findings = Findings()
        for decision in decisions {
            let candidate = decision.candidates.first { [$0.datacenter] == decision.chosen }
            guard let candidate else {
                findings.add("a decision without what it chose", "\(decision)")
                continue
            }
            let free = candidate.available_cores - candidate.reserved_cores
            let (action, reason) = (decision.action, decision.reason)
            findings.need(candidate.available_cores == Self.room, "figures that nobody reported", "\(decision)")
            findings.need(candidate.reserved_cores >= cores, "what had been sent was unknown", "\(cores): \(decision)")
            switch action {
            case "dispatch":
                findings.need(reason == "primary_has_capacity", "sent for another reason", "\(decision)")
                findings.need(free >= decision.required_cores, "sent without room", "\(decision)")
            case "queue":
                findings.need(reason == "no_spillover_with_capacity", "queued for another reason", "\(decision)")
                findings.need(free < decision.required_cores, "queued in spite of room", "\(decision)")
            default: findings.add("neither sent nor queued", "\(decision)")
            }
        }
        findings.report(sourceLocation)
    }

    /// Ends the routers, and checks that the job topics hold what was decided, no less and no more.
    func finish() throws {
        for router in self.routers { #expect(router.stop() == 0, "\(router.lastWords)") }
        self.fleet.stop()
        #expect(self.ledger.unreadable.isEmpty, "\(self.ledger.unreadable)")
        let topics = try LifeLedger(self.setup)
        #expect(topics.troubles.isEmpty, "\(topics.troubles.prefix(5))")
        #expect(topics.deadLetters == 0)
        #expect(topics.attempts.count == self.ledger.decisions.count)
        var findings = Findings()
        for (task, attempts) in topics.attempts {
            let (dispatch, decision) = (attempts[0].dispatch.body, attempts[0].decision)
            findings.need(attempts.count == 1, "sent more than once", task)
            findings.need(decision?.chosen == [dispatch.datacenter], "sent elsewhere", task)
            findings.need(decision?.required_cores == dispatch.cores, "sent with other cores", task)
        }
        findings.report()
    }
}
