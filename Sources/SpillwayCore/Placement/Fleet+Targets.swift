/// What a task that falls back has to know of the fleet beside the candidate list (design section 6, "Fallback chain").
extension Fleet {
    /// A datacenter with one of its runtimes.
    typealias Target = PlacementRequest.Target

    /// Datacenters whose unfinished work moves, in the order of their ids.
    package var lostDatacenters: [String] {
        var lost: [String] = []
        for index in self.table.byID where self.datacenters[index].isLost { lost.append(self.datacenters[index].id) }
        return lost
    }

    /// Whether a datacenter would be a candidate for anything now.
    func isUsable(_ datacenterID: String) -> Bool {
        guard let index = self.indices[datacenterID] else { return false }
        return self.isUsable(index)
    }

    private func isUsable(_ index: Int) -> Bool { self.table.rows[index].isUsable }

    /// A number that changes when targets become usable or cease to be, whatever room they have.
    func usabilitySignature() -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func take(_ value: UInt64) { hash = (hash ^ value) &* 0x9e37_79b9_7f4a_7c15 &+ (hash >> 29) }
        for row in self.table.rows {
            take(row.isUsable ? 1 : 2)
            take(UInt64(truncatingIfNeeded: row.totalCores))
            let profile = self.table.profiles[row.profile]
            for set in [profile.runs, profile.openCircuits, profile.missingTopics] {
                take(set.isAll ? .max : set.low)
                for word in set.high { take(word) }
            }
        }
        return hash
    }

    /// Whether any usable datacenter has so many cores free, with nothing queued ahead.
    func hasRoom(for cores: Int) -> Bool {
        self.table.rows.contains { $0.isUsable && $0.canServe(cores) }
    }

    /// Whether one of these that runs one of the runtimes has.
    ///
    /// - Parameter runtimes: `nil`: those of the task type.
    func hasRoom(for cores: Int, runtimes: [String]?, taskType: String, except takenDatacenters: [String]) -> Bool {
        let known =
            runtimes.map { $0.compactMap { self.runtimes.knownIndex(of: $0) } }
            ?? self.runtimes.order(taskType: taskType)
        for index in self.table.rows.indices {
            let row = self.table.rows[index]
            guard row.isUsable, row.canServe(cores), !takenDatacenters.contains(self.datacenters[index].id),
                case .runtime = self.table.profiles[row.profile].answer(for: known)
            else { continue }
            return true
        }
        return false
    }

    /// Whether a datacenter that refused shows room again, in a heartbeat that is newer than the refusal.
    func showsRoom(_ datacenterID: String, for cores: Int, since refusal: UnixSeconds) -> Bool {
        guard let index = self.indices[datacenterID] else { return false }
        return self.datacenters[index].newest > refusal && self.table.rows[index].canServe(cores)
    }

    /// Calls the body for every target that is known, usable now or not: a datacenter that is large enough as far as one
    /// can tell, with a runtime that one of its managers runs, well or not. Stops when the body answers false.
    func forEachKnownTarget(
        runtimes: [String], cores: Int, except takenDatacenters: [String], _ body: (Target, _ isUsable: Bool) -> Bool
    ) {
        for index in self.table.byID {
            let isUsable = self.isUsable(index)
            guard !self.datacenters[index].managers.isEmpty || self.datacenters[index].snapshot != nil,
                // Of one that is silent or draining the size isn't known.
                !isUsable || self.table.rows[index].totalCores >= cores,
                !takenDatacenters.contains(self.datacenters[index].id)
            else { continue }
            for name in runtimes {
                guard let runtime = self.runtimes.knownIndex(of: name), self.runs(runtime, index) else { continue }
                let profile = self.table.profiles[self.table.rows[index].profile]
                let canRun = isUsable && profile.answer(for: [runtime]) == .runtime(runtime)
                guard body(Target(datacenterID: self.datacenters[index].id, runtime: name), canRun) else { return }
            }
        }
    }

    /// Why a runtime isn't used in a datacenter now. `nil`: nothing speaks against it.
    func whyNot(_ target: Target) -> String? {
        guard let runtime = self.runtimes.knownIndex(of: target.runtime) else {
            return "\(DecisionReason.unknownRuntime.rawValue) (\(target.runtime))"
        }
        guard let index = self.indices[target.datacenterID], self.runs(runtime, index) else {
            return ExclusionReason.noRuntime.word
        }
        let profile = self.table.profiles[self.table.rows[index].profile]
        if !profile.runs.contains(runtime) { return ExclusionReason.unhealthy.word }
        if profile.openCircuits.contains(runtime) { return ExclusionReason.circuitOpen.word }
        return nil
    }

    /// Whether any manager of a datacenter runs a runtime, well or not, and there is a topic for it.
    private func runs(_ runtime: Int, _ index: Int) -> Bool {
        if self.datacenters[index].missingTopics.contains(runtime) { return false }
        if self.datacenters[index].snapshot != nil { return true }
        for manager in self.datacenters[index].managers
        where manager.healthyRuntimes.contains(runtime) || manager.namedRuntimes.contains(runtime) {
            return true
        }
        return false
    }
}
