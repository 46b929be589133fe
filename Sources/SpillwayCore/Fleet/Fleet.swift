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
    /// Whether a panic is on: spillover and evacuation are frozen.
    package var isPanicking: Bool { self.panic.since != nil }
    /// Reservations that are live.
    package var reservationCount: Int { self.reservations.count }

    var datacenters: [DatacenterView] = []
    var indices: [String: Int] = [:]
    /// Indices in the order of ids.
    var order: [Int] = []
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

    /// Sets whether a datacenter takes no new work, from `views`.
    package mutating func setDrained(_ datacenterID: String, _ isDrained: Bool) {
        let index = self.index(of: datacenterID)
        let drained = isDrained || self.datacenters[index].configured?.isDrained == true
        guard self.datacenters[index].isDrained != drained else { return }
        self.change(index) { $0.isDrained = drained }
        self.placementEpoch += 1
    }

    /// Says whether a datacenter's job topic for a runtime exists. `nil`: not known, taken as existing.
    package mutating func setTopicExists(_ datacenterID: String, runtime: String, _ exists: Bool?) {
        let index = self.index(of: datacenterID)
        guard let runtime = self.runtimes.intern(runtime) else { return }
        if exists == false {
            self.datacenters[index].missingTopics.insert(runtime)
        } else {
            self.datacenters[index].missingTopics.remove(runtime)
        }
        self.placementEpoch += 1
    }

    /// Says whether the circuit of a datacenter's runtime is open.
    package mutating func setCircuitOpen(_ datacenterID: String, runtime: String, _ isOpen: Bool) {
        let index = self.index(of: datacenterID)
        guard let runtime = self.runtimes.intern(runtime) else { return }
        if isOpen {
            self.datacenters[index].openCircuits.insert(runtime)
        } else {
            self.datacenters[index].openCircuits.remove(runtime)
        }
        self.placementEpoch += 1
    }

    /// Takes in how long a dispatch took to be accepted. Used where no round trip time is configured.
    package mutating func learnRoundTrip(_ datacenterID: String, milliseconds: Double) {
        guard let index = self.indices[datacenterID], milliseconds.isFinite, milliseconds >= 0 else { return }
        // An average in which the newest counts a fifth: one slow acceptance doesn't move a datacenter away.
        let learned = self.datacenters[index].learnedRoundTrip
        self.datacenters[index].learnedRoundTrip = learned.map { $0 + 0.2 * (milliseconds - $0) } ?? milliseconds
    }

    /// What has happened since the last call, in order.
    package mutating func takeChanges() -> [FleetChange] {
        defer { self.changes.removeAll() }
        return self.changes
    }

    // MARK: - Bookkeeping

    /// The index of a datacenter, which is made known if it isn't.
    mutating func index(of datacenterID: String) -> Int {
        if let index = self.indices[datacenterID] { return index }
        return self.add(DatacenterView(id: datacenterID))
    }

    @discardableResult
    private mutating func add(_ datacenter: DatacenterView) -> Int {
        let index = self.datacenters.count
        self.datacenters.append(datacenter)
        self.indices[datacenter.id] = index
        var low = 0
        var high = self.order.count
        while low < high {
            let middle = (low + high) / 2
            if self.datacenters[self.order[middle]].id < datacenter.id { low = middle + 1 } else { high = middle }
        }
        self.order.insert(index, at: low)
        return index
    }

    /// Changes a datacenter while keeping count of those that are known and in time.
    mutating func change(_ index: Int, _ body: (inout DatacenterView) -> Void) {
        self.uncount(index)
        body(&self.datacenters[index])
        self.count(index)
    }

    private mutating func uncount(_ index: Int) {
        guard self.datacenters[index].isKnown else { return }
        self.knownCount -= 1
        if !self.datacenters[index].isLate { self.inTimeCount -= 1 }
    }

    private mutating func count(_ index: Int) {
        guard self.datacenters[index].isKnown else { return }
        self.knownCount += 1
        if !self.datacenters[index].isLate { self.inTimeCount += 1 }
    }
}

/// Names of runtimes, each by a small number.
struct RuntimeTable: Sendable {
    /// No more names than this are remembered: a name costs memory, and anyone may send heartbeats.
    static let limit = 1024

    private(set) var names: [String] = []
    /// How many managers name it now; configured ones always count once more.
    private var mentions: [Int] = []
    private var indices: [String: Int] = [:]
    private(set) var defaultOrder: [Int] = []
    private var orders: [String: [Int]] = [:]

    init(_ placement: PlacementSettings) {
        self.defaultOrder = placement.runtimeOrder.compactMap { self.configure($0) }
        for (taskType, order) in placement.taskTypes.sorted(by: { $0.key < $1.key }) {
            self.orders[taskType] = order.compactMap { self.configure($0) }
        }
    }

    private mutating func configure(_ name: String) -> Int? {
        guard let index = self.intern(name) else { return nil }
        self.mention(index)
        return index
    }

    mutating func intern(_ name: String) -> Int? {
        if let index = self.indices[name] { return index }
        guard self.names.count < Self.limit else { return nil }
        self.names.append(name)
        self.mentions.append(0)
        self.indices[name] = self.names.count - 1
        return self.names.count - 1
    }

    mutating func mention(_ index: Int) { self.mentions[index] += 1 }
    mutating func unmention(_ index: Int) { self.mentions[index] -= 1 }

    /// The index of a runtime that is configured or reported.
    func knownIndex(of name: String) -> Int? {
        guard let index = self.indices[name], self.mentions[index] > 0 else { return nil }
        return index
    }

    func order(taskType: String) -> [Int] {
        self.orders.isEmpty ? self.defaultOrder : self.orders[taskType] ?? self.defaultOrder
    }
}
