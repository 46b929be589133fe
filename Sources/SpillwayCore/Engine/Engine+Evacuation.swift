/// Moves what is unfinished in a lost datacenter (design section 6, "DC lost"): `normal` before `backfill`, as fast as
/// receivers have cores free, and one a second to queue while nobody has any.
extension Engine {
    /// What is still to be moved out of one lost datacenter.
    struct Evacuation {
        var datacenterID: String
        var tasks: [Item]
        /// When the floor lets the next one go to queue. `+∞`: nothing waits for that.
        var nextFloorAt: UnixSeconds = .infinity
        /// What the instance's view was when all of them were tried. `nil`: some weren't yet.
        var triedEpoch: UInt64?
        /// Whether backfill was left out, for the normal work of the instance's other partitions.
        var leftBackfillOut = false

        struct Item {
            var job: OpenJob
            var index: Int
            var attempt: Int
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
    mutating func noteLost(_ instance: borrowing Instance) {
        let lost = instance.fleet.lostDatacenters
        guard !lost.isEmpty || !self.evacuations.isEmpty else { return }
        self.evacuations.removeAll { !lost.contains($0.datacenterID) }
        for datacenterID in lost where !self.evacuations.contains(where: { $0.datacenterID == datacenterID }) {
            self.evacuations.append(Evacuation(datacenterID: datacenterID, tasks: self.liveTasks(in: datacenterID)))
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
            // Until the floor lets one go, only room or a datacenter that comes back is of any use.
            let isDue = now >= self.evacuations[place].nextFloorAt
            let isTried = self.evacuations[place].triedEpoch != nil
            if !isDue, isTried {
                if self.evacuations[place].triedEpoch == instance.fleet.placementEpoch { continue }
                if self.evacuations[place].nextFloorAt < .infinity, !instance.fleet.hasRoom(for: 1) { continue }
            }
            self.evacuate(place, now: now, tries: &tries, instance: &instance, effects: &effects)
            if tries <= 0 { return }
        }
    }

    private mutating func evacuate(
        _ place: Int, now: UnixSeconds, tries: inout Int, instance: inout Instance, effects: inout Effects
    ) {
        let datacenterID = self.evacuations[place].datacenterID
        let epoch = instance.fleet.placementEpoch
        let items = self.evacuations[place].tasks
        self.evacuations[place].tasks = []
        self.evacuations[place].nextFloorAt = .infinity
        var left: [Evacuation.Item] = []
        var blocked: Set<Kind> = []
        // The first that could go to a queue, were it allowed to.
        var firstForQueue: Int?
        var hasMoved = false
        var leftBackfillOut = false
        for (number, item) in items.enumerated() {
            guard self.isStill(item, in: datacenterID) else { continue }
            let kind = self.kind(of: item)
            let isLeftOut = !self.evacuatesBackfill && item.job.record.submission.priority == .backfill
            if isLeftOut { leftBackfillOut = true }
            if tries <= 0 || isLeftOut || blocked.contains(kind) {
                left.append(item)
                continue
            }
            tries -= 1
            // What a task that has tried nothing else can't find, no other of its kind can.
            let speaksForAll = item.job.record.tasks[item.index].targets.isEmpty
            switch self.moveLost(item, intoQueue: false, now: now, instance: &instance, effects: &effects) {
            case .moved: hasMoved = true
            case .onlyQueue:
                if firstForQueue == nil { firstForQueue = number }
                if speaksForAll { blocked.insert(kind) }
                left.append(item)
            case .nowhere:
                if speaksForAll { blocked.insert(kind) }
                left.append(item)
            }
        }
        if let firstForQueue, !hasMoved {
            let due = instance.evacuationFloors[datacenterID] ?? -.infinity
            let interval =
                self.settings.evacuationFloorPerSecond > 0 ? 1 / self.settings.evacuationFloorPerSecond : .infinity
            if now >= due, interval < .infinity {
                let item = items[firstForQueue]
                if case .moved = self.moveLost(
                    item, intoQueue: true, now: now, instance: &instance, effects: &effects)
                {
                    left.removeAll { $0.job === item.job && $0.index == item.index }
                    instance.evacuationFloors[datacenterID] = now + interval
                }
            }
            if !left.isEmpty, interval < .infinity {
                let next = instance.evacuationFloors[datacenterID] ?? now
                self.evacuations[place].nextFloorAt = next > now ? next : now + interval
            }
        }
        self.evacuations[place].tasks = left
        self.evacuations[place].leftBackfillOut = leftBackfillOut
        self.evacuations[place].triedEpoch = tries > 0 && !hasMoved && !leftBackfillOut ? epoch : nil
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
