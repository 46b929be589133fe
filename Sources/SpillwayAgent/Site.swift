package import SpillwayCore

/// A manager and its workers as a state machine: what waits, what runs, and what is to be said of it.
///
/// It has no clock and does no I/O: times come in as values, what it wants to say is in ``takeOutcomes()``, and
/// ``nextDue`` tells when it must be asked again. The same calls give the same answers.
package struct Site: Sendable {
    /// What it is.
    package let settings: SiteSettings
    /// Whether it takes new work, as heartbeats say it.
    package private(set) var state = ManagerState.active
    /// Attempts that it didn't take.
    package private(set) var rejectedCount = 0
    /// Attempts that came to their end here.
    package private(set) var endedCount = 0

    private var waiting: [SiteTask] = []
    private var running: [SiteTask] = []
    private var freeCores: Int
    private var seen = SeenAttempts()
    private var outcomes: [TaskOutcome] = []
    private var sequence: Int64 = 0
    private var heartbeatDue: UnixSeconds = -.infinity

    /// A site that does nothing yet. Its first heartbeat is due at once.
    package init(_ settings: SiteSettings) {
        self.settings = settings
        self.freeCores = settings.cores
    }

    /// Tasks that run.
    package var runningCount: Int { self.running.count }
    /// Tasks that wait.
    package var waitingCount: Int { self.waiting.count }
    /// Cores that run nothing.
    package var availableCores: Int { self.freeCores }

    /// When ``advance(to:)`` or ``heartbeatIfDue(now:)`` has something to do next.
    package var nextDue: UnixSeconds {
        var due = self.heartbeatDue
        for task in self.running {
            if let end = task.endsAt { due = min(due, end) }
            if !task.isSilent { due = min(due, task.renewAt) }
        }
        for task in self.waiting { due = min(due, task.renewAt) }
        return due
    }

    /// What there is to be said, oldest first. Asking takes it.
    package mutating func takeOutcomes() -> [TaskOutcome] {
        defer { self.outcomes.removeAll(keepingCapacity: true) }
        return self.outcomes
    }

    // MARK: - What comes in

    /// Takes a dispatch, or says why not. One that came before has no second effect.
    package mutating func receive(_ dispatch: TaskDispatch, now: UnixSeconds) {
        let task = SiteTask(dispatch, self.settings.behaviour, now: now)
        guard self.seen.insert(task.key) else { return self.reject(task, .duplicate) }
        guard self.settings.runtimes.contains(dispatch.runtime) else { return self.reject(task, .unknownRuntime) }
        // The router has given up on it, or will have by the time it could be told.
        guard now <= dispatch.leaseUntil else { return self.reject(task, .noCapacity) }
        guard self.state == .active, task.cores <= self.settings.cores else { return self.reject(task, .noCapacity) }
        if self.waiting.isEmpty, task.cores <= self.freeCores {
            self.start(task, now: now)
        } else if self.waiting.count < self.settings.queueRoom {
            self.waiting.append(task)
            self.outcomes.append(task.outcome(.accepted(started: false), self.settings))
        } else {
            self.reject(task, .noCapacity)
        }
    }

    /// Ends an attempt because the router says so. Nothing is said of it; one that comes later isn't begun.
    package mutating func cancel(taskID: String, attempt: Int, now: UnixSeconds) {
        let key = AttemptKey(taskID: taskID, attempt: attempt)
        _ = self.seen.insert(key)
        self.waiting.removeAll { $0.key == key }
        if let index = self.running.firstIndex(where: { $0.key == key }) {
            self.freeCores += self.running[index].cores
            self.running.remove(at: index)
        }
        self.startWaiting(now: now)
    }

    /// Takes no new work from now on; what runs and waits goes on.
    package mutating func stopTaking(_ state: ManagerState) {
        self.state = state
        self.heartbeatDue = -.infinity
    }

    // MARK: - What time brings

    /// Ends what is over, begins what waited for it, renews leases.
    package mutating func advance(to now: UnixSeconds) {
        while let index = self.firstEnded(now: now) {
            let task = self.running.remove(at: index)
            self.freeCores += task.cores
            self.endedCount += 1
            switch task.fate {
            case .ends(failing: false, _): self.outcomes.append(task.outcome(.completed(result: nil), self.settings))
            case .ends(failing: true, _):
                let error = TaskError(errorClass: "simulated", message: "failed as asked", isRetryable: true)
                self.outcomes.append(task.outcome(.failed(error), self.settings))
            case .vanishes: break
            }
            // At the time of its end, so that a late call leaves no core idle in between.
            self.startWaiting(now: task.endsAt ?? now)
        }
        self.startWaiting(now: now)
        for index in self.running.indices where !self.running[index].isSilent {
            if self.running[index].renew(now: now) { self.sayAlive(self.running[index]) }
        }
        for index in self.waiting.indices where self.waiting[index].renew(now: now) {
            self.sayAlive(self.waiting[index])
        }
    }

    /// The heartbeat, where one is due.
    package mutating func heartbeatIfDue(now: UnixSeconds) -> ManagerHeartbeat? {
        guard now >= self.heartbeatDue else { return nil }
        // In step with its beginning, but never two at once after a pause.
        let next = self.heartbeatDue + self.settings.heartbeatInterval
        self.heartbeatDue = next > now ? next : now + self.settings.heartbeatInterval
        return self.heartbeat(now: now)
    }

    /// What the manager would say of itself now. It counts as said.
    package mutating func heartbeat(now: UnixSeconds) -> ManagerHeartbeat {
        self.sequence += 1
        let estimate = self.estimate
        var heartbeat = ManagerHeartbeat(
            managerID: self.settings.managerID, datacenterID: self.settings.datacenterID,
            workerCount: self.settings.workers, healthyWorkerCount: self.settings.workers,
            totalCores: self.settings.cores, availableCores: self.freeCores)
        heartbeat.incarnation = self.settings.incarnation
        heartbeat.sequence = self.sequence
        heartbeat.timestamp = now
        heartbeat.isLeader = true
        heartbeat.term = 1
        heartbeat.state = self.state
        heartbeat.pendingWorkflowCount = self.waiting.count
        heartbeat.pendingDurationSeconds = estimate.pendingDurationSeconds
        heartbeat.activeRemainingSeconds = estimate.activeRemainingSeconds(now: now)
        heartbeat.freeingSchedule = estimate.freeingSchedule(now: now)
        heartbeat.estimatedCoresFreeAt = heartbeat.freeingSchedule.first?.offsetSeconds
        heartbeat.estimatedCoresFreeing = heartbeat.freeingSchedule.first?.cores
        heartbeat.runtimes = self.settings.runtimes.map { RuntimeReport(name: $0) }
        heartbeat.queueDepth = self.waiting.count
        return heartbeat
    }

    /// The wait for so many cores, by the same rules as the router's.
    package func wait(for cores: Int, now: UnixSeconds) -> Seconds {
        self.estimate.wait(for: cores, now: now)
    }

    // MARK: - Within

    private var estimate: ManagerEstimate {
        ManagerEstimate(
            totalCores: self.settings.cores,
            active: self.running.map {
                ActiveDispatch(
                    cores: $0.cores, dispatchedAt: $0.startedAt ?? 0, durationSeconds: $0.declared,
                    timeoutSeconds: $0.timeout)
            },
            pending: self.waiting.map { QueuedCores(cores: $0.cores, durationSeconds: $0.declared) })
    }

    private mutating func reject(_ task: SiteTask, _ reason: RejectionReason) {
        if reason != .duplicate { self.rejectedCount += 1 }
        self.outcomes.append(task.outcome(.rejected(reason), self.settings))
    }

    private mutating func start(_ task: SiteTask, now: UnixSeconds) {
        var task = task
        task.startedAt = now
        task.leaseUntil = max(task.leaseUntil, now + task.dispatch.leaseSeconds)
        task.renewAt = now + task.dispatch.leaseSeconds / 3
        self.freeCores -= task.cores
        self.running.append(task)
        self.outcomes.append(task.outcome(.accepted(started: true), self.settings))
    }

    /// First come, first served: nothing overtakes the oldest.
    private mutating func startWaiting(now: UnixSeconds) {
        var started = 0
        while started < self.waiting.count {
            let task = self.waiting[started]
            if now > task.leaseUntil {
                self.reject(task, .noCapacity)
            } else if task.cores <= self.freeCores {
                self.start(task, now: now)
            } else {
                break
            }
            started += 1
        }
        self.waiting.removeFirst(started)
    }

    private func firstEnded(now: UnixSeconds) -> Int? {
        var first: (index: Int, end: UnixSeconds)?
        for (index, task) in self.running.enumerated() {
            guard let end = task.endsAt, end <= now, end < first?.end ?? .infinity else { continue }
            first = (index, end)
        }
        return first?.index
    }

    private mutating func sayAlive(_ task: SiteTask) {
        self.outcomes.append(task.outcome(.heartbeat(progress: nil), self.settings))
    }
}
