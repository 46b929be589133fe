/// Decides what happens to the jobs of one partition of `events`: a function of its state, the input, the time and the
/// instance's view and reservations. It has no clock, does no I/O and draws no random numbers (design section 1).
///
/// It belongs to one lane and is used by that lane's thread alone.
package struct Engine {
    /// The partition of `events` whose jobs these are.
    package let partition: Int32

    let settings: EngineSettings
    var jobs: [String: Entry] = [:]
    var held = HeldJobs()
    var ended = EndedJobs()
    var timers = TimerHeap<Timer>()
    /// What the instance's view was when held slots were last tried.
    var triedEpoch: UInt64?
    /// What a restore has collected so far.
    var restoring = Restoring()

    /// What is known of a job id.
    enum Entry {
        case open(OpenJob)
        /// It has ended and its id is remembered against repetitions.
        case ended
    }

    /// What is to be looked at when its time has come.
    struct Timer {
        enum Kind {
            /// The lease of the task at this place may be over.
            case lease(task: Int)
            /// The job may be past its deadline.
            case deadline
        }

        var job: OpenJob
        var kind: Kind
    }

    /// An engine without state.
    package init(partition: Int32, settings: EngineSettings) {
        self.partition = partition
        self.settings = settings
    }

    /// Takes one event.
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

    /// When ``fire(until:instance:effects:)`` has something to do next. `nil`: never, as things are.
    package var nextTimer: UnixSeconds? {
        let forgetting = self.ended.oldest.map { $0 + self.settings.endedJobsRememberedSeconds }
        guard let timer = self.timers.next else { return forgetting }
        return forgetting.map { min($0, timer) } ?? timer
    }

    /// Whether slots are held here, for ``placeHeld(now:instance:effects:)``.
    package var hasHeld: Bool { !self.held.isEmpty }

    /// Whether held slots may be placeable now: the view has changed since they were last tried.
    package func isWorthTrying(epoch: UInt64) -> Bool { self.triedEpoch != epoch }

    /// Jobs that are held or have live leases.
    package var liveJobs: Int {
        self.jobs.values.count { if case .open = $0 { true } else { false } }
    }

    /// Ends a job: its id is remembered, everything else is forgotten.
    mutating func end(_ job: OpenJob, at time: UnixSeconds, instance: inout Instance, effects: inout Effects) {
        self.stopHolding(job, instance: &instance)
        for (index, task) in job.record.tasks.enumerated() {
            if let reservation = job.reservations[index] { instance.fleet.release(reservation) }
            job.reservations[index] = nil
            if job.isWritten(index) {
                effects.state.append(
                    .forgetTask(jobID: job.jobID, slot: task.slot, workflowID: task.workflowID))
            }
        }
        job.isOpen = false
        self.remember(job.jobID, endedAt: time, instance: &instance, effects: &effects)
    }

    /// Remembers the id of a job that has ended, and forgets the oldest where there are too many.
    mutating func remember(
        _ jobID: String, endedAt time: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) {
        self.jobs[jobID] = .ended
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

    /// The job's slots wait no longer.
    func stopHolding(_ job: OpenJob, instance: inout Instance) {
        guard !job.record.held.isEmpty else { return }
        instance.openJobs -= 1
        instance.heldTasks -= job.record.held.count * job.record.submission.workflows.count
        job.record.held.removeAll()
    }
}
