@testable import SpillwayCore

/// What a step has written: checked at once, published with the commit.
extension Simulation {
    /// Checks what a step has written, and keeps it for the commit.
    mutating func keep(_ time: UnixSeconds, into written: inout [Effects]) {
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
    mutating func checkCircuits(_ time: UnixSeconds) {
        var sentFirst = self.circuits
        if self.noteSent(&sentFirst, time) == nil {
            self.noteEnds(&sentFirst, time)
            self.circuits = sentFirst
            return
        }
        self.noteEnds(&self.circuits, time)
        if let wrong = self.noteSent(&self.circuits, time) { self.checker.fail(wrong, time) }
    }

    func noteEnds(_ circuits: inout CircuitChecker, _ time: UnixSeconds) {
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

    func noteSent(_ circuits: inout CircuitChecker, _ time: UnixSeconds) -> String? {
        for decision in self.effects.decisions.prefix(self.effects.decisionCount) {
            guard decision.action == .dispatch || decision.action == .queue,
                let datacenterID = decision.placement.chosen,
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

    func tell(_ time: UnixSeconds) {
        for cancellation in self.effects.cancellations {
            print(
                time, "cancel", self.name(cancellation.task, cancellation.attempt), cancellation.datacenterID,
                cancellation.reason)
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
        for case .put(.task(let jobID, let task)) in self.effects.state {
            print(
                time, "task", "\(jobID)/\(task.slot)/\(task.workflowID)#\(task.attempt)", task.standing,
                task.targets.map { "\($0.datacenterID)/\($0.runtime) \($0.executions) \($0.refusals)" })
        }
    }

    /// What was committed is there for everyone.
    mutating func publish(_ lane: Int, _ effects: Effects) {
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
            self.actions.insert(
                .deliverCancellation(site: site, cancellation), at: self.now + self.dice.seconds(0.01...0.5))
        }
        for result in effects.results {
            self.mix(CauseID(partition: 0, offset: 0, ordinal: result.totalAttempts), result.reason, result.finishedAt)
        }
        for decision in effects.decisions.prefix(effects.decisionCount) {
            self.mix(decision.id, decision.reason.rawValue, decision.at)
        }
        self.count(effects)
    }

    mutating func count(_ effects: Effects) {
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

    mutating func mix(_ id: CauseID, _ text: String, _ time: Double) {
        func take(_ value: UInt64) { self.digest = (self.digest ^ value) &* 0x0000_0100_0000_01b3 }
        take(UInt64(bitPattern: Int64(id.ordinal)) &+ UInt64(bitPattern: id.offset) &* 31)
        for byte in text.utf8 { take(UInt64(byte)) }
        take(time.bitPattern)
    }
}
