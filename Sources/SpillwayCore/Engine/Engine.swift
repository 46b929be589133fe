/// Decides what happens to the jobs of one partition of `events`: a function of its state, the input, the time and the
/// instance's view and reservations. It has no clock, does no I/O and draws no random numbers (design section 1).
///
/// It belongs to one lane and is used by that lane's thread alone. There is one of it: a copy would be another partition's
/// worth of state, made in passing.
package struct Engine: ~Copyable {
    /// The partition of `events` whose jobs these are.
    package let partition: Int32

    let settings: EngineSettings
    var jobs: [String: Entry] = [:]
    var held = HeldJobs()
    var ended = EndedJobs()
    var timers = TimerHeap<Timer>()
    /// Timers that nobody waits for any more are thrown out when there are so many.
    var timersToSweep = 4096
    /// What the instance's view was when held slots were last tried.
    var triedEpoch: UInt64?
    /// What was usable then.
    var triedSignature: UInt64 = 0
    /// Lost datacenters whose unfinished tasks move.
    var evacuations: [Evacuation] = []
    /// The newest time that was seen: what a timer does in the past is done for this time.
    var clock: UnixSeconds = 0
    /// What a restore has collected so far.
    var restoring = Restoring()
    /// Whether restored leases are still to be given their grace, at the first time that is seen.
    var owesGrace = false
    #if DEBUG
        /// A mistake that a test has planted.
        package var fault: PlantedFault?
    #endif

    /// What is known of a job id.
    enum Entry {
        case open(OpenJob)
        /// It has ended and its id is remembered against repetitions.
        case ended
    }

    /// What is to be looked at when its time has come.
    struct Timer {
        enum Kind {
            /// The lease of the task at this place may be over, if this is still its attempt.
            case lease(task: Int, attempt: Int)
            /// The backoff of the task at this place is over, if this is still its attempt.
            case backoff(task: Int, attempt: Int)
            /// The job may be past its deadline.
            case deadline
            /// The job waits no longer for all its slots.
            case bestEffort
        }

        var job: OpenJob
        var kind: Kind

        var isWanted: Bool {
            guard self.job.isOpen else { return false }
            switch self.kind {
            case .lease(let index, let attempt):
                return self.job.record.tasks[index].attempt == attempt && self.job.record.tasks[index].isLive
            case .backoff(let index, let attempt):
                guard case .waiting = self.job.record.tasks[index].standing else { return false }
                return self.job.record.tasks[index].attempt == attempt
            case .deadline, .bestEffort: return !self.job.isConcluded
            }
        }
    }

    /// An engine without state.
    package init(partition: Int32, settings: EngineSettings) {
        self.partition = partition
        self.settings = settings
    }

    /// Takes one event, after the timers that were due before it.
    ///
    /// - Parameters:
    ///   - event: What came.
    ///   - position: Where it stands at its home partition, which is this engine's.
    ///   - now: The time; taken as the input's own if it is before that.
    ///   - instance: What all lanes share, lent for the length of the step.
    ///   - effects: Is given what to write; the caller resets it between steps or batches.
    package mutating func step(
        _ event: Event, at position: InputPosition, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        let now = max(now, position.timestamp)
        self.see(now, instance: &instance)
        if let due = self.timers.next, due <= position.timestamp {
            self.fire(until: position.timestamp, instance: &instance, effects: &effects)
        }
        switch event {
        case .jobSubmitted(let submission):
            self.submit(submission, at: position, now: now, instance: &instance, effects: &effects)
        case .jobCancelled(let jobID, let reason):
            self.cancel(jobID, reason: reason, now: now, instance: &instance, effects: &effects)
        case .taskOutcome(let outcome):
            self.take(outcome, at: position, now: now, instance: &instance, effects: &effects)
        case .datacenterDrain(let datacenterID, let reason):
            effects.views.append(
                .put(.drained(datacenterID: datacenterID, reason: reason, since: position.timestamp)))
        case .datacenterUndrain(let datacenterID):
            effects.views.append(.undrained(datacenterID: datacenterID))
        case .taskRequested, .datasetUpdated, .datasetVersionSet, .sourceHeartbeat:
            // The event graph (design section 7) takes these; until then they are read, sent home and counted.
            break
        }
    }

    /// When there is something to do next without input: ``fire(until:instance:effects:)`` first, then
    /// ``placeHeld(now:instance:effects:)``. `nil`: never, as things are.
    package var nextTimer: UnixSeconds? {
        var next = self.nextFiring ?? .infinity
        for evacuation in self.evacuations { next = min(next, evacuation.nextFloorAt) }
        return next < .infinity ? next : nil
    }

    /// When ``fire(until:instance:effects:)`` has something to do next. `nil`: never, as things are.
    package var nextFiring: UnixSeconds? {
        var next = self.timers.next ?? .infinity
        if let oldest = self.ended.oldest { next = min(next, oldest + self.settings.endedJobsRememberedSeconds) }
        return next < .infinity ? next : nil
    }

    /// Whether anything is held here that what comes must not overtake.
    package var hasHeld: Bool { !self.held.isEmpty }

    /// Whether ``placeHeld(now:instance:effects:)`` may have something to do: the view has changed since the last time,
    /// the floor lets a task of a lost datacenter go, or backfill there waits for the normal work of other partitions.
    package func isWorthTrying(epoch: UInt64, now: UnixSeconds) -> Bool {
        self.triedEpoch != epoch
            || self.evacuations.contains {
                $0.nextFloorAt <= now || $0.backfillWaitsSince != nil || $0.triedEpoch == nil && !$0.tasks.isEmpty
            }
    }

    /// The broker was away: leases that could not be renewed meanwhile get the grace of restored ones.
    package mutating func forgiveOutage() {
        self.owesGrace = true
    }

    /// Jobs that haven't ended, or whose last lease hasn't.
    package var liveJobs: Int {
        self.jobs.values.count { if case .open = $0 { true } else { false } }
    }

    mutating func see(_ now: UnixSeconds, instance: inout Instance) {
        if now > self.clock { self.clock = now }
        if self.owesGrace { self.grantGrace(from: now) }
        instance.advanceCircuits(to: now)
    }

    /// Ends a job for good: its id is remembered, everything else is forgotten.
    mutating func end(_ job: OpenJob, at time: UnixSeconds, instance: inout Instance, effects: inout Effects) {
        self.stopHolding(job, instance: &instance)
        for (index, task) in job.record.tasks.enumerated() {
            if let reservation = job.reservations[index] { instance.fleet.release(reservation) }
            if task.isLive { instance.attemptPassed(job.target(of: task), token: job.token(task)) }
            if job.isWritten(index) {
                effects.state.append(
                    .forgetTask(jobID: job.jobID, slot: task.slot, workflowID: task.workflowID))
            }
        }
        if job.isCounted { instance.openJobs -= 1 }
        self.remember(job.jobID, endedAt: time, instance: &instance, effects: &effects)
        job.strip()
    }

    /// Remembers the id of a job that has ended, and forgets the oldest where there are too many.
    private mutating func remember(
        _ jobID: String, endedAt time: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        self.jobs[jobID] = .ended
        if self.has(.forgetsEnded) { self.jobs[jobID] = nil }
        self.ended.append(jobID, at: time)
        instance.endedJobs += 1
        effects.state.append(.put(.ended(jobID: jobID, at: time)))
        if instance.endedJobs > self.settings.endedJobs {
            self.forgetOldest(instance: &instance, effects: &effects)
        }
    }

    mutating func forgetOldest(instance: inout Instance, effects: inout Effects) {
        guard let jobID = self.ended.popOldest() else { return }
        self.jobs[jobID] = nil
        instance.endedJobs -= 1
        effects.state.append(.forgetJob(jobID: jobID))
    }

    /// The job's slots and tasks wait no longer.
    func stopHolding(_ job: OpenJob, instance: inout Instance) {
        instance.heldTasks -= job.heldTasks
        job.record.held.removeAll()
        for (index, task) in job.record.tasks.enumerated() {
            switch task.standing {
            case .waiting where self.has(.retriesAfterTheEnd): break
            case .held, .waiting: job.record.tasks[index].standing = .dropped
            case .running, .completed, .failed, .cancelled, .dropped: break
            }
        }
    }

    /// Writes a task's own record.
    func write(_ job: OpenJob, _ index: Int, effects: inout Effects) {
        job.record.tasks[index].nextOrdinal = job.record.nextOrdinal
        job.markWritten(index)
        effects.state.append(.put(.task(jobID: job.jobID, job.record.tasks[index])))
    }
}
