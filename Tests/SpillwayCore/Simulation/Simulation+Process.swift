import SpillwayMessages

@testable import SpillwayCore

/// The process: its lanes, their transactions, crashes and restores.
extension Simulation {
    mutating func run(_ lane: Int) {
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

    mutating func fire(_ lane: Int, until time: UnixSeconds, into written: inout [Effects]) {
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

    mutating func placeHeld(_ lane: Int, into written: inout [Effects]) {
        var isMore = true
        while isMore {
            isMore = self.lanes[lane].engine.placeHeld(now: self.now, instance: &self.instance, effects: &self.effects)
            self.keep(self.now, into: &written)
        }
    }

    mutating func step(
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
            if let expected,
                expected.attempt < self.checker.jobs[expected.jobID]?.tasks[expected.task]?.attempts.count ?? 0
            {
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
        if isDuplicate, !self.effects.isEmpty {
            self.checker.fail("invariant 3: a job that came again has effects", self.now)
        }
        self.keep(self.now, into: &written)
    }

    func name(_ task: TaskID, _ attempt: Int) -> String { SimulatedSite.key(task, attempt) }

    mutating func noteCircuit(_ outcome: TaskOutcome, _ expected: Checker.Expectation) {
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

    mutating func crash() {
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

    mutating func restore(_ lane: Int, isNewInstance: Bool = false) {
        if !isNewInstance {
            self.lanes[lane].engine.withdraw(from: &self.instance)
            self.circuits.withdrew { $0.hasPrefix("\(lane)") }
        }
        self.lanes[lane].engine = Self.engine(Int32(lane), self.settings, self.fault)
        for record in self.lanes[lane].records { self.lanes[lane].engine.restore(self.writtenAndRead(record)) }
        self.lanes[lane].engine.finishRestore(instance: &self.instance, now: self.now)
        self.checker.restored({ $0.hasPrefix("\(lane)") }, now: self.now)
    }

    /// A record as it comes back from the topic.
    mutating func writtenAndRead(_ record: StateRecord) -> StateRecord {
        var writer = JSONWriter(capacity: 256)
        writer.write(keyOf: record)
        let key = writer.bytes
        writer.removeAll()
        writer.encode(record)
        let value = writer.bytes
        var decoder = StateDecoder()
        do {
            let read = try unsafe decoder.decode(key: key.span.bytes, value: value.span.bytes)
            if read != record { self.checker.fail("\(record) comes back as \(read)", self.now) }
            return read
        } catch {
            self.checker.fail("\(record) can't be read: \(error)", self.now)
            return record
        }
    }
}
