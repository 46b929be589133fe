/// Moves what is unfinished in a lost datacenter (design section 6, "DC lost"): `normal` before `backfill`, as fast as
/// receivers have cores free, and one a second to queue while nobody has any.
extension Engine {
    /// What is still to be moved out of one lost datacenter.
    struct Evacuation {
        var datacenterID: String
        var tasks: [Item]
        /// When the floor lets the next one go to queue. `+∞`: nothing waits for that.
        var nextFloorAt: UnixSeconds = .infinity
        /// What the instance's view was when all of them were tried, but for backfill that waits. `nil`: some weren't yet.
        var triedEpoch: UInt64?
        /// The view's epoch since which the instance's other partitions have to have tried their normal work before backfill
        /// moves. `nil`: none waits.
        var backfillWaitsSince: UInt64?
        /// The way through the tasks that is under way.
        var pass: Pass?

        /// One way through all tasks, in order. It takes several calls where they are many.
        struct Pass {
            /// What the instance's view was when it began.
            var epoch: UInt64
            /// How many of the tasks in front were tried and stay.
            var stayed = 0
            /// Kinds that find no room as things are.
            var blocked: Set<Kind> = []
            /// The first that could go to a queue, were it allowed to.
            var firstForQueue: Item?
            var hasMoved = false
            /// `nil`: the normal work in front isn't through yet.
            var allowsBackfill: Bool?
        }

        struct Item {
            var job: OpenJob
            var index: Int
            var attempt: Int

            var isNormal: Bool { self.job.record.submission.priority == .normal }
        }
    }

    /// Tasks of the same kind find room together or not at all.
    struct Kind: Hashable {
        var cores: Int
        var runtime: String
        var runtimes: [String]?
        var taskType: String
        var takenDatacenters: [String]
    }

    /// Takes notice of datacenters that are lost, or no longer: what hasn't moved when one reports again stays.
    mutating func noteLost(_ instance: inout Instance) {
        let lost = instance.fleet.lostDatacenters
        guard !lost.isEmpty || !self.evacuations.isEmpty else { return }
        for evacuation in self.evacuations where !lost.contains(evacuation.datacenterID) {
            instance.evacuationOrder.ended(evacuation.datacenterID, self.partition)
        }
        self.evacuations.removeAll { !lost.contains($0.datacenterID) }
        for datacenterID in lost where !self.evacuations.contains(where: { $0.datacenterID == datacenterID }) {
            let tasks = self.liveTasks(in: datacenterID)
            if tasks.first?.isNormal != true {
                instance.evacuationOrder.tried(datacenterID, self.partition, epoch: nil)
            }
            self.evacuations.append(Evacuation(datacenterID: datacenterID, tasks: tasks))
        }
        self.evacuations.sort { $0.datacenterID < $1.datacenterID }
    }

    private func liveTasks(in datacenterID: String) -> [Evacuation.Item] {
        var items: [Evacuation.Item] = []
        for case .open(let job) in self.jobs.values where !job.isConcluded {
            for (index, task) in job.record.tasks.enumerated()
            where task.isLive && task.datacenterID == datacenterID {
                items.append(.init(job: job, index: index, attempt: task.attempt))
            }
        }
        items.sort { left, right in
            let (one, other) = (left.job.record, right.job.record)
            if one.submission.priority != other.submission.priority {
                return one.submission.priority < other.submission.priority
            }
            return (one.input.timestamp, one.input.offset, left.index)
                < (other.input.timestamp, other.input.offset, right.index)
        }
        return items
    }

    /// Moves what can be moved as things are, so many tries at most.
    mutating func evacuate(
        now: UnixSeconds, tries: inout Int, instance: inout Instance, effects: inout Effects
    ) {
        if instance.fleet.isPanicking {
            // Frozen. The end of the panic changes the view.
            for place in self.evacuations.indices {
                self.evacuations[place].nextFloorAt = .infinity
                self.evacuations[place].pass = nil
            }
            return
        }
        for place in self.evacuations.indices where !self.evacuations[place].tasks.isEmpty {
            if self.evacuations[place].pass == nil, now < self.evacuations[place].nextFloorAt,
                !self.isWorthEvacuating(place, &instance)
            {
                continue
            }
            self.evacuate(place, now: now, tries: &tries, instance: &instance, effects: &effects)
            if tries <= 0 { return }
        }
    }

    /// Whether there is something to try before the floor lets one go.
    private func isWorthEvacuating(_ place: Int, _ instance: inout Instance) -> Bool {
        let evacuation = self.evacuations[place]
        guard let tried = evacuation.triedEpoch else { return true }
        let epoch = instance.fleet.placementEpoch
        if tried == epoch {
            guard let since = evacuation.backfillWaitsSince else { return false }
            return instance.evacuationOrder.allowsBackfill(
                of: evacuation.datacenterID, self.partition, since: since)
        }
        // While all waits for the floor, only room or a datacenter that comes back is of any use.
        guard evacuation.nextFloorAt < .infinity, !instance.fleet.hasRoom(for: 1) else { return true }
        instance.evacuationOrder.hasNoRoom(evacuation.datacenterID, self.partition, epoch: epoch)
        return false
    }

    private mutating func evacuate(
        _ place: Int, now: UnixSeconds, tries: inout Int, instance: inout Instance, effects: inout Effects
    ) {
        let datacenterID = self.evacuations[place].datacenterID
        var pass = self.evacuations[place].pass ?? Evacuation.Pass(epoch: instance.fleet.placementEpoch)
        let since = self.evacuations[place].backfillWaitsSince ?? pass.epoch
        var tasks = self.evacuations[place].tasks
        self.evacuations[place].tasks = []
        self.evacuations[place].pass = nil
        self.evacuations[place].nextFloorAt = .infinity
        var next = pass.stayed
        while next < tasks.count, tries > 0 {
            let item = tasks[next]
            next += 1
            guard self.isStill(item, in: datacenterID) else { continue }
            if !item.isNormal, pass.allowsBackfill == nil {
                // Normal work stands in front: what stays is normal.
                self.sayTried(datacenterID, pass, isNormalLeft: pass.stayed > 0, &instance)
                pass.allowsBackfill = instance.evacuationOrder.allowsBackfill(
                    of: datacenterID, self.partition, since: since)
            }
            let kind = self.kind(of: item)
            if item.isNormal || pass.allowsBackfill == true, !pass.blocked.contains(kind) {
                tries -= 1
                let outcome = self.moveLost(item, intoQueue: false, now: now, instance: &instance, effects: &effects)
                if case .moved = outcome {
                    pass.hasMoved = true
                    continue
                }
                if case .onlyQueue = outcome, pass.firstForQueue == nil { pass.firstForQueue = item }
                // What a task that has tried nothing else can't find, no other of its kind can.
                if item.job.record.tasks[item.index].targets.isEmpty { pass.blocked.insert(kind) }
            }
            tasks[pass.stayed] = item
            pass.stayed += 1
        }
        let isThrough = next == tasks.count
        tasks.removeSubrange(pass.stayed..<next)
        self.evacuations[place].tasks = tasks
        guard isThrough else {
            self.evacuations[place].pass = pass
            return
        }
        if pass.allowsBackfill == nil {
            self.sayTried(datacenterID, pass, isNormalLeft: !tasks.isEmpty, &instance)
        }
        self.evacuations[place].backfillWaitsSince = pass.allowsBackfill == false ? since : nil
        self.evacuations[place].triedEpoch = pass.hasMoved ? nil : pass.epoch
        if let item = pass.firstForQueue, !pass.hasMoved {
            self.queueLost(item, place, pass, now: now, instance: &instance, effects: &effects)
        }
    }

    /// Lets one task go to a queue if its turn has come, and sets when the next one's comes.
    private mutating func queueLost(
        _ item: Evacuation.Item, _ place: Int, _ pass: Evacuation.Pass, now: UnixSeconds, instance: inout Instance,
        effects: inout Effects
    ) {
        guard self.settings.evacuationFloorPerSecond > 0 else { return }
        let interval = 1 / self.settings.evacuationFloorPerSecond
        let datacenterID = self.evacuations[place].datacenterID
        let isItsTurn =
            item.isNormal
            || instance.evacuationOrder.allowsBackfillToQueue(from: datacenterID, self.partition)
        if isItsTurn, now >= instance.evacuationFloors[datacenterID] ?? -.infinity,
            case .moved = self.moveLost(item, intoQueue: true, now: now, instance: &instance, effects: &effects)
        {
            self.evacuations[place].tasks.removeAll { $0.job === item.job && $0.index == item.index }
            instance.evacuationFloors[datacenterID] = now + interval
            let isNormalLeft = self.evacuations[place].tasks.first?.isNormal ?? false
            self.sayTried(datacenterID, pass, isNormalLeft: isNormalLeft, &instance)
        }
        guard !self.evacuations[place].tasks.isEmpty else { return }
        let next = instance.evacuationFloors[datacenterID] ?? now
        self.evacuations[place].nextFloorAt = next > now ? next : now + interval
    }

    /// Tells the other partitions that all of the normal work has been tried.
    private func sayTried(
        _ datacenterID: String, _ pass: Evacuation.Pass, isNormalLeft: Bool, _ instance: inout Instance
    ) {
        instance.evacuationOrder.tried(
            datacenterID, self.partition, epoch: isNormalLeft ? pass.epoch : nil,
            waitsForQueue: isNormalLeft && pass.firstForQueue != nil)
    }

    private func isStill(_ item: Evacuation.Item, in datacenterID: String) -> Bool {
        guard item.job.isOpen, !item.job.isConcluded else { return false }
        let task = item.job.record.tasks[item.index]
        return task.attempt == item.attempt && task.isLive && task.datacenterID == datacenterID
    }

    private func kind(of item: Evacuation.Item) -> Kind {
        let task = item.job.record.tasks[item.index]
        let submission = item.job.record.submission
        return Kind(
            cores: item.job.workflow(task.workflowID)?.cores ?? 0, runtime: task.runtime,
            runtimes: submission.runtimes, taskType: submission.taskType,
            takenDatacenters: item.job.datacenters(exceptSlot: task.slot))
    }

    private enum LostOutcome {
        case moved, onlyQueue, nowhere
    }

    private mutating func moveLost(
        _ item: Evacuation.Item, intoQueue: Bool, now: UnixSeconds, instance: inout Instance, effects: inout Effects
    ) -> LostOutcome {
        let (job, index) = (item.job, item.index)
        guard self.searchForLost(job, index, now: now, instance: &instance, effects: &effects) else {
            effects.dropLastDecision()
            return .nowhere
        }
        if effects.decisions[effects.decisionCount - 1].placement.action == .queue, !intoQueue {
            effects.dropLastDecision()
            return .onlyQueue
        }
        // Whether it is paid for is known only now, and a refusal is a decision of its own.
        effects.dropLastDecision()
        self.endAttempt(job, index, .datacenterLost, at: now, now: now, instance: &instance, effects: &effects)
        guard self.pay(job, index, now: now, instance: &instance, effects: &effects) else { return .moved }
        _ = self.move(job, index, isAfterBackoff: true, now: now, instance: &instance, effects: &effects)
        return .moved
    }
}
