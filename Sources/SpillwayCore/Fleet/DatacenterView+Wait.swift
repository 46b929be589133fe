extension DatacenterView {
    /// Known dispatches in a queue that are played one by one; what stands behind them counts by its core-seconds, spread
    /// over all cores. It bounds what a question costs in a datacenter that nobody takes work from.
    private static var playLimit: Int { 1024 }

    /// From so many known dispatches in a queue on, its forecast is made for the last sixteenth of a second, so that a burst
    /// doesn't make a new one for each of its records.
    private static var exactTimeLimit: Int { 64 }

    /// The wait until so many cores are free at once and all that stands in front has started (design section 4, "Wait
    /// for N cores"). `+∞` for more than there are.
    mutating func wait(for cores: Int, now: UnixSeconds, _ table: borrowing ReservationTable) -> Seconds {
        self.answer(for: cores, now: now, table).wait(now: now)
    }

    /// The same, in a form that can be kept.
    mutating func answer(
        for cores: Int, now: UnixSeconds, _ table: borrowing ReservationTable
    ) -> WaitAnswer {
        if cores <= 0 || self.canServe(cores) { return WaitAnswer(cores: cores, wait: 0) }
        let total = self.figures.totalCores
        if cores > total { return WaitAnswer(cores: cores, wait: .infinity) }
        let known = self.queue.count + self.remoteQueuedCount
        if !self.figures.hasSchedule, self.reservedCores == 0, known == 0 {
            return WaitAnswer(
                cores: cores,
                wait: (self.figures.activeRemainingSeconds + self.figures.pendingDurationSeconds) / Double(total))
        }
        let base = self.base ?? now
        let elapsed = now - base
        let asked = known > Self.exactTimeLimit ? Self.sixteenth(before: now) - base : elapsed
        if !self.forecast.holds(at: asked) { self.makeForecast(at: asked, table) }
        let uncovered = self.uncovered(at: asked)
        let first = self.forecast.firstInstant(with: cores, uncovered, at: asked, self.freeing)
        let behind = max(0, self.queue.work - self.forecastWork)
        // What is asked for an earlier time shifts by steps: it holds for no other time.
        let holdsOn = self.forecast.answersHoldUntil.map { min($0, first.until) } ?? elapsed
        let until = holdsOn > elapsed && asked == elapsed ? (base + holdsOn).nextDown : now
        if first.isAverage, known <= Self.exactTimeLimit {
            return WaitAnswer(cores: cores, wait: uncovered.average, from: now, until: max(now, until))
        }
        return WaitAnswer(
            cores: cores, instant: base + first.instant,
            behind: behind > 0 ? Double(behind) / 1000 / Double(total) : 0, from: now,
            until: first.isAverage || known > Self.exactTimeLimit ? now : max(now, until))
    }

    /// A dispatch has joined the queue: the forecast goes on to its start.
    mutating func joinQueue(cores: Int, for duration: Seconds) {
        guard self.forecast.isMade else { return }
        guard self.forecast.played < Self.playLimit else { return }
        self.forecast.play(cores: cores, for: duration, self.freeing)
        self.forecastWork += ReservationQueue.work(cores: cores, seconds: duration)
    }

    private mutating func makeForecast(at time: Double, _ table: borrowing ReservationTable) {
        let uncovered = self.uncovered(at: time)
        self.forecast.begin(
            .init(
                now: time, freeCores: self.freeCores, totalCores: self.figures.totalCores,
                uncoveredCores: uncovered.cores, uncoveredTime: uncovered.time), self.freeing)
        self.forecastWork = 0
        let pending = self.figures.pendingWorkflowCount
        if pending > 0 {
            self.forecast.startPending(
                pending, each: self.figures.pendingDurationSeconds / Double(pending), self.freeing)
        }
        // What other instances sent stands before what this one sent: nobody tells which came first.
        for share in self.remote {
            for queued in share.queued {
                self.forecast.play(cores: queued.cores, for: queued.durationSeconds, self.freeing)
            }
        }
        var index = self.queue.head
        while index >= 0, self.forecast.played < Self.playLimit {
            let slot = table[index]
            self.forecast.play(cores: slot.cores, for: slot.durationSeconds, self.freeing)
            self.forecastWork += ReservationQueue.work(cores: slot.cores, seconds: slot.durationSeconds)
            index = slot.next
        }
    }

    /// Busy cores that no schedule covers, and when they come free: when the schedule has ended, or after what a busy core
    /// has left on the average.
    private func uncovered(at time: Double) -> QueueForecast.Uncovered {
        let busy = self.figures.totalCores - self.figures.availableCores
        let uncovered = busy - self.figures.scheduledCores
        guard uncovered > 0 else { return .init(cores: 0, time: .infinity, average: 0) }
        let average = self.figures.activeRemainingSeconds / Double(busy)
        return .init(cores: uncovered, time: max(self.figures.lastScheduled, time + average), average: average)
    }

    private static func sixteenth(before time: UnixSeconds) -> UnixSeconds {
        guard time.magnitude < 1e15 else { return time }
        return Double(Int64(time * 16)) / 16
    }
}
