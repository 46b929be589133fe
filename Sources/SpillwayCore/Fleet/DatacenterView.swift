/// Everything that is known of one datacenter.
struct DatacenterView: Sendable {
    let id: String
    let configured: ConfiguredDatacenter?
    var isDrained: Bool

    // Of heartbeats.
    /// Ordered by id, so that sums are the same on every instance.
    var managers: [ManagerView] = []
    /// The sums of managers, so many at a time.
    var groups: [DatacenterFigures] = []
    static var groupSize: Int { 64 }
    /// `decide`: the figures of a snapshot in place of managers.
    var snapshot: (capacity: DatacenterCapacity, isHealthGiven: Bool)?
    /// Times in timelines are seconds after this. `nil` until something was heard or reserved, then the same for good.
    var base: UnixSeconds?
    var gaps = GapWindow()
    var newest = -UnixSeconds.infinity
    var hasBeenHeard = false
    var hasBeenFresh = false
    /// Whether its last manager was forgotten: it is silent for longer than anything, so it is lost until it reports again.
    var isForgotten = false

    // As of the last look.
    var figures = DatacenterFigures()
    var hold = HealthHoldDown()
    var health = Health.unhealthy
    var isLate = false
    var isLost = false
    var isStale = false
    var isFrozen = false
    var nextDue = UnixSeconds.infinity

    // Set from outside.
    var missingTopics = RuntimeSet()
    var openCircuits = RuntimeSet()
    var learnedRoundTrip: Double?

    // Reservations and the cores that come free.
    /// By schedules, by reservations of this instance, and by those of the others.
    var freeing = CoresTimeline()
    var queue = ReservationQueue()
    var forecast = QueueForecast()
    /// Of ``ReservationQueue/work``, what the forecast has played.
    var forecastWork: Int64 = 0
    var ownReservedCores = 0
    var liveReservations = 0
    var acceptedByAnyone = AcceptedReservations()
    var acceptedBy: [String: AcceptedReservations] = [:]
    /// Entries of both, those included that were released in another way, and how many there may be before such ones are
    /// looked for.
    var acceptedCount = 0
    var acceptedLimit = 64
    var remote: [RemoteShare] = []
    var remoteReservedCores = 0
    var remoteQueuedCount = 0
    var overcommitRatio = 0.0

    init(id: String, configured: ConfiguredDatacenter? = nil) {
        self.id = id
        self.configured = configured
        self.isDrained = configured?.isDrained ?? false
    }

    /// One partition's share, of another instance.
    struct RemoteShare: Sendable {
        var partition: Int32
        var running: [CoresUntil]
        var queued: [QueuedCores]
    }

    var isConfigured: Bool { self.configured != nil }
    /// Whether decisions and metrics know of it: it is configured, or has a manager that isn't forgotten, or a snapshot.
    var isListed: Bool { self.isConfigured || !self.managers.isEmpty || self.snapshot != nil }
    /// Of those that the panic rule counts.
    var isKnown: Bool { self.hasBeenFresh && !self.managers.isEmpty && !self.isDrained }
    var isLeaving: Bool {
        self.isDrained
            || (self.figures.aliveManagerCount > 0
                && self.figures.leavingManagerCount == self.figures.aliveManagerCount)
    }
    var roundTripMilliseconds: Double? { self.configured?.rttMilliseconds ?? self.learnedRoundTrip }
    var reservedCores: Int { self.ownReservedCores + self.remoteReservedCores }
    var freeCores: Int { self.figures.availableCores - self.reservedCores }
    var hasQueueAhead: Bool {
        self.figures.pendingWorkflowCount > 0 || self.queue.count > 0 || self.remoteQueuedCount > 0
    }

    /// The ages beyond which it is late and lost.
    func silenceLimits(_ settings: FleetSettings) -> (late: Seconds, lost: Seconds) {
        let interval = self.gaps.median ?? settings.heartbeatInterval
        let lost = min(settings.staleness, max(3, settings.lostIntervals * interval))
        return (min(lost, max(2, 0.55 * lost)), lost)
    }

    /// Whether cores are free for so many, with nothing queued ahead.
    func canServe(_ cores: Int) -> Bool { self.freeCores >= cores && !self.hasQueueAhead }

    func age(now: UnixSeconds) -> Seconds { max(0, now - self.newest) }

    /// Where a manager stands or would stand.
    func place(of managerID: String) -> (place: Int, isThere: Bool) {
        var low = 0
        var high = self.managers.count
        while low < high {
            let middle = (low + high) / 2
            if self.managers[middle].managerID < managerID { low = middle + 1 } else { high = middle }
        }
        return (low, low < self.managers.count && self.managers[low].managerID == managerID)
    }
}

/// A datacenter's own dispatches that were sent to queue, in the order in which they were sent: a list through the table
/// of reservations.
struct ReservationQueue: Sendable {
    var head: Int32 = -1
    var tail: Int32 = -1
    var count = 0
    /// Core-milliseconds of all of them: whole numbers, so that what is added can be taken off exactly.
    var work: Int64 = 0

    static func work(cores: Int, seconds: Seconds) -> Int64 {
        Int64(min(1_099_511_627_776, Double(cores) * seconds * 1000))
    }
}
