extension Health {
    /// The health of a datacenter by its counts, in the order of design section 4. Divisions are of integers.
    package init(
        workers: Int, healthyWorkers: Int, managers: Int, aliveManagers: Int, availableCores: Int
    ) {
        if aliveManagers <= 0 || workers <= 0 {
            self = .unhealthy
        } else if healthyWorkers < workers / 2 + 1 || aliveManagers < managers / 2 + 1 {
            self = .degraded
        } else if availableCores <= 0 {
            self = .busy
        } else {
            self = .healthy
        }
    }
}

/// Lets a worse health through at once and a better one only after it has held for a time, so that a value on an edge
/// doesn't flap.
struct HealthHoldDown: Equatable, Sendable {
    /// What is in force. `nil` until the first.
    private(set) var current: Health?
    // Since when it has been at least this good, for each health; +∞ while it isn't.
    private var since: (healthy: UnixSeconds, busy: UnixSeconds, degraded: UnixSeconds) = (
        .infinity, .infinity, .infinity
    )

    /// Takes in what the counts say. Answers when it has to be asked again at the latest.
    mutating func observe(_ raw: Health, now: UnixSeconds, holdDown: Seconds) -> UnixSeconds {
        guard let current = self.current else {
            self.current = raw
            self.note(raw, now: now, isFirst: true)
            return .infinity
        }
        self.note(raw, now: now, isFirst: false)
        if raw >= current {
            self.current = raw
            return .infinity
        }
        // The best health that it has kept for long enough, and not better than it is.
        var best = current
        var due = UnixSeconds.infinity
        for (health, since) in [
            (Health.degraded, self.since.degraded), (.busy, self.since.busy), (.healthy, self.since.healthy),
        ]
        where health < current && health >= raw {
            if now - since >= holdDown { best = health } else { due = min(due, since + holdDown) }
        }
        self.current = best
        return due
    }

    private mutating func note(_ raw: Health, now: UnixSeconds, isFirst: Bool) {
        let start = isFirst ? -UnixSeconds.infinity : now
        self.since.healthy = raw <= .healthy ? min(self.since.healthy, start) : .infinity
        self.since.busy = raw <= .busy ? min(self.since.busy, start) : .infinity
        self.since.degraded = raw <= .degraded ? min(self.since.degraded, start) : .infinity
    }

    static func == (left: HealthHoldDown, right: HealthHoldDown) -> Bool {
        left.current == right.current && left.since == right.since
    }
}
