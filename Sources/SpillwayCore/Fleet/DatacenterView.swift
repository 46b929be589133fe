/// Everything that is known of one datacenter.
struct DatacenterView: Sendable {
    let id: String
    var configured: ConfiguredDatacenter?
    var isDrained = false
    /// Ordered by id, so that sums are the same on every instance.
    var managers: [ManagerView] = []
    /// `decide`: the figures of a snapshot in place of managers.
    var snapshot: (capacity: DatacenterCapacity, isHealthGiven: Bool)?

    // Of heartbeats.
    /// Times in timelines are seconds after this. `nil` until something was heard or reserved.
    var base: UnixSeconds?
    var gaps: [Seconds] = []
    var newest: UnixSeconds = -.infinity
    var hasBeenHeard = false
    var hasBeenFresh = false

    // As of the last look.
    var figures = DatacenterFigures()
    var hold = HealthHoldDown()
    var health: Health = .unhealthy
    var isLate = false
    var isLost = false
    var isStale = false
    var areAllDraining = false
    var nextDue: UnixSeconds = .infinity
    var healthyRuntimes = RuntimeSet()
    var schedule = CoresTimeline()
    var hasSchedule = false

    // Set from outside.
    var missingTopics = RuntimeSet()
    var openCircuits = RuntimeSet()
    var learnedRoundTrip: Double?

    // Reservations.
    var ownReservedCores = 0
    var running = CoresTimeline()
    var queue = ReservationQueue()
    var liveReservations = 0
    var acceptedByAnyone = AcceptedReservations()
    var acceptedBy: [String: AcceptedReservations] = [:]
    var remote: [RemoteShare] = []
    var remoteReservedCores = 0
    var remoteQueuedCount = 0
    var overcommitRatio: Double = 0

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
    /// Of those that the panic rule counts.
    var isKnown: Bool { self.hasBeenFresh && !self.managers.isEmpty && !self.isDrained }
    var roundTripMilliseconds: Double? { self.configured?.rttMilliseconds ?? self.learnedRoundTrip }
    var reservedCores: Int { self.ownReservedCores + self.remoteReservedCores }
    var freeCores: Int { self.figures.availableCores - self.reservedCores }
    var hasQueueAhead: Bool {
        self.figures.pendingWorkflowCount > 0 || !self.queue.isEmpty || self.remoteQueuedCount > 0
    }

    /// The median gap of its managers' heartbeats, once two are known.
    func interval(configured: Seconds) -> Seconds {
        guard self.gaps.count >= 2 else { return configured }
        let sorted = self.gaps.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The ages beyond which it is late and lost.
    func silenceLimits(_ settings: FleetSettings) -> (late: Seconds, lost: Seconds) {
        let lost = min(
            settings.staleness,
            max(3, settings.lostIntervals * self.interval(configured: settings.heartbeatInterval)))
        return (min(lost, max(2, 0.55 * lost)), lost)
    }

    /// Whether cores are free for so many, with nothing queued ahead.
    func canServe(_ cores: Int) -> Bool { cores <= 0 || (self.freeCores >= cores && !self.hasQueueAhead) }

    func age(now: UnixSeconds) -> Seconds { max(0, now - self.newest) }
}

/// Sums over a datacenter's fresh managers.
struct DatacenterFigures: Equatable, Sendable {
    var totalCores = 0
    var availableCores = 0
    var pendingWorkflowCount = 0
    var pendingDurationSeconds: Seconds = 0
    var activeRemainingSeconds: Seconds = 0
    var workerCount = 0
    var healthyWorkerCount = 0
    var managerCount = 0
    var aliveManagerCount = 0
}

/// A datacenter's own dispatches that were sent to queue, in the order in which they were sent: a list through the table
/// of reservations.
struct ReservationQueue: Sendable {
    var head: Int32 = -1
    var tail: Int32 = -1
    var count = 0
    var isEmpty: Bool { self.count == 0 }
}
