extension DatacenterView {
    /// Takes in a manager's heartbeat.
    mutating func put(_ manager: ManagerView, at place: Int, isThere: Bool, wasFresh: Bool) {
        if isThere {
            let old = self.managers[place].recordTimestamp
            self.gaps.add(max(0, manager.recordTimestamp - old))
            self.schedule(of: place, isCounted: false)
            self.managers[place] = manager
            // Only a manager that says the newest can take it back: a stamp that is older than its last.
            if manager.recordTimestamp >= self.newest {
                self.newest = manager.recordTimestamp
            } else if old == self.newest {
                self.findNewest()
            }
        } else {
            self.managers.insert(manager, at: place)
            self.newest = max(self.newest, manager.recordTimestamp)
            self.groups.removeAll(keepingCapacity: true)
        }
        self.hasBeenHeard = true
        self.isForgotten = false
        if wasFresh { self.hasBeenFresh = true }
    }

    /// Takes a manager out.
    mutating func removeManager(at place: Int) {
        self.schedule(of: place, isCounted: false)
        self.managers.remove(at: place)
        self.groups.removeAll(keepingCapacity: true)
        self.findNewest()
    }

    /// The stamp of the newest heartbeat of the managers that are left.
    private mutating func findNewest() {
        var newest = -UnixSeconds.infinity
        for manager in self.managers where manager.recordTimestamp > newest { newest = manager.recordTimestamp }
        self.newest = newest
    }

    /// A time before which none of its managers is to be forgotten.
    func oldestDue(after limit: Seconds) -> UnixSeconds {
        var oldest = UnixSeconds.infinity
        for group in self.groups { oldest = min(oldest, group.oldest) }
        // Without sums, something has changed: look at everything.
        return self.groups.isEmpty ? -.infinity : oldest + limit
    }

    /// Works out everything that follows from heartbeats and the time.
    ///
    /// - Parameters:
    ///   - isFrozen: whether a panic is on that keeps its last known view.
    ///   - changed: the place of the manager that has just been heard from, if any.
    mutating func look(now: UnixSeconds, isFrozen: Bool, changed: Int?, _ settings: FleetSettings) {
        self.forecast.invalidate()
        if self.snapshot != nil { return self.lookAtSnapshot(now: now, settings) }
        // While frozen, the view is that of its last heartbeat: time has stopped there.
        let asOf = isFrozen ? self.newest : now
        let groupCount = (self.managers.count + Self.groupSize - 1) / Self.groupSize
        let isAnew = self.groups.count != groupCount || isFrozen || self.isFrozen
        self.isFrozen = isFrozen
        if self.groups.count != groupCount {
            self.groups = Array(repeating: DatacenterFigures(), count: groupCount)
        }
        var figures = DatacenterFigures()
        for group in 0..<groupCount {
            if isAnew || now >= self.groups[group].due || changed.map({ $0 / Self.groupSize == group }) == true {
                self.sum(group, asOf: asOf, isFrozen: isFrozen, settings)
            }
            figures.add(self.groups[group])
        }
        figures.managerCount = max(self.configured?.managers ?? 0, self.managers.count)
        self.figures = figures
        self.isStale =
            self.hasBeenHeard && !self.managers.isEmpty && figures.aliveManagerCount == 0 && !isFrozen
        self.isLate = false
        self.isLost = self.isForgotten
        var due = figures.due
        if !settings.isSnapshot, !self.managers.isEmpty {
            let limits = self.silenceLimits(settings)
            let age = self.age(now: now)
            self.isLate = age > limits.late
            self.isLost = age > limits.lost && !isFrozen
            if !self.isLate { due = min(due, self.newest + limits.late) }
            if !self.isLost, !isFrozen { due = min(due, self.newest + limits.lost) }
        }
        let counted = Health(
            workers: figures.workerCount, healthyWorkers: figures.healthyWorkerCount,
            managers: figures.managerCount, aliveManagers: figures.aliveManagerCount,
            availableCores: figures.availableCores)
        self.settle(self.isLost || self.isStale ? .unhealthy : counted, now: now, due: due, settings)
    }

    /// Adds up a group of managers anew.
    private mutating func sum(_ group: Int, asOf: UnixSeconds, isFrozen: Bool, _ settings: FleetSettings) {
        var figures = DatacenterFigures()
        for place in group * Self.groupSize..<min(self.managers.count, (group + 1) * Self.groupSize) {
            let stamp = self.managers[place].recordTimestamp
            let isFresh = asOf - stamp <= settings.staleness && (!isFrozen || self.managers[place].wasEverFresh)
            if isFresh != self.managers[place].isFresh {
                if isFresh {
                    self.managers[place].isFresh = true
                    self.schedule(of: place, isCounted: true)
                } else {
                    self.schedule(of: place, isCounted: false)
                    self.managers[place].isFresh = false
                }
            }
            figures.oldest = min(figures.oldest, stamp)
            if !settings.isSnapshot { figures.due = min(figures.due, stamp + settings.forgetAfter) }
            guard isFresh else { continue }
            if !isFrozen { figures.due = min(figures.due, stamp + settings.staleness) }
            figures.add(self.managers[place])
        }
        self.groups[group] = figures
    }

    private mutating func settle(_ raw: Health, now: UnixSeconds, due: UnixSeconds, _ settings: FleetSettings) {
        self.nextDue = due
        // What was never heard from has no health that a better one could be held down against.
        guard self.hasBeenHeard else {
            self.health = raw
            return
        }
        let holdDown = settings.isSnapshot ? 0 : settings.healthHoldDown
        self.nextDue = min(due, self.hold.observe(raw, now: now, holdDown: holdDown))
        self.health = self.hold.current ?? raw
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
        self.figures.runtimes = .all
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

    /// Takes a manager's freeing schedule into the merged one, or out of it if it is there.
    private mutating func schedule(of place: Int, isCounted: Bool) {
        guard self.managers[place].isFresh, self.managers[place].state == .active, let base = self.base else { return }
        let start = self.managers[place].recordTimestamp - base
        for index in self.managers[place].schedule.indices {
            let entry = self.managers[place].schedule[index]
            if isCounted {
                self.freeing.insert(entry.cores, at: start + entry.offsetSeconds)
            } else {
                self.freeing.remove(entry.cores, at: start + entry.offsetSeconds)
            }
        }
    }
}
