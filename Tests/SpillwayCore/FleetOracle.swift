import SpillwayCore

/// The fleet view and its clock, worked out from everything that was ever heard, slowly, as the design's section 4 words
/// it. It keeps no sums: every question goes through all managers again.
struct FleetOracle {
    struct Manager {
        var newest: ManagerHeartbeat
        var sequence: Int64
        var stamp: Double
        var wasEverFresh: Bool
    }

    struct Taken {
        var reservation: Reservation
        var order: Int
    }

    struct Datacenter {
        var id: String
        var configured: ConfiguredDatacenter?
        var managers: [String: Manager] = [:]
        /// Gaps between heartbeats of the same manager, oldest first.
        var gaps: [Double] = []
        var wasHeard = false
        var wasHeardFresh = false
        var isDrained = false
        /// Its last manager was forgotten: it is lost until it reports again.
        var isForgotten = false
        var learnedRoundTrip: Double?
        var missingTopics: Set<String> = []
        var openCircuits: Set<String> = []
    }

    var settings: FleetSettings
    var datacenters: [String: Datacenter] = [:]
    var taken: [Int: Taken] = [:]
    var readyAt: Double?
    var now = -Double.infinity
    private(set) var hasReadFresh = false
    private(set) var panicSince: Double?
    private var shareSince: Double?
    private var isBlocked = false
    private var count = 0
    /// Learned datacenters that were forgotten, for what has to be said again of them.
    var forgotten: [String] = []
    /// As of the last dispatch.
    var overcommit: [String: Double] = [:]

    init(_ settings: FleetSettings) {
        self.settings = settings
        for configured in settings.datacenters {
            self.datacenters[configured.name] = Datacenter(
                id: configured.name, configured: configured, isDrained: configured.isDrained)
        }
    }

    var isPanicking: Bool { self.panicSince != nil }

    // MARK: What is told

    mutating func hear(_ message: ManagerHeartbeat, stamp: Double, offset: Int64, now: Double) -> HeartbeatVerdict {
        self.advance(to: now)
        let sequence = message.sequence ?? offset
        var datacenter = self.datacenters[message.datacenterID] ?? Datacenter(id: message.datacenterID)
        if let known = datacenter.managers[message.managerID] {
            let old = (known.newest.incarnation, known.sequence)
            if (message.incarnation, sequence) == old { return .repeated }
            if (message.incarnation, sequence) < old { return .older }
            datacenter.gaps.append(stamp - known.stamp)
        }
        datacenter.managers[message.managerID] = Manager(
            newest: message, sequence: sequence, stamp: stamp,
            wasEverFresh: now - stamp <= self.settings.staleness
                || datacenter.managers[message.managerID]?.wasEverFresh == true)
        datacenter.wasHeard = true
        datacenter.isForgotten = false
        if now - stamp <= self.settings.staleness {
            datacenter.wasHeardFresh = true
            self.hasReadFresh = true
        }
        self.datacenters[message.datacenterID] = datacenter
        for (key, taken) in self.taken where taken.reservation.datacenterID == message.datacenterID {
            let reservation = taken.reservation
            if reservation.acceptedBy == message.managerID, stamp > reservation.acceptedAt ?? .infinity {
                self.taken[key] = nil
            }
        }
        self.look()
        return .applied
    }

    mutating func take(_ reservation: Reservation) -> Int {
        self.count += 1
        self.taken[self.count] = Taken(reservation: reservation, order: self.count)
        if !reservation.isQueued {
            let room = self.sum(self.fresh(reservation.datacenterID), \.availableCores)
            self.overcommit[reservation.datacenterID] =
                Double(self.reserved(reservation.datacenterID)) / Double(max(1, room))
        }
        return self.count
    }

    mutating func accept(_ key: Int, by manager: String, at time: Double) {
        guard let taken = self.taken[key] else { return }
        self.taken[key]?.reservation.acceptedBy = manager
        self.taken[key]?.reservation.acceptedAt = time
        let newest = self.datacenters[taken.reservation.datacenterID]?.managers[manager]?.stamp
        if let newest, newest > time { self.taken[key] = nil }
    }

    mutating func setDrained(_ id: String, _ isDrained: Bool) {
        let isForGood = self.datacenters[id]?.configured?.isDrained == true
        self.datacenters[id]?.isDrained = isDrained || isForGood
        self.look()
    }

    // MARK: Time

    /// Goes through every instant at which time alone changes something.
    mutating func advance(to time: Double) {
        while true {
            var next = Double.infinity
            func offer(_ instant: Double) {
                let after = instant + 1e-9
                if after > self.now, after < next { next = after }
            }
            for datacenter in self.datacenters.values {
                for manager in datacenter.managers.values {
                    offer(manager.stamp + self.settings.staleness)
                    offer(manager.stamp + self.settings.forgetAfter)
                }
                guard let newest = self.newest(datacenter) else { continue }
                offer(newest + self.lateAge(datacenter))
                offer(newest + self.lostAge(datacenter))
            }
            if let since = self.shareSince { offer(since + self.settings.heartbeatInterval - 1e-9) }
            if let since = self.panicSince { offer(since + self.settings.panicLimit - 1e-9) }
            guard next < time else { break }
            self.now = next
            self.look()
        }
        self.now = max(self.now, time)
        self.look()
    }

    private mutating func look() {
        for (id, datacenter) in self.datacenters {
            for (name, manager) in datacenter.managers where self.now - manager.stamp > self.settings.forgetAfter {
                self.datacenters[id]?.managers[name] = nil
                if self.datacenters[id]?.managers.isEmpty == true { self.datacenters[id]?.isForgotten = true }
            }
            if self.datacenters[id]?.managers.isEmpty == true, datacenter.configured == nil, datacenter.wasHeard {
                self.datacenters[id] = nil
                self.forgotten.append(id)
            }
        }
        let known = self.datacenters.values.filter { self.isKnown($0) }
        let late = known.count(where: { self.isLate($0) })
        let isShort = known.count >= 2 && Double(known.count - late) < self.settings.panicShare * Double(known.count)
        if let since = self.panicSince {
            self.shareSince = isShort ? nil : self.shareSince ?? self.now
            if let again = self.shareSince, self.now - again >= self.settings.heartbeatInterval - 1e-7 {
                self.panicSince = nil
            } else if self.now - since >= self.settings.panicLimit - 1e-7 {
                self.panicSince = nil
                self.isBlocked = true
            }
            if self.panicSince == nil { self.shareSince = nil }
        }
        if !isShort { self.isBlocked = false }
        if isShort, self.panicSince == nil, !self.isBlocked { self.panicSince = self.now }
    }

    // MARK: What follows

    func isKnown(_ datacenter: Datacenter) -> Bool {
        datacenter.wasHeardFresh && !datacenter.managers.isEmpty && !datacenter.isDrained
    }

    func newest(_ datacenter: Datacenter) -> Double? { datacenter.managers.values.map(\.stamp).max() }

    func interval(_ datacenter: Datacenter) -> Double {
        let gaps = datacenter.gaps.suffix(8).sorted()
        guard gaps.count >= 2 else { return self.settings.heartbeatInterval }
        let middle = gaps.count / 2
        return gaps.count % 2 == 1 ? gaps[middle] : (gaps[middle - 1] + gaps[middle]) / 2
    }

    func lostAge(_ datacenter: Datacenter) -> Double {
        min(self.settings.staleness, max(3, self.settings.lostIntervals * self.interval(datacenter)))
    }

    func lateAge(_ datacenter: Datacenter) -> Double { max(2, 0.55 * self.lostAge(datacenter)) }

    func isLate(_ datacenter: Datacenter) -> Bool {
        self.newest(datacenter).map { self.now - $0 > self.lateAge(datacenter) } ?? false
    }

    func isStale(_ datacenter: Datacenter) -> Bool {
        guard datacenter.wasHeard, !(self.isPanicking && self.isKnown(datacenter)) else { return false }
        // One without any manager left is as one that a process which started later never heard from.
        return self.newest(datacenter).map { self.now - $0 > self.settings.staleness } ?? false
    }

    func isLost(_ datacenter: Datacenter) -> Bool {
        guard datacenter.wasHeard, !(self.isPanicking && self.isKnown(datacenter)) else { return false }
        return self.newest(datacenter).map { self.now - $0 > self.lostAge(datacenter) } ?? datacenter.isForgotten
    }

    /// Managers whose figures count. In a panic those of the last known view: the one as of the newest heartbeat, without
    /// managers of which nothing was fresh when it was read.
    func fresh(_ id: String) -> [Manager] {
        guard let datacenter = self.datacenters[id] else { return [] }
        let goesOn = self.isPanicking && self.isKnown(datacenter)
        let time = goesOn ? self.newest(datacenter) ?? self.now : self.now
        return datacenter.managers.values.filter { manager in
            time - manager.stamp <= self.settings.staleness && (!goesOn || manager.wasEverFresh)
        }
    }

    /// A sum over those that take new work.
    func sum(_ managers: [Manager], _ figure: (ManagerHeartbeat) -> Int) -> Int {
        managers.filter { $0.newest.state == .active }.reduce(0) { $0 + figure($1.newest) }
    }

    func health(_ datacenter: Datacenter) -> Health {
        let fresh = self.fresh(datacenter.id)
        if self.isStale(datacenter) || self.isLost(datacenter) { return .unhealthy }
        let workers = fresh.reduce(0) { $0 + $1.newest.workerCount }
        let well = fresh.reduce(0) { $0 + $1.newest.healthyWorkerCount }
        let managers = max(datacenter.configured?.managers ?? 0, datacenter.managers.count)
        if fresh.isEmpty || workers == 0 { return .unhealthy }
        if well < workers / 2 + 1 || fresh.count < managers / 2 + 1 { return .degraded }
        return self.sum(fresh, \.availableCores) == 0 ? .busy : .healthy
    }

    func reserved(_ id: String) -> Int {
        self.taken.values.reduce(0) { sum, taken in
            taken.reservation.datacenterID == id && !taken.reservation.isQueued ? sum + taken.reservation.cores : sum
        }
    }

    func queued(_ id: String) -> [Reservation] {
        self.taken.values.sorted { $0.order < $1.order }.map(\.reservation)
            .filter { $0.datacenterID == id && $0.isQueued }
    }

    func hasQueue(_ id: String) -> Bool {
        self.fresh(id).contains { $0.newest.pendingWorkflowCount > 0 } || !self.queued(id).isEmpty
    }

    func wait(for cores: Int, in id: String) -> Double { self.waiting(in: id).wait(for: cores) }

    /// What stands in front of a request.
    func waiting(in id: String) -> WaitOracle {
        let fresh = self.fresh(id)
        var oracle = WaitOracle()
        oracle.total = self.sum(fresh, \.totalCores)
        oracle.available = self.sum(fresh, \.availableCores)
        for manager in fresh {
            oracle.pendingCount += manager.newest.pendingWorkflowCount
            oracle.pendingSeconds += manager.newest.pendingDurationSeconds
            oracle.activeSeconds += manager.newest.activeRemainingSeconds
            guard manager.newest.state == .active, !manager.newest.freeingSchedule.isEmpty else { continue }
            oracle.isScheduleReported = true
            var promised = manager.newest.totalCores - manager.newest.availableCores
            for entry in manager.newest.freeingSchedule {
                let cores = min(promised, entry.cores)
                promised -= cores
                guard cores > 0 else { continue }
                oracle.schedule.append((max(0, entry.offsetSeconds - max(0, self.now - manager.stamp)), cores))
            }
        }
        for taken in self.taken.values
        where taken.reservation.datacenterID == id && !taken.reservation.isQueued {
            let end = taken.reservation.dispatchedAt + taken.reservation.durationSeconds
            oracle.running.append((max(0, end - self.now), taken.reservation.cores))
        }
        oracle.queued = self.queued(id).map { ($0.cores, $0.durationSeconds) }
        return oracle
    }

    /// Runtimes that some manager which takes work runs well. `nil`: everything.
    func runtimes(_ id: String) -> Set<String>? {
        var names: Set<String> = []
        for manager in self.fresh(id) where manager.newest.state == .active {
            guard let reports = manager.newest.runtimes else { return nil }
            for report in reports where report.isHealthy { names.insert(report.name) }
        }
        return names
    }

    func roundTrip(_ id: String) -> Double? {
        self.datacenters[id]?.configured?.rttMilliseconds ?? self.datacenters[id]?.learnedRoundTrip
    }
}
