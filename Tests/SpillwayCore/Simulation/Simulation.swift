@testable import SpillwayCore

/// A process with two partitions and a few sites in virtual time, all of it drawn from a seed: jobs, outcomes, delays,
/// repetitions, silence, lag, aborted transactions, crashes and restores. What the engine does is checked at every step.
struct Simulation {
    enum Action {
        case submit(JobSubmission)
        case cancel(String)
        case beat(site: Int)
        case deliver(site: Int, TaskDispatch)
        case deliverCancellation(site: Int, TaskCancellation)
        case look(site: Int)
        case say(site: Int, SimulatedSite.Word)
        case run(lane: Int)
        case crash
        case silence(site: Int)
        case drain(site: Int, Bool)
    }

    /// A partition of `events` with its lane.
    final class Lane {
        var engine: Engine
        var log: [(event: Event, stamp: UnixSeconds)] = []
        var committed = 0
        var state: [StateLog.Key: (number: Int, record: StateRecord)] = [:]
        var stateCount = 0
        var stalledUntil: UnixSeconds = 0

        init(engine: consuming Engine) { self.engine = engine }

        /// The changelog after compaction, in order.
        var records: [StateRecord] { self.state.values.sorted { $0.number < $1.number }.map(\.record) }

        func keep(_ change: StateChange) {
            let key: StateLog.Key
            var record: StateRecord?
            switch change {
            case .put(let put):
                record = put
                switch put {
                case .job(let job): key = .job(job.submission.jobID)
                case .task(let jobID, let task): key = .task(jobID, task.slot, task.workflowID)
                case .ended(let jobID, _): key = .job(jobID)
                }
            case .forgetJob(let jobID): key = .job(jobID)
            case .forgetTask(let jobID, let slot, let workflowID): key = .task(jobID, slot, workflowID)
            }
            self.stateCount += 1
            self.state[key] = record.map { (self.stateCount, $0) }
        }
    }

    /// How long faults go on, and by when all has to be over.
    static let faultsEnd: UnixSeconds = 1_000_040
    static let end: UnixSeconds = 1_000_400

    let seed: UInt64
    let fault: PlantedFault?
    var dice: Dice
    var now: UnixSeconds = 1_000_000
    var actions = TimerHeap<Action>()
    var sites: [SimulatedSite] = []
    var lanes: [Lane] = []
    var instance: Instance
    var settings = EngineSettings()
    var fleetSettings = FleetSettings()
    var placement = PlacementSettings()
    var isDown = false
    var effects = Effects()
    var circuits: CircuitChecker
    var beats: [String: (beat: ManagerHeartbeat, stamp: UnixSeconds)] = [:]
    var submissions: [String] = []
    var checker: Checker
    /// Prints what happens, to look into one seed.
    var isTelling = false
    /// A digest of everything that was written, and of how often the dice were thrown.
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    var counts = Counts()

    /// What a run has met.
    struct Counts {
        var results = 0
        var dispatches = 0
        var retries = 0
        var lapses = 0
        var lateCompletions = 0
        var evacuations = 0
        var holds = 0
        var circuits = 0
        var crashes = 0
        var aborts = 0
    }

    init(seed: UInt64, fault: PlantedFault? = nil) {
        self.seed = seed
        self.fault = fault
        self.dice = Dice(seed: seed)
        let count = self.dice.number(2...4)
        for index in 0..<count {
            let runtimes = self.dice.chance(0.7) ? ["r1", "r2"] : ["r1"]
            self.sites.append(SimulatedSite(name: "dc\(index)", cores: self.dice.number(2...6), runtimes: runtimes))
        }
        self.settings.leaseMinimumSeconds = 1
        self.settings.leaseHardLimitSeconds = 12
        self.settings.leaseRestoreGraceSeconds = 3
        self.settings.backoffBaseSeconds = self.dice.pick([0.1, 0.5, 2])
        self.settings.backoffCapSeconds = 5
        self.settings.maxAttempts = self.dice.number(1...3)
        self.settings.circuit.failures = self.dice.number(2...5)
        self.settings.circuit.coolDownSeconds = self.dice.pick([3, 10])
        self.settings.bestEffort.lateResultPolicy = self.dice.pick([.logOnly, .updateResult])
        self.settings.isAdaptive = self.dice.chance(0.3)
        self.settings.adaptiveMinSamples = 3
        self.fleetSettings.heartbeatInterval = 1
        self.fleetSettings.staleness = 12
        self.fleetSettings.panicShare = self.dice.pick([0, 0.5])
        self.placement.runtimeOrder = ["r1", "r2"]
        self.instance = Instance(fleet: Fleet(self.fleetSettings, self.placement))
        self.checker = Checker(settings: self.settings)
        self.circuits = CircuitChecker(settings: self.settings.circuit)
        for partition in 0..<2 { self.lanes.append(Lane(engine: Self.engine(Int32(partition), self.settings, fault))) }
        self.plan()
    }

    static func engine(_ partition: Int32, _ settings: EngineSettings, _ fault: PlantedFault?) -> Engine {
        var engine = Engine(partition: partition, settings: settings)
        engine.fault = fault
        return engine
    }

    // MARK: - What will happen

    mutating func plan() {
        for site in self.sites.indices { self.actions.insert(.beat(site: site), at: self.now + Double(site) * 0.1) }
        for lane in self.lanes.indices { self.actions.insert(.run(lane: lane), at: self.now + 0.5) }
        for number in 0..<self.dice.number(4...10) {
            let submission = self.submission(number)
            let time = self.now + 0.5 + self.dice.seconds(0...25)
            self.submissions.append(submission.jobID)
            self.actions.insert(.submit(submission), at: time)
            if self.dice.chance(0.15) { self.actions.insert(.submit(submission), at: time + self.dice.seconds(0...60)) }
            if self.dice.chance(0.08) {
                self.actions.insert(.cancel(submission.jobID), at: time + self.dice.seconds(0...15))
            }
        }
        for site in self.sites.indices {
            if self.dice.chance(0.4) {
                self.actions.insert(.silence(site: site), at: self.now + self.dice.seconds(2...30))
            }
            if self.dice.chance(0.1) {
                let time = self.now + self.dice.seconds(2...25)
                self.actions.insert(.drain(site: site, true), at: time)
                self.actions.insert(.drain(site: site, false), at: time + 10)
            }
        }
        if self.dice.chance(0.6) {
            for _ in 0..<self.dice.number(1...2) {
                self.actions.insert(.crash, at: self.now + self.dice.seconds(3...38))
            }
        }
    }

    mutating func submission(_ number: Int) -> JobSubmission {
        var workflows: [Workflow] = []
        for index in 0..<self.dice.pick([1, 1, 1, 2, 3]) {
            workflows.append(
                Workflow(
                    workflowID: "w\(index)", cores: self.dice.pick([1, 1, 1, 2, 3]),
                    durationSeconds: self.dice.seconds(0.5...3), timeoutSeconds: self.dice.seconds(0.5...2)))
        }
        var submission = JobSubmission(jobID: "\(number % 2)-\(number)", workflows: workflows)
        submission.datacenterCount = self.dice.pick([1, 1, 2])
        submission.datacenters = self.dice.chance(0.3) ? [self.dice.pick(self.sites).name] : []
        submission.runtimes = self.dice.chance(0.3) ? self.dice.pick([["r1"], ["r2", "r1"], ["r9", "r1"]]) : nil
        submission.priority = self.dice.pick([.normal, .backfill])
        submission.retryBudget = self.dice.pick([0, 1, 2, 6])
        submission.retryBudgetPerWorkflow = self.dice.pick([0, 1, 2, 5])
        if submission.datacenterCount > 1, self.dice.chance(0.75) {
            submission.bestEffort = true
            submission.bestEffortMinDCs = self.dice.pick([1, 1, 2])
            submission.bestEffortDeadlineSeconds = self.dice.seconds(5...60)
        }
        if self.dice.chance(0.15) { submission.deadlineSeconds = self.dice.seconds(1...40) }
        // A slot for which there is no datacenter waits for good.
        if submission.datacenterCount > 1, !submission.bestEffort {
            submission.deadlineSeconds = self.dice.seconds(20...90)
        }
        return submission
    }

    var isCalm: Bool { self.now >= Self.faultsEnd }

    // MARK: - What happens

    /// Runs to the end. Answers what was wrong.
    mutating func run() -> [String] {
        for site in self.sites.indices { self.beat(site, again: false) }
        self.instance.fleet.viewIsReady(at: self.now)
        while let (time, action) = self.actions.pop(dueAt: Self.end) {
            self.now = max(self.now, time)
            self.instance.fleet.advance(to: self.now)
            self.perform(action)
            if !self.checker.violations.isEmpty { return self.checker.violations }
            if self.isCalm, self.isAllOver { break }
        }
        self.checkEnd()
        return self.checker.violations
    }

    mutating func perform(_ action: Action) {
        switch action {
        case .submit(let submission):
            self.append(.jobSubmitted(submission), to: submission.jobID)
        case .cancel(let jobID):
            self.append(.jobCancelled(jobID: jobID, reason: nil), to: jobID)
        case .beat(let site): self.beat(site, again: true)
        case .deliver(let site, let dispatch):
            guard self.isHeard(site, else: action) else { return }
            let (words, time) = self.sites[site].take(dispatch, now: self.now, isCalm: self.isCalm, dice: &self.dice)
            self.send(words, from: site)
            if let time { self.actions.insert(.look(site: site), at: time) }
        case .deliverCancellation(let site, let cancellation):
            guard self.isHeard(site, else: action) else { return }
            self.sites[site].take(cancellation, dice: &self.dice)
        case .look(let site):
            let (words, times) = self.sites[site].look(now: self.now, isCalm: self.isCalm, dice: &self.dice)
            self.send(words, from: site)
            for time in times { self.actions.insert(.look(site: site), at: time) }
        case .say(let site, let word):
            guard self.isHeard(site, else: action) else { return }
            self.say(word)
        case .run(let lane): self.run(lane)
        case .crash: self.crash()
        case .silence(let site):
            self.sites[site].silentUntil = min(Self.faultsEnd, self.now + self.dice.seconds(2...12))
        case .drain(let site, let isDrained):
            self.sites[site].isDrained = isDrained
            self.instance.fleet.setDrained(self.sites[site].name, isDrained)
        }
    }

    /// What a silent site sends, and is sent, arrives afterwards.
    mutating func isHeard(_ site: Int, else action: Action) -> Bool {
        guard self.now < self.sites[site].silentUntil else { return true }
        self.actions.insert(action, at: self.sites[site].silentUntil + 0.01)
        return false
    }

    mutating func beat(_ site: Int, again: Bool) {
        if again { self.actions.insert(.beat(site: site), at: self.now + 1) }
        guard self.now >= self.sites[site].silentUntil else { return }
        self.perform(.look(site: site))
        let sick = !self.isCalm && self.dice.chance(0.03) ? "r1" : nil
        let beat = self.sites[site].heartbeat(sickRuntime: sick)
        self.beats[beat.datacenterID] = (beat, self.now)
        guard !self.isDown else { return }
        _ = self.instance.fleet.apply(beat, recordTimestamp: self.now, offset: 0, now: self.now)
        self.checker.heartbeats[beat.datacenterID] = (self.now, beat.availableCores)
    }

    mutating func send(_ words: [SimulatedSite.Word], from site: Int) {
        for word in words {
            self.actions.insert(
                .say(site: site, word), at: self.now + word.after + self.dice.seconds(0.01...(self.isCalm ? 0.02 : 0.4))
            )
        }
    }

    mutating func say(_ word: SimulatedSite.Word) {
        let dispatch = word.dispatch
        var outcome = TaskOutcome(
            taskID: "\(dispatch.task.jobID)/\(dispatch.task.slot)/\(dispatch.task.workflowID)",
            attempt: dispatch.attempt, leaseToken: word.token ?? dispatch.leaseToken.text,
            routingKey: dispatch.routingKey, kind: word.kind)
        outcome.datacenterID = dispatch.datacenterID
        outcome.managerID = "m"
        self.append(.taskOutcome(outcome), to: dispatch.routingKey)
    }

    func lane(of jobID: String) -> Int { jobID.hasPrefix("0") ? 0 : 1 }

    mutating func append(_ event: Event, to jobID: String) {
        self.lanes[self.lane(of: jobID)].log.append((event, self.now))
    }

    // MARK: - The end

    var isAllOver: Bool {
        self.instance.openJobs == 0 && self.lanes.allSatisfy { $0.committed == $0.log.count }
            && self.submissions.allSatisfy { self.checker.jobs[$0]?.result != nil }
    }

    mutating func checkEnd() {
        for jobID in self.submissions {
            if self.checker.jobs[jobID] == nil || self.checker.jobs[jobID]?.result == nil {
                self.checker.fail("invariant 1: \(jobID) has no result", self.now)
            }
        }
        let instance = self.instance
        if instance.openJobs != 0 { self.checker.fail("\(instance.openJobs) jobs are open at the end", self.now) }
        if instance.heldTasks != 0 { self.checker.fail("\(instance.heldTasks) tasks are held at the end", self.now) }
        if instance.fleet.reservationCount != 0 {
            self.checker.fail("\(instance.fleet.reservationCount) reservations at the end", self.now)
        }
        for lane in self.lanes {
            for record in lane.records {
                if case .ended = record { continue }
                self.checker.fail("the changelog still has \(record)", self.now)
            }
        }
    }
}
