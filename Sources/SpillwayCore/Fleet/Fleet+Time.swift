extension Fleet {
    /// `heartbeats` and `views` were read up to where they ended at the start. Until then nothing is late or lost, nobody
    /// panics, and nothing is placed; from now on, for the length of the staleness, a job waits for datacenters that have
    /// sent no fresh heartbeat yet.
    package mutating func viewIsReady(at now: UnixSeconds) {
        guard self.readyAt == nil else { return }
        self.readyAt = now
        self.changes.removeAll { change in
            if case .datacenterAppeared = change { return false }
            return true
        }
        // What was read on the way here is no history to hold down.
        for index in self.datacenters.indices { self.datacenters[index].hold = HealthHoldDown() }
        self.lookAtAll(now: now)
        for index in self.table.byID where self.datacenters[index].isLost {
            self.changes.append(.lost(datacenterID: self.datacenters[index].id))
        }
        self.updatePanic(now: now)
        self.placementEpoch += 1
    }

    /// Lets time pass: managers go stale and are forgotten, datacenters are late or lost, panics begin and end.
    ///
    /// Every instant at which something changes is gone through in order, so how often this is called makes no difference:
    /// datacenters that fell silent together while the process stood still are a panic, and not lost before it is noticed.
    ///
    /// - Returns: when it has to be called again at the latest; `+∞` if only a heartbeat can change anything.
    @discardableResult
    package mutating func advance(to now: UnixSeconds) -> UnixSeconds {
        while now >= self.nextDue {
            // Ages have to be above their limits: a limit's instant is the one after it.
            let instant = self.clock == -.infinity ? now : min(now, max(self.clock.nextUp, self.nextDue.nextUp))
            self.clock = instant
            for index in self.table.byID where instant >= self.datacenters[index].nextDue {
                self.look(index, changed: nil, now: instant)
            }
            self.updatePanic(now: instant)
            if !self.hasWaited, let readyAt = self.readyAt, instant >= readyAt + self.settings.staleness {
                // What was held as `initializing` gets its answer.
                self.hasWaited = true
                self.placementEpoch += 1
            }
            self.findNextDue(now: instant)
            if instant >= now { break }
        }
        self.clock = max(self.clock, now)
        return max(self.nextDue, now + 0.001)
    }

    /// Whether a job that finds nothing waits for datacenters to be heard from (design section 5.3).
    func isInitializing(now: UnixSeconds) -> Bool {
        if self.settings.isSnapshot { return !self.hasBeenTold && !self.settings.datacenters.isEmpty }
        guard let readyAt = self.readyAt, self.hasReadFreshHeartbeat else { return true }
        guard now < readyAt + self.settings.staleness else { return false }
        return self.datacenters.contains { !$0.hasBeenFresh && ($0.isConfigured || !$0.managers.isEmpty) }
    }

    private var hasBeenTold: Bool { self.datacenters.contains { $0.hasBeenHeard } }

    /// Looks at a datacenter of which something has changed, and at what follows for the others.
    mutating func lookAgain(_ index: Int, changed: Int?, now: UnixSeconds) {
        self.look(index, changed: changed, now: now)
        self.updatePanic(now: now)
        self.nextDue = min(self.nextDue, self.datacenters[index].nextDue)
    }

    private mutating func lookAtAll(now: UnixSeconds) {
        for index in self.table.byID { self.look(index, changed: nil, now: now) }
        self.findNextDue(now: now)
    }

    private mutating func look(_ index: Int, changed: Int?, now: UnixSeconds) {
        let (oldHealth, wasLost) = (self.datacenters[index].health, self.datacenters[index].isLost)
        let hadHealth = self.datacenters[index].hold.current != nil
        let isForgotten = self.forgetManagers(of: index, now: now)
        let isFrozen = self.isPanicking && self.datacenters[index].isKnown
        let settings = self.settings
        self.change(index) { $0.look(now: now, isFrozen: isFrozen, changed: changed, settings) }
        defer { if isForgotten { self.drop(index) } }
        guard self.readyAt != nil else { return }
        let health = self.datacenters[index].health
        if oldHealth != health, hadHealth {
            self.changes.append(.health(datacenterID: self.datacenters[index].id, from: oldHealth, to: health))
        }
        let isLost = self.datacenters[index].isLost
        // One that is forgotten doesn't report again.
        if wasLost != isLost, !isForgotten {
            let id = self.datacenters[index].id
            self.changes.append(isLost ? .lost(datacenterID: id) : .back(datacenterID: id))
        }
    }

    /// Forgets managers that are silent for too long. Answers whether a learned datacenter is forgotten with the last.
    private mutating func forgetManagers(of index: Int, now: UnixSeconds) -> Bool {
        // Ages are looked at one by one only once the oldest has passed the limit.
        guard !self.settings.isSnapshot, now > self.datacenters[index].oldestDue(after: self.settings.forgetAfter)
        else { return false }
        var place = self.datacenters[index].managers.count - 1
        var hasForgotten = false
        while place >= 0 {
            defer { place -= 1 }
            let stamp = self.datacenters[index].managers[place].recordTimestamp
            guard now - stamp > self.settings.forgetAfter else { continue }
            let managerID = self.datacenters[index].managers[place].managerID
            self.unmentionRuntimes(of: place, in: index)
            self.change(index) { $0.removeManager(at: place) }
            self.managerCount -= 1
            hasForgotten = true
            guard self.readyAt != nil else { continue }
            self.changes.append(.managerForgotten(datacenterID: self.datacenters[index].id, managerID: managerID))
        }
        guard self.datacenters[index].managers.isEmpty, self.datacenters[index].hasBeenHeard else { return false }
        guard !self.datacenters[index].isConfigured else {
            // One whose managers have taken themselves out isn't silent: it is gone.
            if hasForgotten { self.datacenters[index].isForgotten = true }
            return false
        }
        // It is as if it had never been heard from, as on an instance that has started since.
        self.datacenters[index].hasBeenHeard = false
        self.datacenters[index].hasBeenFresh = false
        self.datacenters[index].gaps = GapWindow()
        if self.readyAt != nil {
            self.changes.append(.datacenterForgotten(datacenterID: self.datacenters[index].id))
        }
        return true
    }

    private mutating func updatePanic(now: UnixSeconds) {
        guard self.readyAt != nil, self.settings.panicShare > 0, !self.settings.isSnapshot else { return }
        let isReached =
            self.knownCount < 2 || Double(self.inTimeCount) >= self.settings.panicShare * Double(self.knownCount)
        if let since = self.panic.since {
            if isReached {
                if self.panic.reachedSince == nil {
                    self.panic.reachedSince = now
                    self.nextDue = min(self.nextDue, now + self.settings.heartbeatInterval)
                }
            } else {
                self.panic.reachedSince = nil
            }
            if let reached = self.panic.reachedSince, now - reached >= self.settings.heartbeatInterval {
                self.panic = Panic()
                self.changes.append(.panicEnded(byLimit: false))
            } else if now - since >= self.settings.panicLimit {
                self.panic = Panic(isBlocked: !isReached)
                self.changes.append(.panicEnded(byLimit: true))
            } else {
                return
            }
        } else if isReached {
            self.panic.isBlocked = false
            return
        } else if self.panic.isBlocked {
            return
        } else {
            self.panic.since = now
            self.changes.append(.panicBegan)
        }
        self.placementEpoch += 1
        self.lookAtAll(now: now)
    }

    private mutating func findNextDue(now: UnixSeconds) {
        var due = UnixSeconds.infinity
        for index in self.datacenters.indices {
            // Ages have to be above their limits, so at the limit itself nothing has happened yet.
            if self.datacenters[index].nextDue <= now { self.datacenters[index].nextDue = now.nextUp }
            due = min(due, self.datacenters[index].nextDue)
        }
        if let since = self.panic.since {
            due = min(due, since + self.settings.panicLimit)
            if let reached = self.panic.reachedSince { due = min(due, reached + self.settings.heartbeatInterval) }
        }
        if let readyAt = self.readyAt, readyAt + self.settings.staleness > now {
            due = min(due, readyAt + self.settings.staleness)
        }
        self.nextDue = due
    }
}
