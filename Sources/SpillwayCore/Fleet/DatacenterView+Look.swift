extension DatacenterView {
    /// Forgets managers that are silent for too long. Answers their names.
    mutating func forgetManagers(now: UnixSeconds, after limit: Seconds) -> [String] {
        var forgotten: [String] = []
        self.managers.removeAll { manager in
            guard now - manager.recordTimestamp > limit else { return false }
            forgotten.append(manager.managerID)
            return true
        }
        if !forgotten.isEmpty { self.findNewest() }
        return forgotten
    }

    /// The stamp of the newest heartbeat of the managers that are left.
    mutating func findNewest() {
        var newest = -UnixSeconds.infinity
        for manager in self.managers where manager.recordTimestamp > newest { newest = manager.recordTimestamp }
        self.newest = newest
    }

    /// Works out everything that follows from heartbeats and the time. Meanwhile-frozen: a panic of which it is known.
    mutating func look(now: UnixSeconds, isFrozen: Bool, _ settings: FleetSettings) {
        if self.snapshot != nil { return self.lookAtSnapshot(now: now, settings) }
        // While frozen, the view is that of its last heartbeat.
        let asOf = isFrozen ? self.newest : now
        var figures = DatacenterFigures()
        figures.managerCount = max(self.configured?.managers ?? 0, self.managers.count)
        var runtimes = RuntimeSet()
        var due = UnixSeconds.infinity
        var hasSchedule = false
        var draining = 0
        for index in self.managers.indices {
            let stamp = self.managers[index].recordTimestamp
            let isFresh =
                asOf - stamp <= settings.staleness && (!isFrozen || self.managers[index].wasFreshWhenRead)
            if isFresh != self.managers[index].isFresh {
                self.managers[index].isFresh = isFresh
                self.schedule(of: self.managers[index], isCounted: isFresh)
            }
            if !settings.isSnapshot { due = min(due, stamp + settings.forgetAfter) }
            guard isFresh else { continue }
            if !isFrozen { due = min(due, stamp + settings.staleness) }
            figures.aliveManagerCount += 1
            figures.workerCount += self.managers[index].workerCount
            figures.healthyWorkerCount += self.managers[index].healthyWorkerCount
            figures.pendingWorkflowCount += self.managers[index].pendingWorkflowCount
            figures.pendingDurationSeconds += self.managers[index].pendingDurationSeconds
            figures.activeRemainingSeconds += self.managers[index].activeRemainingSeconds
            guard self.managers[index].state == .active else {
                draining += 1
                continue
            }
            figures.totalCores += self.managers[index].totalCores
            figures.availableCores += self.managers[index].availableCores
            if !self.managers[index].schedule.isEmpty { hasSchedule = true }
            runtimes.formUnion(self.managers[index].healthyRuntimes)
        }
        self.figures = figures
        self.healthyRuntimes = runtimes
        self.hasSchedule = hasSchedule
        self.areAllDraining = figures.aliveManagerCount > 0 && draining == figures.aliveManagerCount
        self.isStale = self.hasBeenHeard && !self.managers.isEmpty && figures.aliveManagerCount == 0
        self.isLost = false
        if !settings.isSnapshot, !self.managers.isEmpty {
            let limits = self.silenceLimits(settings)
            let age = self.age(now: now)
            self.isLate = age > limits.late
            self.isLost = age > limits.lost && !isFrozen
            due = min(due, self.isLate ? .infinity : self.newest + limits.late)
            if !isFrozen { due = min(due, self.isLost ? .infinity : self.newest + limits.lost) }
        } else {
            self.isLate = false
        }
        let counted = Health(
            workers: figures.workerCount, healthyWorkers: figures.healthyWorkerCount,
            managers: figures.managerCount, aliveManagers: figures.aliveManagerCount,
            availableCores: figures.availableCores)
        self.settle(self.isLost || self.isStale ? .unhealthy : counted, now: now, due: due, settings)
    }

    private mutating func settle(_ raw: Health, now: UnixSeconds, due: UnixSeconds, _ settings: FleetSettings) {
        // A first health isn't better than anything: nothing was known before.
        guard self.hasBeenHeard else {
            self.health = raw
            self.nextDue = due
            return
        }
        let holdDown = settings.isSnapshot ? 0 : settings.healthHoldDown
        let again = self.hold.observe(raw, now: now, holdDown: holdDown)
        self.health = self.hold.current ?? raw
        self.nextDue = min(due, again)
    }

    private mutating func lookAtSnapshot(now: UnixSeconds, _ settings: FleetSettings) {
        guard let (capacity, isHealthGiven) = self.snapshot else { return }
        self.figures.totalCores = capacity.totalCores
        self.figures.availableCores = capacity.availableCores
        self.figures.pendingWorkflowCount = capacity.pendingWorkflowCount
        self.figures.pendingDurationSeconds = capacity.pendingDurationSeconds
        self.figures.activeRemainingSeconds = capacity.activeRemainingSeconds
        self.figures.workerCount = capacity.workerCount
        self.figures.healthyWorkerCount = capacity.healthyWorkerCount
        self.figures.managerCount = capacity.managerCount
        self.figures.aliveManagerCount = capacity.aliveManagerCount
        self.hasSchedule = !capacity.freeingSchedule.isEmpty
        self.healthyRuntimes = .all
        self.isStale = self.age(now: now) > settings.staleness
        let counted = Health(
            workers: capacity.workerCount, healthyWorkers: capacity.healthyWorkerCount,
            managers: capacity.managerCount, aliveManagers: capacity.aliveManagerCount,
            availableCores: capacity.availableCores)
        // Counts are optional in a snapshot: without any, the cores alone say how it is.
        let isCounted = capacity.workerCount > 0 || capacity.aliveManagerCount > 0 || capacity.managerCount > 0
        let byCores: Health = capacity.availableCores > 0 ? .healthy : .busy
        let raw = isHealthGiven ? capacity.health : isCounted ? counted : byCores
        self.health = self.isStale ? .unhealthy : raw
        self.nextDue = self.isStale ? .infinity : self.newest + settings.staleness
    }

    /// Takes a manager's freeing schedule into the merged one, or out of it.
    mutating func schedule(of manager: ManagerView, isCounted: Bool) {
        guard manager.state == .active, let base = self.base else { return }
        for entry in manager.schedule {
            let time = (manager.recordTimestamp - base) + entry.offsetSeconds
            if isCounted {
                self.schedule.insert(entry.cores, at: time)
            } else {
                self.schedule.remove(entry.cores, at: time)
            }
        }
    }
}
