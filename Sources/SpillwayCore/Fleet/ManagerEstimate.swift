/// A workflow that runs at a manager (seeds/002, part 4).
package struct ActiveDispatch: Equatable, Sendable {
    /// Cores that it occupies.
    package var cores: Int
    /// When it started.
    package var dispatchedAt: UnixSeconds
    /// How long it said that it runs.
    package var durationSeconds: Seconds
    /// How much longer it may run before it is ended.
    package var timeoutSeconds: Seconds

    /// A workflow that runs.
    package init(cores: Int, dispatchedAt: UnixSeconds, durationSeconds: Seconds, timeoutSeconds: Seconds) {
        self.cores = cores
        self.dispatchedAt = dispatchedAt
        self.durationSeconds = durationSeconds
        self.timeoutSeconds = timeoutSeconds
    }

    /// When it ends by its own word.
    package var expectedCompletion: UnixSeconds { self.dispatchedAt + self.durationSeconds }

    /// The declared time that is left; 0 once it is over.
    package func remainingSeconds(now: UnixSeconds) -> Seconds {
        max(0, self.durationSeconds - (now - self.dispatchedAt))
    }

    /// When its cores are expected back, in seconds from now. Overdue work is expected when its timeout has passed, and
    /// after that in as long again as it is overdue: later and later, never "never".
    package func expectedFreeSeconds(now: UnixSeconds) -> Seconds {
        let completion = self.expectedCompletion
        if completion > now { return completion - now }
        let end = completion + self.timeoutSeconds
        return end > now ? end - now : max(Self.shortestRemainder, now - completion)
    }

    /// What is overdue beyond its timeout takes at least this much longer.
    private static var shortestRemainder: Seconds { 1 }
}

/// What a manager says of its own cores: the same rules as the router's, on what runs and what waits.
package struct ManagerEstimate: Sendable {
    /// Cores of its workers.
    package var totalCores: Int
    /// What runs.
    package var active: [ActiveDispatch]
    /// What waits, oldest first.
    package var pending: [QueuedCores]

    /// A manager's load.
    package init(totalCores: Int, active: [ActiveDispatch], pending: [QueuedCores] = []) {
        self.totalCores = totalCores
        self.active = active
        self.pending = pending
    }

    /// Cores that run nothing.
    package var availableCores: Int {
        var available = self.totalCores
        for dispatch in self.active { available -= dispatch.cores }
        return available
    }

    /// The declared durations of what waits together.
    package var pendingDurationSeconds: Seconds {
        var sum: Seconds = 0
        for queued in self.pending { sum += queued.durationSeconds }
        return sum
    }

    /// The declared time left of what runs together.
    package func activeRemainingSeconds(now: UnixSeconds) -> Seconds {
        var sum: Seconds = 0
        for dispatch in self.active { sum += dispatch.remainingSeconds(now: now) }
        return sum
    }

    /// When the busy cores come free, in seconds from now, in ascending order, entries of the same time in one.
    package func freeingSchedule(now: UnixSeconds) -> [CoresFreeing] {
        var schedule: [CoresFreeing] = []
        let entries = self.active.map {
            CoresFreeing(offsetSeconds: $0.expectedFreeSeconds(now: now), cores: $0.cores)
        }
        for entry in entries.sorted(by: { $0.offsetSeconds < $1.offsetSeconds }) where entry.cores > 0 {
            if let last = schedule.last, last.offsetSeconds == entry.offsetSeconds {
                schedule[schedule.count - 1].cores += entry.cores
            } else {
                schedule.append(entry)
            }
        }
        return schedule
    }

    /// The wait until so many cores are free at once and all that waits has started. `+∞` for more than there are.
    package func wait(for cores: Int, now: UnixSeconds) -> Seconds {
        if cores <= 0 { return 0 }
        let available = self.availableCores
        if available >= cores, self.pending.isEmpty { return 0 }
        if cores > self.totalCores { return .infinity }
        var freeing = CoresTimeline()
        for dispatch in self.active { freeing.insert(dispatch.cores, at: dispatch.expectedFreeSeconds(now: now)) }
        var forecast = QueueForecast()
        forecast.begin(
            .init(
                now: 0, freeCores: available, totalCores: self.totalCores, uncoveredCores: 0, uncoveredTime: .infinity),
            freeing)
        for queued in self.pending { forecast.play(cores: queued.cores, for: queued.durationSeconds, freeing) }
        let none = QueueForecast.Uncovered(cores: 0, time: .infinity, average: 0)
        return forecast.firstInstant(with: cores, none, at: 0, freeing).instant
    }
}
