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

        struct Item {
            var job: OpenJob
            var index: Int
            var attempt: Int

            var isNormal: Bool { self.job.record.submission.priority == .normal }
        }
    }

    /// Tasks of the same kind find room together or not at all.
    private struct Kind: Hashable {
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
            for place in self.evacuations.indices { self.evacuations[place].nextFloorAt = .infinity }
            return
        }
        for place in self.evacuations.indices where !self.evacuations[place].tasks.isEmpty {
            if now < self.evacuations[place].nextFloorAt, !self.isWorthEvacuating(place, &instance) { continue }
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
        let epoch = instance.fleet.placementEpoch
        let since = self.evacuations[place].backfillWaitsSince ?? epoch
        let items = self.evacuations[place].tasks
        self.evacuations[place].tasks = []
        self.evacuations[place].nextFloorAt = .infinity
        var left: [Evacuation.Item] = []
        var blocked: Set<Kind> = []
        // The first that could go to a queue, were it allowed to.
        var firstForQueue: Evacuation.Item?
        var hasMoved = false
        // `nil`: the normal work in front isn't through yet.
        var allowsBackfill: Bool?
        for item in items where self.isStill(item, in: datacenterID) {
            let kind = self.kind(of: item)
            if !item.isNormal, tries > 0, allowsBackfill == nil {
                self.sayTried(datacenterID, left, epoch, waitsForQueue: firstForQueue != nil, &instance)
                allowsBackfill = instance.evacuationOrder.allowsBackfill(
                    of: datacenterID, self.partition, since: since)
            }
            if tries <= 0 || blocked.contains(kind) || !item.isNormal && allowsBackfill != true {
                left.append(item)
                continue
            }
            tries -= 1
            // What a task that has tried nothing else can't find, no other of its kind can.
            let speaksForAll = item.job.record.tasks[item.index].targets.isEmpty
            let outcome = self.moveLost(item, intoQueue: false, now: now, instance: &instance, effects: &effects)
            if case .moved = outcome {
                hasMoved = true
                continue
            }
            if case .onlyQueue = outcome, firstForQueue == nil { firstForQueue = item }
            if speaksForAll { blocked.insert(kind) }
            left.append(item)
        }
        if tries > 0, allowsBackfill == nil {
            self.sayTried(datacenterID, left, epoch, waitsForQueue: firstForQueue != nil, &instance)
        }
        self.evacuations[place].tasks = left
        self.evacuations[place].backfillWaitsSince = allowsBackfill == false ? since : nil
        self.evacuations[place].triedEpoch = tries > 0 && !hasMoved ? epoch : nil
        if let firstForQueue, !hasMoved {
            self.queueLost(firstForQueue, place, now: now, instance: &instance, effects: &effects)
        }
    }

    /// Lets one task go to a queue if its turn has come, and sets when the next one's comes.
    private mutating func queueLost(
        _ item: Evacuation.Item, _ place: Int, now: UnixSeconds, instance: inout Instance, effects: inout Effects
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
            self.sayTried(
                datacenterID, self.evacuations[place].tasks, instance.fleet.placementEpoch, waitsForQueue: true,
                &instance)
        }
        guard !self.evacuations[place].tasks.isEmpty else { return }
        let next = instance.evacuationFloors[datacenterID] ?? now
        self.evacuations[place].nextFloorAt = next > now ? next : now + interval
    }

    /// Tells the other partitions that all of the normal work has been tried.
    private func sayTried(
        _ datacenterID: String, _ left: [Evacuation.Item], _ epoch: UInt64, waitsForQueue: Bool,
        _ instance: inout Instance
    ) {
        let isNormalLeft = left.contains { $0.isNormal }
        instance.evacuationOrder.tried(
            datacenterID, self.partition, epoch: isNormalLeft ? epoch : nil,
            waitsForQueue: waitsForQueue && isNormalLeft)
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
