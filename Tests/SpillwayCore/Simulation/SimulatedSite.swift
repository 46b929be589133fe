@testable import SpillwayCore

/// One datacenter: it runs what it is sent, tells of it, fails, lies, vanishes and repeats itself.
struct SimulatedSite {
    /// What it runs, or has in its queue.
    struct Work {
        var dispatch: TaskDispatch
        var isStarted: Bool
        /// Vanished work occupies its cores no longer and is never heard of.
        var endsAt: UnixSeconds
    }

    /// A word about an attempt, sent after a delay.
    struct Word {
        var after: Seconds
        var dispatch: TaskDispatch
        var kind: TaskOutcome.Kind
        var token: String?
    }

    let name: String
    let cores: Int
    let runtimes: [String]
    /// Silent ones send nothing until then; what they had to say is said afterwards.
    var silentUntil: UnixSeconds = 0
    var isDrained = false
    var work: [String: Work] = [:]
    var cancelled: Set<String> = []
    var known: Set<String> = []
    var sequence: Int64 = 0

    static func key(_ task: TaskID, _ attempt: Int) -> String {
        "\(task.jobID)/\(task.slot)/\(task.workflowID)#\(attempt)"
    }

    var freeCores: Int {
        var free = self.cores
        for work in self.work.values where work.isStarted { free -= work.dispatch.workflow.cores }
        return free
    }

    mutating func heartbeat(sickRuntime: String?) -> ManagerHeartbeat {
        self.sequence += 1
        var beat = ManagerHeartbeat(
            managerID: "m", datacenterID: self.name, workerCount: self.cores, healthyWorkerCount: self.cores,
            totalCores: self.cores, availableCores: max(0, self.freeCores))
        beat.sequence = self.sequence
        beat.runtimes = self.runtimes.map { RuntimeReport(name: $0, isHealthy: $0 != sickRuntime) }
        beat.pendingWorkflowCount = self.work.values.count { !$0.isStarted }
        beat.pendingDurationSeconds = Double(beat.pendingWorkflowCount) * 5
        beat.activeRemainingSeconds = Double(self.work.count) * 5
        return beat
    }

    /// Takes a dispatch. Answers what it has to say, and when it looks at it again.
    mutating func take(
        _ dispatch: TaskDispatch, now: UnixSeconds, isCalm: Bool, dice: inout Dice
    ) -> (words: [Word], looksAgainAt: UnixSeconds?) {
        let key = Self.key(dispatch.task, dispatch.attempt)
        if !self.known.insert(key).inserted {
            return ([Word(after: 0, dispatch: dispatch, kind: .rejected(.duplicate))], nil)
        }
        if self.cancelled.contains(key) { return ([], nil) }
        if now > dispatch.leaseUntil {
            return (dice.chance(0.5) ? [Word(after: 0, dispatch: dispatch, kind: .rejected(.noCapacity))] : [], nil)
        }
        if !isCalm, dice.chance(0.04) {
            return ([Word(after: 0, dispatch: dispatch, kind: .rejected(.unknownRuntime))], nil)
        }
        if !isCalm, dice.chance(0.04) { return ([], nil) }
        if dispatch.workflow.cores <= self.freeCores, isCalm || !dice.chance(0.08) {
            return self.start(dispatch, now: now, isCalm: isCalm, dice: &dice)
        }
        guard self.work.values.count(where: { !$0.isStarted }) < 2, dice.chance(0.7) else {
            return ([Word(after: 0, dispatch: dispatch, kind: .rejected(.noCapacity))], nil)
        }
        self.work[key] = Work(dispatch: dispatch, isStarted: false, endsAt: .infinity)
        return ([Word(after: 0, dispatch: dispatch, kind: .accepted(started: false))], nil)
    }

    private mutating func start(
        _ dispatch: TaskDispatch, now: UnixSeconds, isCalm: Bool, dice: inout Dice
    ) -> (words: [Word], looksAgainAt: UnixSeconds?) {
        let key = Self.key(dispatch.task, dispatch.attempt)
        let lease = dispatch.leaseSeconds
        let runs = dice.seconds(0...max(0.1, dispatch.workflow.durationSeconds))
        var words = [Word(after: 0, dispatch: dispatch, kind: .accepted(started: true))]
        var length = runs
        func add(_ after: Seconds, _ kind: TaskOutcome.Kind, token: String? = nil) {
            words.append(Word(after: after, dispatch: dispatch, kind: kind, token: token))
        }
        switch isCalm ? 99 : dice.number(0...99) {
        case 0..<24: add(runs, .failed(TaskError(message: "exit", isRetryable: true)))
        case 24..<28: add(runs, .failed(TaskError(message: "bad", isRetryable: false)))
        case 28..<37: length = lease * 2  // Hangs, and says nothing.
        case 37..<48:
            // Comes too late.
            length = lease * dice.seconds(1.01...1.6)
            add(length, .completed(result: [48]))
        case 48..<53:
            add(runs, .completed(result: [49]))
            add(runs + 0.3, .failed(TaskError(message: "and yet", isRetryable: true)))
        case 53..<60:
            // Runs for longer than its lease, which it renews: some for longer than anyone may.
            length = dice.chance(0.3) ? 16 : lease * 1.5
            var beat = lease * 0.45
            while beat < length {
                add(beat, .heartbeat(progress: nil))
                beat += lease * 0.45
            }
            add(length, .completed(result: nil))
        case 60..<64:
            add(runs, .completed(result: nil), token: "3.999.999")
            add(runs + 1, .completed(result: nil))
        case 64..<67: add(runs * 0.5, .rejected(.noCapacity)); add(runs, .completed(result: nil))
        default: add(runs, .completed(result: [50]))
        }
        if !isCalm, dice.chance(0.15), let again = words.last {
            words.append(Word(after: again.after + 0.2, dispatch: dispatch, kind: again.kind, token: again.token))
        }
        self.work[key] = Work(dispatch: dispatch, isStarted: true, endsAt: now + length)
        return (words, now + length)
    }

    /// Lets go of what has ended, and starts what waits.
    mutating func look(
        now: UnixSeconds, isCalm: Bool, dice: inout Dice
    ) -> (words: [Word], looksAgainAt: [UnixSeconds]) {
        for (key, work) in self.work where work.isStarted && work.endsAt <= now { self.work[key] = nil }
        var words: [Word] = []
        var times: [UnixSeconds] = []
        for (key, work) in self.work.sorted(by: { $0.key < $1.key }) where !work.isStarted {
            guard work.dispatch.workflow.cores <= self.freeCores else { continue }
            self.work[key] = nil
            let (more, time) = self.start(work.dispatch, now: now, isCalm: isCalm, dice: &dice)
            words += more
            if let time { times.append(time) }
        }
        return (words, times)
    }

    /// Takes a cancellation. Most listen.
    mutating func take(_ cancellation: TaskCancellation, dice: inout Dice) {
        let key = Self.key(cancellation.task, cancellation.attempt)
        self.cancelled.insert(key)
        if dice.chance(0.8) { self.work[key] = nil }
    }
}
