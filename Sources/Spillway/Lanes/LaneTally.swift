import Metrics
import SpillwayCore

/// What one transaction counts. It reaches the metrics when the transaction is committed, and is dropped with it
/// otherwise: what was undone was not done.
struct LaneTally {
    private var events = Array(repeating: 0, count: EventType.allCases.count)
    private var decisions: [(action: DecisionAction, reason: DecisionReason, count: Int)] = []
    private var dispatched: [(counter: Counter, count: Int)] = []
    private var results: [(status: JobResult.Status, count: Int)] = []
    private var deadLetters: [(topic: String, reason: String)] = []
    private var spillovers: [(primary: String, spillover: String)] = []
    private var ignored = Array(repeating: 0, count: IgnoredOutcome.allCases.count)
    private var stamps: [UnixSeconds] = []
    private var occurrences: [Occurrence] = []
    private var endedJobs: [String] = []
    var forwarded = 0
    var duplicates = 0
    /// Records of `events` that were taken.
    private(set) var inputs = 0

    mutating func read(_ type: EventType, stamped time: UnixSeconds) {
        self.events[type.index] += 1
        self.stamps.append(time)
        self.inputs += 1
    }

    mutating func refused() { self.inputs += 1 }

    mutating func deadLetter(topic: String, reason: String) {
        self.deadLetters.append((topic, reason))
    }

    private mutating func decided(_ decision: Decision) {
        if let verdict = decision.placement.spillover, verdict.shouldSpillover, let other = verdict.spilloverDC {
            self.spillovers.append((verdict.primaryDC, other))
        }
        // A handful of pairs occur: a search beats a hash.
        for index in self.decisions.indices
        where self.decisions[index].action == decision.action && self.decisions[index].reason == decision.reason {
            self.decisions[index].count += 1
            return
        }
        self.decisions.append((decision.action, decision.reason, 1))
    }

    mutating func dispatched(_ counter: Counter) {
        for index in self.dispatched.indices where self.dispatched[index].counter === counter {
            self.dispatched[index].count += 1
            return
        }
        self.dispatched.append((counter, 1))
    }

    private mutating func ended(_ jobID: String, _ status: JobResult.Status) {
        self.endedJobs.append(jobID)
        for index in self.results.indices where self.results[index].status == status {
            self.results[index].count += 1
            return
        }
        self.results.append((status, 1))
    }

    /// Takes in what a step has done, beside what ``dispatched(_:)`` is told.
    mutating func add(_ effects: borrowing Effects) {
        let decisions = effects.decisions.span
        for index in 0..<effects.decisionCount { self.decided(decisions[index]) }
        for result in effects.results where result.isFinal && result.revision == 0 {
            self.ended(result.jobID, result.status)
        }
        if !effects.occurrences.isEmpty { self.occurrences.append(contentsOf: effects.occurrences) }
        self.duplicates += effects.duplicates
        for index in self.ignored.indices where effects.ignored[index] != 0 {
            self.ignored[index] += effects.ignored[index]
        }
    }

    /// Books everything and begins anew.
    mutating func commit(to catalogue: Catalogue, _ log: RouterLog, at time: UnixSeconds) {
        let report = OccurrenceReport(catalogue: catalogue, log: log)
        for occurrence in self.occurrences { report.report(occurrence) }
        for jobID in self.endedJobs { catalogue.recentJobs.finish(jobID) }
        for type in EventType.allCases where self.events[type.index] > 0 {
            catalogue.events[type.rawValue].add(self.events[type.index])
        }
        for entry in self.decisions {
            catalogue.decisions[entry.action.rawValue, entry.reason.rawValue].add(entry.count)
        }
        for entry in self.dispatched { entry.counter.add(entry.count) }
        for entry in self.results { catalogue.results[entry.status.rawValue].add(entry.count) }
        for entry in self.deadLetters { catalogue.deadLetters[entry.topic, entry.reason].add() }
        for entry in self.spillovers { catalogue.spillovers[entry.primary, entry.spillover].add() }
        for why in IgnoredOutcome.allCases where self.ignored[why.rawValue] > 0 {
            catalogue.outcomesIgnored[why.word].add(self.ignored[why.rawValue])
        }
        for stamp in self.stamps { catalogue.placementLatency.observe(max(0, time - stamp)) }
        catalogue.eventsForwarded.add(self.forwarded)
        catalogue.eventsDuplicate.add(self.duplicates)
        self.reset()
    }

    mutating func reset() {
        for index in self.events.indices { self.events[index] = 0 }
        for index in self.ignored.indices { self.ignored[index] = 0 }
        self.decisions.removeAll(keepingCapacity: true)
        self.dispatched.removeAll(keepingCapacity: true)
        self.results.removeAll(keepingCapacity: true)
        self.deadLetters.removeAll(keepingCapacity: true)
        self.spillovers.removeAll(keepingCapacity: true)
        self.stamps.removeAll(keepingCapacity: true)
        self.occurrences.removeAll(keepingCapacity: true)
        self.endedJobs.removeAll(keepingCapacity: true)
        self.forwarded = 0
        self.duplicates = 0
        self.inputs = 0
    }
}

extension EventType {
    /// Its place in a table.
    var index: Int {
        switch self {
        case .jobSubmitted: 0
        case .jobCancelled: 1
        case .datasetUpdated: 2
        case .taskRequested: 3
        case .taskAccepted: 4
        case .taskRejected: 5
        case .taskHeartbeat: 6
        case .taskCompleted: 7
        case .taskFailed: 8
        case .sourceHeartbeat: 9
        case .datasetVersionSet: 10
        case .datacenterDrain: 11
        case .datacenterUndrain: 12
        }
    }
}
