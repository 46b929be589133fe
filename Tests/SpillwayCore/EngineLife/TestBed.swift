import SpillwayCore

/// An engine and its instance in virtual time, with everything that they have written.
struct TestBed: ~Copyable {
    var engine: Engine
    var instance: Instance
    var now: UnixSeconds = 1_000_000
    var settings: EngineSettings
    let fleetSettings: FleetSettings
    let placement: PlacementSettings

    var decisions: [Decision] = []
    var dispatches: [TaskDispatch] = []
    var cancellations: [TaskCancellation] = []
    var results: [JobResult] = []
    var occurrences: [Occurrence] = []
    var ignored: [IgnoredOutcome] = []
    var duplicates = 0
    /// The changelog after compaction.
    var state = StateLog()

    private var effects = Effects()
    private var offset: Int64 = 0
    private var sequence: Int64 = 0
    /// Datacenters that send heartbeats, and what these say.
    private var managers: [String: ManagerHeartbeat] = [:]

    /// Datacenters with so many cores each, all free.
    init(
        _ datacenters: [String: Int] = ["a": 8, "b": 8], settings: EngineSettings = EngineSettings(),
        fleet: FleetSettings = FleetSettings(), placement: PlacementSettings = PlacementSettings()
    ) {
        self.settings = settings
        self.fleetSettings = fleet
        self.placement = placement
        self.engine = Engine(partition: 3, settings: settings)
        self.instance = Instance(fleet: Fleet(fleet, placement))
        for (name, cores) in datacenters.sorted(by: { $0.key < $1.key }) { self.heartbeat(name, cores: cores) }
        self.instance.fleet.viewIsReady(at: self.now)
    }

    // MARK: - What happens

    /// A heartbeat of a datacenter's one manager. What isn't said stays as it was.
    mutating func heartbeat(
        _ datacenterID: String, cores: Int? = nil, available: Int? = nil, healthyWorkers: Int? = nil,
        runtimes: [RuntimeReport]? = nil, pending: Int? = nil, active: Seconds? = nil, at time: UnixSeconds? = nil
    ) {
        var beat =
            self.managers[datacenterID]
            ?? ManagerHeartbeat(
                managerID: "m", datacenterID: datacenterID, workerCount: 8, healthyWorkerCount: 8,
                totalCores: cores ?? 8, availableCores: cores ?? 8)
        if let cores {
            beat.totalCores = cores
            beat.availableCores = min(available ?? cores, cores)
        }
        if let available { beat.availableCores = available }
        if let healthyWorkers { beat.healthyWorkerCount = healthyWorkers }
        if let runtimes { beat.runtimes = runtimes }
        if let pending { beat.pendingWorkflowCount = pending }
        if let active { beat.activeRemainingSeconds = active }
        self.sequence += 1
        beat.sequence = self.sequence
        self.managers[datacenterID] = beat
        let stamp = time ?? self.now
        _ = self.instance.fleet.apply(beat, recordTimestamp: stamp, offset: self.sequence, now: stamp)
        if time == nil { self.tick() }
    }

    /// A datacenter falls silent.
    mutating func silence(_ datacenterID: String) { self.managers[datacenterID] = nil }

    mutating func submit(_ submission: JobSubmission) { self.take(.jobSubmitted(submission)) }

    mutating func cancel(_ jobID: String) { self.take(.jobCancelled(jobID: jobID, reason: nil)) }

    mutating func say(_ kind: TaskOutcome.Kind, of dispatch: TaskDispatch?, token: String? = nil) {
        guard let dispatch else { return }
        var outcome = TaskOutcome(
            taskID: "\(dispatch.task.jobID)/\(dispatch.task.slot)/\(dispatch.task.workflowID)",
            attempt: dispatch.attempt, leaseToken: token ?? dispatch.leaseToken.text,
            routingKey: dispatch.routingKey, kind: kind)
        outcome.datacenterID = dispatch.datacenterID
        outcome.managerID = "m"
        self.take(.taskOutcome(outcome))
    }

    mutating func start(_ dispatch: TaskDispatch?) { self.say(.accepted(started: true), of: dispatch) }
    mutating func complete(_ dispatch: TaskDispatch?) { self.say(.completed(result: nil), of: dispatch) }
    mutating func reject(_ dispatch: TaskDispatch?, _ reason: RejectionReason = .noCapacity) {
        self.say(.rejected(reason), of: dispatch)
    }
    mutating func fail(_ dispatch: TaskDispatch?, _ message: String = "conn refused", isRetryable: Bool = true) {
        self.say(.failed(TaskError(message: message, isRetryable: isRetryable)), of: dispatch)
    }

    mutating func take(_ event: Event) {
        let position = InputPosition(partition: 3, offset: self.offset, timestamp: self.now)
        self.offset += 1
        self.engine.step(event, at: position, now: self.now, instance: &self.instance, effects: &self.effects)
        self.collect()
        self.tick()
    }

    /// Lets time pass in steps of a second at most, with heartbeats every five.
    mutating func run(_ seconds: Seconds) { self.run(until: self.now + seconds) }

    mutating func run(until end: UnixSeconds) {
        while self.now < end {
            var next = min(end, (self.now + 1).rounded(.down))
            if let due = self.engine.nextTimer, due > self.now { next = min(next, due) }
            self.now = next
            if self.now == self.now.rounded(), Int(self.now) % 5 == 0 {
                for name in self.managers.keys.sorted() { self.heartbeat(name) }
            }
            self.tick()
        }
    }

    /// The process dies and another takes over with what was written.
    mutating func restart() {
        self.engine.withdraw(from: &self.instance)
        self.engine = Engine(partition: 3, settings: self.settings)
        var fleet = Fleet(self.fleetSettings, self.placement)
        for (_, beat) in self.managers.sorted(by: { $0.key < $1.key }) {
            _ = fleet.apply(beat, recordTimestamp: self.now, offset: 0, now: self.now)
        }
        fleet.viewIsReady(at: self.now)
        self.instance = Instance(fleet: fleet)
        self.state.restore(into: &self.engine)
        self.engine.finishRestore(instance: &self.instance, now: self.now)
        self.tick()
    }

    /// What a lane does between records.
    mutating func tick() {
        self.instance.fleet.advance(to: self.now)
        self.engine.fire(until: self.now, instance: &self.instance, effects: &self.effects)
        while self.engine.placeHeld(now: self.now, instance: &self.instance, effects: &self.effects) {}
        self.collect()
    }

    private mutating func collect() {
        self.decisions += self.effects.decisions.prefix(self.effects.decisionCount)
        self.dispatches += self.effects.dispatches
        self.cancellations += self.effects.cancellations
        self.results += self.effects.results
        self.occurrences += self.effects.occurrences
        self.duplicates += self.effects.duplicates
        for why in IgnoredOutcome.allCases {
            for _ in 0..<self.effects.ignored[why.rawValue] { self.ignored.append(why) }
        }
        for change in self.effects.state { self.state.apply(change) }
        self.effects.reset()
    }

    // MARK: - What came of it

    /// Each dispatch as `dc/runtime#attempt`, in order.
    var sent: [String] { self.dispatches.map { "\($0.datacenterID)/\($0.runtime)#\($0.attempt)" } }
    var last: TaskDispatch? { self.dispatches.last }
    var reasons: [String] { self.decisions.map(\.reason.rawValue) }
    var reason: DecisionReason? { self.decisions.last?.reason }
    var result: JobResult? { self.results.last }
    var chain: [String] {
        self.result?.tasks.first?.chain.map {
            "\($0.outcome.rawValue) \($0.datacenterID ?? "-")/\($0.runtime ?? "-")\($0.error.map { ": \($0)" } ?? "")"
        } ?? []
    }
    var reservations: Int { self.instance.fleet.reservationCount }
}

/// The `state` topic after compaction, in the order of the newest records.
struct StateLog: Equatable {
    enum Key: Hashable {
        case job(String)
        case task(String, Int, String)
    }

    private(set) var records: [(key: Key, record: StateRecord)] = []

    mutating func apply(_ change: StateChange) {
        let key: Key
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
        self.records.removeAll { $0.key == key }
        if let record { self.records.append((key, record)) }
    }

    func restore(into engine: inout Engine) {
        for (_, record) in self.records { engine.restore(record) }
    }

    static func == (left: StateLog, right: StateLog) -> Bool {
        left.records.elementsEqual(right.records) { $0.key == $1.key && $0.record == $1.record }
    }
}

extension JobSubmission {
    /// A job of one workflow of one core, with room to retry.
    static func simple(
        _ jobID: String = "j", cores: Int = 1, duration: Seconds = 60, runtimes: [String]? = nil,
        budget: Int = 50, slots: Int = 1, datacenters: [String] = []
    ) -> JobSubmission {
        var submission = JobSubmission(
            jobID: jobID, workflows: [Workflow(cores: cores, durationSeconds: duration, timeoutSeconds: 30)])
        submission.runtimes = runtimes
        submission.retryBudget = budget
        submission.retryBudgetPerWorkflow = budget
        submission.datacenterCount = slots
        submission.datacenters = datacenters
        return submission
    }
}

extension EngineSettings {
    /// Budgets that chains don't run into, and backoffs without jitter.
    static var generous: EngineSettings {
        var settings = EngineSettings()
        settings.retryBudget.max = 1000
        settings.retryBudget.perWorkflowMax = 1000
        settings.backoffJitter = 0
        return settings
    }
}
