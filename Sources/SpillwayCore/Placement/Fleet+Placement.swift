/// Memory that placement uses again and again.
struct PlacementScratch: Sendable {
    /// Runtimes of the request, in order.
    var runtimes: [Int] = []
    /// Candidates, in order.
    var ranked: [Ranked] = []
    /// Tried runtimes of the datacenter that is looked at.
    var tried: [Int] = []

    struct Ranked: Sendable {
        var datacenter: Int
        var runtime: Int
        var health: Health
        /// Place among the job's preferred ones; `Int.max` if it isn't one.
        var preference: Int
        var freeCores: Int
        var wait: Seconds
        var isTaken: Bool
    }
}

extension Fleet {
    /// Decides where a slot goes (design section 5): one ordered list of candidates with a reason for every place and every
    /// exclusion, of which primary and fallback are cuts.
    ///
    /// It reserves nothing: who acts on a `dispatch` or `queue` calls ``reserve(_:)`` in the same step.
    ///
    /// - Parameter placement: the answer. Its memory is used again.
    package mutating func place(
        _ request: PlacementRequest, now: UnixSeconds, into placement: inout Placement
    ) {
        self.advance(to: now)
        placement.clear()
        placement.viewVersion = self.version
        let isInitializing = self.isInitializing(now: now)
        guard self.resolveRuntimes(request) else {
            placement.action = isInitializing ? .hold : .fail
            placement.reason = isInitializing ? .initializing : .unknownRuntime
            return
        }
        self.rank(request, now: now, into: &placement)
        self.list(request, now: now, into: &placement)
        let ranked = self.scratch.ranked
        guard let place = ranked.firstIndex(where: { !$0.isTaken }) else {
            return self.answerNothing(request, isInitializing: isInitializing, into: &placement)
        }
        var chosen = place
        placement.reason = .selected
        if request.isFirstPlacement {
            let (verdict, target) = self.spillover(from: place, request, now: now)
            placement.reason = verdict.reason
            placement.spillover = verdict
            if let target { chosen = target }
        }
        let datacenter = ranked[chosen].datacenter
        placement.chosen = self.datacenters[datacenter].id
        placement.runtime = self.runtimes.names[ranked[chosen].runtime]
        placement.expectedWaitSeconds = ranked[chosen].wait
        placement.action = self.datacenters[datacenter].canServe(request.requiredCores) ? .dispatch : .queue
    }

    /// There is no place for the slot: hold it or fail the job.
    private func answerNothing(
        _ request: PlacementRequest, isInitializing: Bool, into placement: inout Placement
    ) {
        if isInitializing {
            placement.action = .hold
            placement.reason = .initializing
            return
        }
        // What was placed before waits for a place; so does a slot beyond those that fit, and one that only open circuits
        // stand in the way of. Nothing else can be waited for (design sections 5.3 and 6).
        let waits =
            !request.isFirstPlacement || !request.takenDatacenters.isEmpty
            || placement.excludedCounts[ExclusionReason.circuitOpen.rawValue] > 0
        placement.action = waits ? .hold : .fail
        placement.reason = .noUsableDatacenter
    }

    /// Puts the request's runtimes that anyone knows in order. Answers whether there are any.
    private mutating func resolveRuntimes(_ request: PlacementRequest) -> Bool {
        self.scratch.runtimes.removeAll(keepingCapacity: true)
        if let names = request.runtimes {
            for name in names {
                guard let runtime = self.runtimes.knownIndex(of: name), !self.scratch.runtimes.contains(runtime) else {
                    continue
                }
                self.scratch.runtimes.append(runtime)
            }
        } else {
            self.scratch.runtimes.append(contentsOf: self.runtimes.order(taskType: request.taskType))
        }
        return !self.scratch.runtimes.isEmpty
    }

    /// Sorts out what is no candidate, with the first reason that fits, and orders the rest.
    private mutating func rank(_ request: PlacementRequest, now: UnixSeconds, into placement: inout Placement) {
        self.scratch.ranked.removeAll(keepingCapacity: true)
        let limit = self.placementSettings.candidateLimit
        for index in self.order where self.datacenters[index].isListed {
            let runtime: Int
            switch self.runtime(for: request, in: index) {
            case .excluded(let reason):
                placement.excludedCounts[reason.rawValue] += 1
                if placement.excluded.count < limit {
                    placement.excluded.append(Exclusion(datacenterID: self.datacenters[index].id, why: reason))
                }
                continue
            case .runtime(let found): runtime = found
            }
            let health = self.datacenters[index].health
            let cores = min(request.requiredCores, max(self.datacenters[index].figures.totalCores, 0))
            let id = self.datacenters[index].id
            self.scratch.ranked.append(
                .init(
                    datacenter: index, runtime: runtime, health: health,
                    preference: request.preferred.firstIndex(of: id) ?? .max,
                    freeCores: self.datacenters[index].freeCores,
                    wait: self.datacenters[index].wait(
                        for: self.datacenters[index].figures.totalCores > 0 ? cores : request.requiredCores, now: now,
                        self.reservations),
                    isTaken: request.takenDatacenters.contains(id)
                        || request.onlyDatacenter.map { $0 != id } ?? false))
        }
        // The list is in the order of ids; a stable order keeps ties so.
        var ranked = self.scratch.ranked
        self.scratch.ranked = []
        ranked.sort { left, right in
            if left.health != right.health { return left.health < right.health }
            if left.preference != right.preference { return left.preference < right.preference }
            if left.health == .healthy {
                if left.freeCores != right.freeCores { return left.freeCores > right.freeCores }
            } else if left.wait != right.wait {
                return left.wait < right.wait
            }
            return self.datacenters[left.datacenter].id < self.datacenters[right.datacenter].id
        }
        self.scratch.ranked = ranked
    }

    private enum Eligibility {
        case runtime(Int)
        case excluded(ExclusionReason)
    }

    /// The first of the request's runtimes that a datacenter runs, or why it is no candidate.
    private mutating func runtime(for request: PlacementRequest, in index: Int) -> Eligibility {
        let datacenter = self.datacenters[index]
        if datacenter.isStale { return .excluded(.stale) }
        if datacenter.isLost { return .excluded(.lost) }
        if datacenter.isDrained || datacenter.areAllDraining { return .excluded(.draining) }
        if datacenter.health == .unhealthy { return .excluded(.unhealthy) }
        if datacenter.figures.totalCores < request.largestWorkflowCores { return .excluded(.tooSmall) }
        var furthest = ExclusionReason.noRuntime
        for runtime in self.scratch.runtimes where datacenter.healthyRuntimes.contains(runtime) {
            var reason: ExclusionReason?
            if datacenter.missingTopics.contains(runtime) {
                reason = .noTopic
            } else if datacenter.openCircuits.contains(runtime) {
                reason = .circuitOpen
            } else if request.triedTargets.contains(
                .init(datacenterID: datacenter.id, runtime: self.runtimes.names[runtime]))
            {
                reason = .alreadyTried
            }
            guard let reason else { return .runtime(runtime) }
            if reason.rawValue > furthest.rawValue { furthest = reason }
        }
        return .excluded(furthest)
    }

    /// Writes the list into the answer.
    private func list(_ request: PlacementRequest, now: UnixSeconds, into placement: inout Placement) {
        let limit = self.placementSettings.candidateLimit
        placement.worstHealth = self.scratch.ranked.first?.health ?? .unhealthy
        for (rank, place) in self.scratch.ranked.enumerated() {
            let datacenter = self.datacenters[place.datacenter]
            if rank < request.datacenterCount {
                placement.primary.append(datacenter.id)
            } else if placement.fallback.count < limit {
                placement.fallback.append(datacenter.id)
            }
            guard rank < limit else { continue }
            placement.candidates.append(
                Candidate(
                    datacenterID: datacenter.id, rank: rank, health: place.health,
                    totalCores: datacenter.figures.totalCores, availableCores: datacenter.figures.availableCores,
                    reservedCores: datacenter.reservedCores, waitSeconds: place.wait,
                    rttMilliseconds: datacenter.roundTripMilliseconds, ageSeconds: datacenter.age(now: now),
                    why: place.preference != .max
                        ? .preferred : place.health == .healthy ? .availableCores : .expectedWait))
        }
        for name in request.preferred where placement.unknownPreferred.count < limit {
            if self.indices[name].map({ self.datacenters[$0].isListed }) != true {
                placement.unknownPreferred.append(name)
            }
        }
    }
}

extension Placement {
    /// Forgets everything but its memory.
    mutating func clear() {
        self.action = .hold
        self.reason = .selected
        self.chosen = nil
        self.runtime = nil
        self.expectedWaitSeconds = 0
        self.worstHealth = .unhealthy
        self.primary.removeAll(keepingCapacity: true)
        self.fallback.removeAll(keepingCapacity: true)
        self.spillover = nil
        self.candidates.removeAll(keepingCapacity: true)
        self.excluded.removeAll(keepingCapacity: true)
        for reason in self.excludedCounts.indices { self.excludedCounts[reason] = 0 }
        self.unknownPreferred.removeAll(keepingCapacity: true)
        self.viewVersion = 0
    }
}
