/// What an instance knows of the datacenters and has sent to them: the view, the reservations, and the rules that decide
/// from both (design sections 4 and 5).
///
/// A value without a clock: every time comes in, and the same calls give the same answers. One instance has one; who
/// shares it among lanes guards it with a lock, held for the length of one call.
package struct Fleet: Sendable {
    let settings: FleetSettings
    let placementSettings: PlacementSettings

    /// How far `heartbeats` and `views` were read. Set by the reader, shown in decisions.
    package var version: UInt64 = 0
    /// Grows whenever something has changed that may give a held job its place.
    package internal(set) var placementEpoch: UInt64 = 0
    /// Cores that schedules promised beyond the busy ones, so far: left out.
    package internal(set) var scheduleCoresLeftOut: UInt64 = 0
    /// Heartbeats that were applied, so far.
    package internal(set) var heartbeatsApplied: UInt64 = 0
    /// Names of datacenters and managers that were not taken in, so far: there are too many.
    package internal(set) var namesRefused: UInt64 = 0
    /// Managers that are kept.
    package internal(set) var managerCount = 0
    /// Datacenters that are kept, those included of which only a drain, a share or a circuit is known.
    package var datacenterCount: Int { self.indices.count }
    /// Whether a panic is on: spillover and evacuation are frozen.
    package var isPanicking: Bool { self.panic.since != nil }
    /// Reservations that are live.
    package var reservationCount: Int { self.reservations.count }

    var datacenters: [DatacenterView] = []
    var indices: [String: Int] = [:]
    /// What decisions look at, by the same indices.
    var table = CandidateTable()
    /// Indices of datacenters that were forgotten, to be used again.
    var freeIndices: [Int] = []
    var runtimes: RuntimeTable
    var reservations = ReservationTable()
    var changes: [FleetChange] = []

    var readyAt: UnixSeconds?
    /// Whether the time in which jobs wait for datacenters to be heard from is over.
    var hasWaited = false
    var hasReadFreshHeartbeat = false
    var panic = Panic()
    var knownCount = 0
    var inTimeCount = 0
    /// Up to when time has passed.
    var clock = -UnixSeconds.infinity
    /// Nothing changes by the passing of time before this.
    var nextDue: UnixSeconds = .infinity
    var scratch = PlacementScratch()

    struct Panic: Sendable {
        var since: UnixSeconds?
        /// Since when the share has been reached again.
        var reachedSince: UnixSeconds?
        /// Ended by the limit: none begins before the share has been reached.
        var isBlocked = false
    }

    /// An empty view: configured datacenters, nothing heard.
    package init(_ settings: FleetSettings, _ placement: PlacementSettings) {
        self.settings = settings
        self.placementSettings = placement
        self.runtimes = RuntimeTable(placement)
        for configured in settings.datacenters where self.indices[configured.name] == nil {
            self.add(DatacenterView(id: configured.name, configured: configured))
        }
    }

    /// Whether a runtime is configured or reported by any manager.
    package func knowsRuntime(_ name: String) -> Bool { self.runtimes.knownIndex(of: name) != nil }

    /// Sets whether a datacenter takes no new work, from `views`. What configuration drains stays so.
    ///
    /// - Parameter now: when it is said. Without, the panic rule, which doesn't count what is drained, hears of it when the
    ///   fleet is next asked for anything at a time.
    package mutating func setDrained(_ datacenterID: String, _ isDrained: Bool, now: UnixSeconds? = nil) {
        if let now { self.advance(to: now) }
        defer { if let now { self.advance(to: now) } }
        guard isDrained || self.indices[datacenterID] != nil, let index = self.indexIfRoom(of: datacenterID) else {
            return
        }
        let drained = isDrained || self.datacenters[index].configured?.isDrained == true
        guard self.datacenters[index].isDrained != drained else { return }
        self.change(index) { $0.isDrained = drained }
        self.datacenters[index].nextDue = -.infinity
        self.nextDue = -.infinity
        self.drop(index)
    }

    /// Says whether a datacenter's job topic for a runtime exists. `nil`: not known, taken as existing. It has to be said
    /// again when a datacenter has been forgotten and appears once more.
    package mutating func setTopicExists(_ datacenterID: String, runtime: String, _ exists: Bool?) {
        guard exists == false || self.indices[datacenterID] != nil,
            let index = self.indexIfRoom(of: datacenterID), let runtime = self.runtimes.intern(runtime)
        else { return }
        guard self.datacenters[index].missingTopics.contains(runtime) != (exists == false) else { return }
        self.change(index) { datacenter in
            if exists == false {
                datacenter.missingTopics.insert(runtime)
            } else {
                datacenter.missingTopics.remove(runtime)
            }
        }
    }

    /// Says whether the circuit of a datacenter's runtime is open.
    package mutating func setCircuitOpen(_ datacenterID: String, runtime: String, _ isOpen: Bool) {
        guard isOpen || self.indices[datacenterID] != nil,
            let index = self.indexIfRoom(of: datacenterID), let runtime = self.runtimes.intern(runtime)
        else { return }
        guard self.datacenters[index].openCircuits.contains(runtime) != isOpen else { return }
        self.change(index) { datacenter in
            if isOpen { datacenter.openCircuits.insert(runtime) } else { datacenter.openCircuits.remove(runtime) }
        }
    }

    /// Takes in how long a dispatch took to be accepted. Used where no round trip time is configured.
    package mutating func learnRoundTrip(_ datacenterID: String, milliseconds: Double) {
        guard let index = self.indices[datacenterID], milliseconds.isFinite, milliseconds >= 0 else { return }
        // An average in which the newest counts a fifth: one slow acceptance doesn't move a datacenter away.
        let learned = self.datacenters[index].learnedRoundTrip
        self.datacenters[index].learnedRoundTrip = learned.map { $0 + 0.2 * (milliseconds - $0) } ?? milliseconds
        if self.datacenters[index].configured?.rttMilliseconds == nil { self.refresh(index) }
    }

    /// What has happened since the last call, in order.
    package mutating func takeChanges() -> [FleetChange] {
        guard !self.changes.isEmpty else { return [] }
        defer { self.changes.removeAll() }
        return self.changes
    }

    // MARK: - Bookkeeping

    /// The index of a datacenter, which is made known if it isn't.
    mutating func index(of datacenterID: String) -> Int {
        if let index = self.indices[datacenterID] { return index }
        return self.add(DatacenterView(id: datacenterID))
    }

    /// The index of a datacenter, which is made known if it isn't and there is room. `nil`: there is none, which is counted.
    mutating func indexIfRoom(of datacenterID: String) -> Int? {
        if let index = self.indices[datacenterID] { return index }
        guard self.indices.count < self.settings.datacenterLimit + self.settings.datacenters.count else {
            self.namesRefused += 1
            return nil
        }
        return self.add(DatacenterView(id: datacenterID))
    }

    @discardableResult
    private mutating func add(_ datacenter: DatacenterView) -> Int {
        let index: Int
        if let reused = self.freeIndices.popLast() {
            index = reused
            self.datacenters[index] = datacenter
            let (datacenters, id) = (self.datacenters, datacenter.id)
            self.table.move(index) { datacenters[$0].id < id }
        } else {
            index = self.datacenters.count
            self.datacenters.append(datacenter)
            let (datacenters, id) = (self.datacenters, datacenter.id)
            self.table.add { datacenters[$0].id < id }
        }
        self.indices[datacenter.id] = index
        self.refresh(index)
        return index
    }

    /// Gives up a datacenter of which nothing is left.
    mutating func drop(_ index: Int) {
        let datacenter = self.datacenters[index]
        guard self.indices[datacenter.id] == index, !datacenter.isListed, !datacenter.isDrained,
            datacenter.liveReservations == 0, datacenter.remote.isEmpty
        else { return }
        self.indices[datacenter.id] = nil
        self.freeIndices.append(index)
    }

    /// Changes a datacenter, keeping count of those that are known and in time, and the table up to date.
    mutating func change(_ index: Int, _ body: (inout DatacenterView) -> Void) {
        self.uncount(index)
        body(&self.datacenters[index])
        if self.datacenters[index].isKnown {
            self.knownCount += 1
            if !self.datacenters[index].isLate { self.inTimeCount += 1 }
        }
        self.refresh(index)
        self.placementEpoch += 1
    }

    private mutating func uncount(_ index: Int) {
        guard self.datacenters[index].isKnown else { return }
        self.knownCount -= 1
        if !self.datacenters[index].isLate { self.inTimeCount -= 1 }
    }

    /// Brings a datacenter's row up to date.
    mutating func refresh(_ index: Int) {
        let profile = self.table.useProfile(
            RuntimeProfile(
                runs: self.datacenters[index].figures.runtimes,
                missingTopics: self.datacenters[index].missingTopics,
                openCircuits: self.datacenters[index].openCircuits), of: index)
        self.table.set(
            CandidateTable.Row(
                exclusion: self.datacenters[index].exclusion, isListed: self.datacenters[index].isListed,
                health: self.datacenters[index].health, hasQueueAhead: self.datacenters[index].hasQueueAhead,
                profile: profile, totalCores: self.datacenters[index].figures.totalCores,
                freeCores: self.datacenters[index].freeCores,
                roundTrip: self.datacenters[index].roundTripMilliseconds ?? .nan), of: index)
    }

    /// Brings the part of a row up to date that reservations change.
    mutating func refreshReserved(_ index: Int) {
        self.table.set(
            freeCores: self.datacenters[index].freeCores, hasQueueAhead: self.datacenters[index].hasQueueAhead,
            of: index)
    }
}

extension DatacenterView {
    /// Why it is no candidate for any job, the first that fits.
    var exclusion: ExclusionReason? {
        if self.isStale { return .stale }
        if self.isLost { return .lost }
        if self.isLeaving { return .draining }
        return self.health == .unhealthy ? .unhealthy : nil
    }
}
