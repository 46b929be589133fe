import SpillwayCore

/// A heartbeat of a manager whose workers are all well.
func heartbeat(
    _ datacenter: String, _ manager: String = "m1", sequence: Int64, total: Int, available: Int, pending: Int = 0,
    pendingSeconds: Double = 0, activeSeconds: Double = 0, schedule: [(Double, Int)] = [], workers: Int = 4,
    healthyWorkers: Int? = nil, state: ManagerState = .active, runtimes: [RuntimeReport]? = nil
) -> ManagerHeartbeat {
    var message = ManagerHeartbeat(
        managerID: manager, datacenterID: datacenter, workerCount: workers,
        healthyWorkerCount: healthyWorkers ?? workers, totalCores: total, availableCores: available)
    message.sequence = sequence
    message.pendingWorkflowCount = pending
    message.pendingDurationSeconds = pendingSeconds
    message.activeRemainingSeconds = activeSeconds
    message.freeingSchedule = schedule.map { CoresFreeing(offsetSeconds: $0.0, cores: $0.1) }
    message.state = state
    message.runtimes = runtimes
    return message
}

/// A fleet at a time, with what tests say often in few words.
struct FleetFixture {
    var fleet: Fleet
    var now: Double
    private var sequence: Int64 = 0

    init(
        now: Double = 1000, isReady: Bool = true, settings: FleetSettings = FleetSettings(),
        placement: PlacementSettings = PlacementSettings()
    ) {
        self.fleet = Fleet(settings, placement)
        self.now = now
        if isReady { self.fleet.viewIsReady(at: now) }
    }

    /// A heartbeat that is written now.
    @discardableResult
    mutating func hear(_ message: ManagerHeartbeat) -> HeartbeatVerdict {
        self.fleet.apply(message, recordTimestamp: self.now, offset: 0, now: self.now)
    }

    /// A heartbeat of so many cores, written now or before.
    mutating func hear(
        _ datacenter: String, _ manager: String = "m1", total: Int, available: Int, at time: Double? = nil,
        schedule: [(Double, Int)] = [], pending: Int = 0, pendingSeconds: Double = 0, activeSeconds: Double = 0
    ) {
        self.sequence += 1
        let message = heartbeat(
            datacenter, manager, sequence: self.sequence, total: total, available: available, pending: pending,
            pendingSeconds: pendingSeconds, activeSeconds: activeSeconds, schedule: schedule)
        _ = self.fleet.apply(message, recordTimestamp: time ?? self.now, offset: 0, now: self.now)
    }

    mutating func place(_ cores: Int, _ change: (inout PlacementRequest) -> Void = { _ in }) -> Placement {
        var request = PlacementRequest(requiredCores: cores, largestWorkflowCores: cores)
        change(&request)
        var placement = Placement()
        self.fleet.place(request, now: self.now, into: &placement)
        return placement
    }

    /// Places and takes the cores, as the engine does.
    mutating func send(
        _ cores: Int, for duration: Double = 60, _ change: (inout PlacementRequest) -> Void = { _ in }
    ) -> (placement: Placement, reservation: ReservationID?) {
        let placement = self.place(cores, change)
        guard let chosen = placement.chosen else { return (placement, nil) }
        let id = self.fleet.reserve(
            Reservation(
                partition: 0, datacenterID: chosen, cores: cores, durationSeconds: duration,
                isQueued: placement.action == .queue, dispatchedAt: self.now))
        return (placement, id)
    }

    mutating func go(to time: Double) {
        self.now = time
        self.fleet.advance(to: time)
    }

    mutating func status(_ datacenter: String) -> DatacenterStatus? {
        self.fleet.status(of: datacenter, now: self.now)
    }

    mutating func health(_ datacenter: String) -> Health? { self.status(datacenter)?.capacity.health }
}

/// Random numbers that are the same for the same seed on every machine (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
