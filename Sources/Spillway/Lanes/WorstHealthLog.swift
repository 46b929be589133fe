import SpillwayCore

/// Says the worst health that decisions had to accept: `unhealthy` as an error, `degraded` as a warning, `busy` as
/// information (design section 5.4). One line a second for each, with how many decisions it stands for: the ledger has
/// them all, and a full fleet must not fill the log.
struct WorstHealthLog {
    private struct Entry {
        var saidAt: Seconds = -.infinity
        var unsaid = 0
    }

    private static let interval: Seconds = 1
    private var entries = Array(repeating: Entry(), count: Health.allCases.count)

    /// Takes note of decisions that looked for a place.
    mutating func note(_ effects: borrowing Effects, _ log: RouterLog) {
        let decisions = effects.decisions.span
        for index in 0..<effects.decisionCount { self.note(decisions[index], log) }
    }

    private mutating func note(_ decision: Decision, _ log: RouterLog) {
        let health = decision.placement.worstHealth
        guard health != .healthy, decision.reason != .initializing else { return }
        self.entries[health.rawValue].unsaid += 1
        let now = Clock.monotonic()
        guard now - self.entries[health.rawValue].saidAt >= Self.interval else { return }
        let count = self.entries[health.rawValue].unsaid
        self.entries[health.rawValue] = Entry(saidAt: now, unsaid: 0)
        let fields = [
            ("job_id", decision.jobID), ("action", decision.action.rawValue), ("reason", decision.reason.rawValue),
            ("decisions", "\(count)"),
        ]
        switch health {
        case .unhealthy: log.error("NoUsableDatacenter", "no usable datacenter for job \(decision.jobID)", fields)
        case .degraded: log.warning("DegradedDatacenter", "only degraded datacenters are usable", fields)
        case .busy, .healthy: log.info("BusyDatacenters", "every usable datacenter is busy", fields)
        }
    }
}
