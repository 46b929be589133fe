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
    private struct Lane {
        var engine: Engine
        var log: [(event: Event, stamp: UnixSeconds)] = []
        var committed = 0
        var state: [StateLog.Key: (number: Int, record: StateRecord)] = [:]
        var stateCount = 0
        var stalledUntil: UnixSeconds = 0

        /// The changelog after compaction, in order.
        var records: [StateRecord] { self.state.values.sorted { $0.number < $1.number }.map(\.record) }

        mutating func keep(_ change: StateChange) {
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

    private let seed: UInt64
    private let fault: PlantedFault?
    private var dice: Dice
    private var now: UnixSeconds = 1_000_000
    private var actions = TimerHeap<Action>()
    private var sites: [SimulatedSite] = []
    private var lanes: [Lane] = []
    private var instance: Instance
    private var settings = EngineSettings()
    private var fleetSettings = FleetSettings()
    private var placement = PlacementSettings()
    private var isDown = false
    private var effects = Effects()
    private var circuits: CircuitChecker
    private var beats: [String: (beat: ManagerHeartbeat, stamp: UnixSeconds)] = [:]
    private var submissions: [String] = []
    private(set) var checker: Checker
    /// Prints what happens, to look into one seed.
    var isTelling = false
    /// A digest of everything that was written, and of how often the dice were thrown.
    private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var counts = Counts()

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

    private static func engine(_ partition: Int32, _ settings: EngineSettings, _ fault: PlantedFault?) -> Engine {
        var engine = Engine(partition: partition, settings: settings)
        engine.fault = fault
        return engine
    }

    // MARK: - What will happen

    private mutating func plan() {
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

    private mutating func submission(_ number: Int) -> JobSubmission {
        var workflows: [Workflow] = []
        for index in 0..<self.dice.pick([1, 1, 1, 2, 3]) {
            workflows.append(
                Workflow(
                    workflowID: "w\(index)", cores: self.dice.pick([1, 1, 1, 2, 3]),
                    durationSeconds: self.dice.seconds(0.5...3), timeoutSeconds: self.dice.seconds(0.5...2)))
        }
        var submission = JobSubmission(jobID: "\(number % 2)-\(number)", workflows: workflows)
        submission.datacenterCount = self.dice.pick([1, 1, 1, 2])
        submission.datacenters = self.dice.chance(0.3) ? [self.dice.pick(self.sites).name] : []
        submission.runtimes = self.dice.chance(0.3) ? self.dice.pick([["r1"], ["r2", "r1"], ["r9", "r1"]]) : nil
        submission.priority = self.dice.pick([.normal, .backfill])
        submission.retryBudget = self.dice.pick([0, 1, 2, 6])
        submission.retryBudgetPerWorkflow = self.dice.pick([0, 1, 2, 5])
        if submission.datacenterCount > 1, self.dice.chance(0.6) {
            submission.bestEffort = true
            submission.bestEffortMinDCs = self.dice.number(1...2)
            submission.bestEffortDeadlineSeconds = self.dice.seconds(5...60)
        }
        if self.dice.chance(0.15) { submission.deadlineSeconds = self.dice.seconds(1...40) }
        // A slot for which there is no datacenter waits for good.
        if submission.datacenterCount > 1, !submission.bestEffort {
            submission.deadlineSeconds = self.dice.seconds(20...90)
        }
        return submission
    }

    private var isCalm: Bool { self.now >= Self.faultsEnd }

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

    private mutating func perform(_ action: Action) {
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
    private mutating func isHeard(_ site: Int, else action: Action) -> Bool {
        guard self.now < self.sites[site].silentUntil else { return true }
        self.actions.insert(action, at: self.sites[site].silentUntil + 0.01)
        return false
    }

    private mutating func beat(_ site: Int, again: Bool) {
        if again { self.actions.insert(.beat(site: site), at: self.now + 1) }
        guard self.now >= self.sites[site].silentUntil else { return }
        let sick = !self.isCalm && self.dice.chance(0.03) ? "r1" : nil
        let beat = self.sites[site].heartbeat(sickRuntime: sick)
        self.beats[beat.datacenterID] = (beat, self.now)
        guard !self.isDown else { return }
        _ = self.instance.fleet.apply(beat, recordTimestamp: self.now, offset: 0, now: self.now)
        self.checker.heartbeats[beat.datacenterID] = (self.now, beat.availableCores)
    }

    private mutating func send(_ words: [SimulatedSite.Word], from site: Int) {
        for word in words {
            self.actions.insert(
                .say(site: site, word), at: self.now + word.after + self.dice.seconds(0.01...(self.isCalm ? 0.02 : 0.4)))
        }
    }

    private mutating func say(_ word: SimulatedSite.Word) {
        let dispatch = word.dispatch
        var outcome = TaskOutcome(
            taskID: "\(dispatch.task.jobID)/\(dispatch.task.slot)/\(dispatch.task.workflowID)",
            attempt: dispatch.attempt, leaseToken: word.token ?? dispatch.leaseToken.text,
            routingKey: dispatch.routingKey, kind: word.kind)
        outcome.datacenterID = dispatch.datacenterID
        outcome.managerID = "m"
        self.append(.taskOutcome(outcome), to: dispatch.routingKey)
    }

    private func lane(of jobID: String) -> Int { jobID.hasPrefix("0") ? 0 : 1 }

    private mutating func append(_ event: Event, to jobID: String) {
        self.lanes[self.lane(of: jobID)].log.append((event, self.now))
    }

    // MARK: - The process

    private mutating func run(_ lane: Int) {
        self.actions.insert(.run(lane: lane), at: self.now + (self.isCalm ? 0.1 : self.dice.seconds(0.05...0.4)))
        guard !self.isDown, self.now >= self.lanes[lane].stalledUntil else { return }
        if !self.isCalm, self.dice.chance(0.004) {
            self.lanes[lane].stalledUntil = self.now + self.dice.seconds(1...8)
            return
        }
        let before = self.checker
        let isAborted = !self.isCalm && self.dice.chance(0.03)
        var written: [Effects] = []
        var offset = self.lanes[lane].committed
        let limit = self.isCalm ? Int.max : self.dice.number(1...8)
        self.placeHeld(lane, into: &written)
        while offset < self.lanes[lane].log.count, offset - self.lanes[lane].committed < limit {
            let (event, stamp) = self.lanes[lane].log[offset]
            self.fire(lane, until: stamp, into: &written)
            self.step(lane, event, offset, stamp, into: &written)
            offset += 1
        }
        if offset == self.lanes[lane].log.count {
            self.fire(lane, until: self.now, into: &written)
            self.placeHeld(lane, into: &written)
            self.checker.checkReaped({ $0.hasPrefix("\(lane)") }, now: self.now)
        }
        if isAborted, self.checker.violations.isEmpty {
            if self.isTelling { print(self.now, "lane", lane, "aborts") }
            self.counts.aborts += 1
            let beats = self.checker.heartbeats
            self.checker = before
            self.checker.heartbeats = beats
            self.restore(lane)
            return
        }
        self.lanes[lane].committed = offset
        for effects in written { self.publish(lane, effects) }
    }

    private mutating func fire(_ lane: Int, until time: UnixSeconds, into written: inout [Effects]) {
        while let due = self.lanes[lane].engine.nextTimer, due <= time {
            let before = self.lanes[lane].engine.nextTimer
            self.lanes[lane].engine.fire(until: due, instance: &self.instance, effects: &self.effects)
            self.keep(max(due, self.now), into: &written)
            // The floor of an evacuation isn't a timer that fires.
            if self.lanes[lane].engine.nextTimer == before { break }
        }
        self.lanes[lane].engine.fire(until: time, instance: &self.instance, effects: &self.effects)
        self.keep(self.now, into: &written)
    }

    private mutating func placeHeld(_ lane: Int, into written: inout [Effects]) {
        var isMore = true
        while isMore {
            isMore = self.lanes[lane].engine.placeHeld(now: self.now, instance: &self.instance, effects: &self.effects)
            self.keep(self.now, into: &written)
        }
    }

    private mutating func step(
        _ lane: Int, _ event: Event, _ offset: Int, _ stamp: UnixSeconds, into written: inout [Effects]
    ) {
        var expected: Checker.Expectation?
        var isDuplicate = false
        if self.isTelling { print(self.now, "lane", lane, "takes", offset, stamp, event) }
        switch event {
        case .jobSubmitted(let submission):
            isDuplicate = self.checker.jobs[submission.jobID] != nil
            if !isDuplicate {
                self.checker.jobs[submission.jobID] = Checker.Job(submission: submission, submittedAt: stamp)
            }
        case .taskOutcome(let outcome):
            expected = self.checker.expectation(outcome)
            if let expected { self.noteCircuit(outcome, expected) }
            if let expected, expected.attempt < self.checker.jobs[expected.jobID]?.tasks[expected.task]?.attempts.count ?? 0 {
                self.counts.lateCompletions += 1
            }
        default: break
        }
        self.lanes[lane].engine.step(
            event, at: InputPosition(partition: Int32(lane), offset: Int64(offset), timestamp: stamp), now: self.now,
            instance: &self.instance, effects: &self.effects)
        if case .taskOutcome(let outcome) = event {
            self.checker.took(outcome, expected, stamp: stamp, now: self.now, effects: self.effects)
        }
        if isDuplicate, !self.effects.isEmpty { self.checker.fail("invariant 3: a job that came again has effects", self.now) }
        self.keep(self.now, into: &written)
    }

    private func name(_ task: TaskID, _ attempt: Int) -> String { SimulatedSite.key(task, attempt) }

    private mutating func noteCircuit(_ outcome: TaskOutcome, _ expected: Checker.Expectation) {
        guard let attempt = self.checker.jobs[expected.jobID]?.tasks[expected.task]?.attempts[expected.attempt - 1],
            attempt.end == nil
        else { return }
        let target = "\(attempt.dispatch.datacenterID)/\(attempt.dispatch.runtime)"
        let name = self.name(attempt.dispatch.task, attempt.dispatch.attempt)
        switch outcome.kind {
        case .completed: self.circuits.succeeded(target, name)
        case .failed(let error) where error.isRetryable: self.circuits.failed(target, name, now: self.now)
        case .failed, .rejected: self.circuits.passed(target, name)
        case .accepted, .heartbeat: break
        }
    }

    /// Checks what a step has written, and keeps it for the commit.
    private mutating func keep(_ time: UnixSeconds, into written: inout [Effects]) {
        defer { self.effects.reset() }
        guard !self.effects.isEmpty else { return }
        if self.isTelling { self.tell(time) }
        var drained: Set<String> = []
        for site in self.sites where site.isDrained { drained.insert(site.name) }
        self.checker.apply(self.effects, fleet: self.instance.fleet, drained: drained, now: time)
        self.checkCircuits(time)
        written.append(self.effects)
    }

    /// Timers of the same instant are one step, in which ends and dispatches have no order between them: what is right
    /// with either before the other is right.
    private mutating func checkCircuits(_ time: UnixSeconds) {
        var sentFirst = self.circuits
        if self.noteSent(&sentFirst, time) == nil {
            self.noteEnds(&sentFirst, time)
            self.circuits = sentFirst
            return
        }
        self.noteEnds(&self.circuits, time)
        if let wrong = self.noteSent(&self.circuits, time) { self.checker.fail(wrong, time) }
    }

    private func noteEnds(_ circuits: inout CircuitChecker, _ time: UnixSeconds) {
        for cancellation in self.effects.cancellations {
            let target = "\(cancellation.datacenterID)/\(cancellation.runtime)"
            let name = self.name(cancellation.task, cancellation.attempt)
            if cancellation.reason == "lease_expired" {
                circuits.failed(target, name, now: time)
            } else {
                circuits.passed(target, name)
            }
        }
    }

    private func noteSent(_ circuits: inout CircuitChecker, _ time: UnixSeconds) -> String? {
        for decision in self.effects.decisions.prefix(self.effects.decisionCount) {
            guard decision.action == .dispatch || decision.action == .queue, let datacenterID = decision.placement.chosen,
                let runtime = decision.placement.runtime
            else { continue }
            var attempts: Set<String> = []
            for dispatch in self.effects.dispatches
            where dispatch.task.jobID == decision.jobID && dispatch.task.slot == decision.slot
                && decision.workflowIDs.contains(dispatch.task.workflowID)
            {
                attempts.insert(self.name(dispatch.task, dispatch.attempt))
            }
            if let wrong = circuits.sent("\(datacenterID)/\(runtime)", attempts, now: time) { return wrong }
        }
        return nil
    }

    private func tell(_ time: UnixSeconds) {
        for cancellation in self.effects.cancellations {
            print(time, "cancel", self.name(cancellation.task, cancellation.attempt), cancellation.datacenterID, cancellation.reason)
        }
        for decision in self.effects.decisions.prefix(self.effects.decisionCount) {
            print(
                time, decision.kind, decision.action, decision.reason, decision.jobID, decision.slot,
                decision.workflowIDs, decision.placement.chosen ?? "-", decision.placement.runtime ?? "-")
        }
        for dispatch in self.effects.dispatches {
            print(time, "dispatch", self.name(dispatch.task, dispatch.attempt), dispatch.datacenterID, dispatch.runtime)
        }
        for result in self.effects.results { print(time, "result", result.jobID, result.status, result.reason) }
        for occurrence in self.effects.occurrences { print(time, occurrence) }
    }

    /// What was committed is there for everyone.
    private mutating func publish(_ lane: Int, _ effects: Effects) {
        for change in effects.state { self.lanes[lane].keep(change) }
        for dispatch in effects.dispatches {
            self.mix(dispatch.leaseToken, dispatch.datacenterID, dispatch.leaseUntil)
            guard let site = self.sites.firstIndex(where: { $0.name == dispatch.datacenterID }) else { continue }
            let delay = self.dice.seconds(0.01...(self.isCalm ? 0.02 : 0.5))
            self.actions.insert(.deliver(site: site, dispatch), at: self.now + delay)
            if !self.isCalm, self.dice.chance(0.05) {
                self.actions.insert(.deliver(site: site, dispatch), at: self.now + delay + 0.3)
            }
        }
        for cancellation in effects.cancellations {
            self.mix(cancellation.leaseToken, cancellation.datacenterID, 0)
            guard let site = self.sites.firstIndex(where: { $0.name == cancellation.datacenterID }) else { continue }
            self.actions.insert(.deliverCancellation(site: site, cancellation), at: self.now + self.dice.seconds(0.01...0.5))
        }
        for result in effects.results {
            self.mix(CauseID(partition: 0, offset: 0, ordinal: result.totalAttempts), result.reason, result.finishedAt)
        }
        for decision in effects.decisions.prefix(effects.decisionCount) {
            self.mix(decision.id, decision.reason.rawValue, decision.at)
        }
        self.count(effects)
    }

    private mutating func count(_ effects: Effects) {
        self.counts.results += effects.results.count
        self.counts.dispatches += effects.dispatches.count
        self.counts.retries += effects.dispatches.count { $0.attempt > 1 }
        self.counts.lapses += effects.cancellations.count { $0.reason == "lease_expired" }
        for decision in effects.decisions.prefix(effects.decisionCount) {
            if decision.kind == .evacuate { self.counts.evacuations += 1 }
            if decision.action == .hold { self.counts.holds += 1 }
        }
        for case .circuit(_, _, .open) in effects.occurrences { self.counts.circuits += 1 }
    }

    private mutating func mix(_ id: CauseID, _ text: String, _ time: Double) {
        func take(_ value: UInt64) { self.digest = (self.digest ^ value) &* 0x0000_0100_0000_01b3 }
        take(UInt64(bitPattern: Int64(id.ordinal)) &+ UInt64(bitPattern: id.offset) &* 31)
        for byte in text.utf8 { take(UInt64(byte)) }
        take(time.bitPattern)
    }

    private mutating func crash() {
        if self.isTelling { print(self.now, "crash") }
        self.counts.crashes += 1
        var fleet = Fleet(self.fleetSettings, self.placement)
        self.now += self.dice.seconds(0...6)
        for (_, (beat, stamp)) in self.beats.sorted(by: { $0.key < $1.key }) {
            _ = fleet.apply(beat, recordTimestamp: stamp, offset: 0, now: self.now)
        }
        for site in self.sites where site.isDrained { fleet.setDrained(site.name, true) }
        fleet.viewIsReady(at: self.now)
        self.instance = Instance(fleet: fleet)
        self.circuits = CircuitChecker(settings: self.settings.circuit)
        for lane in self.lanes.indices { self.restore(lane, isNewInstance: true) }
    }

    private mutating func restore(_ lane: Int, isNewInstance: Bool = false) {
        if !isNewInstance {
            self.lanes[lane].engine.withdraw(from: &self.instance)
            self.circuits.withdrew { $0.hasPrefix("\(lane)") }
        }
        self.lanes[lane].engine = Self.engine(Int32(lane), self.settings, self.fault)
        for record in self.lanes[lane].records { self.lanes[lane].engine.restore(record) }
        self.lanes[lane].engine.finishRestore(instance: &self.instance, now: self.now)
        self.checker.restored({ $0.hasPrefix("\(lane)") }, now: self.now)
    }

    // MARK: - The end

    private var isAllOver: Bool {
        self.instance.openJobs == 0 && self.lanes.allSatisfy { $0.committed == $0.log.count }
            && self.submissions.allSatisfy { self.checker.jobs[$0]?.result != nil }
    }

    private mutating func checkEnd() {
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
