extension Fleet {
    /// Decides where a slot goes (design section 5): one ordered list of candidates with a reason for every place and every
    /// exclusion, of which primary and fallback are cuts.
    ///
    /// It reserves nothing: who acts on a `dispatch` or `queue` calls ``reserve(_:)`` in the same step.
    ///
    /// - Parameter placement: the answer. Its memory is used again: give the same one to every call.
    package mutating func place(_ request: PlacementRequest, now: UnixSeconds, into placement: inout Placement) {
        self.advance(to: now)
        placement.clear()
        placement.viewVersion = self.version
        self.scratch.begin(datacenters: self.table.rows.count, profiles: self.table.profiles.count)
        self.nameUnknown(request, into: &placement)
        let knowsRuntime = self.resolveRuntimes(request)
        self.exclude(request, into: &placement)
        self.rank(request, now: now)
        self.list(request, now: now, into: &placement)
        guard let home = self.home(of: request, now: now) else {
            return self.answerNothing(request, knowsRuntime: knowsRuntime, now: now, into: &placement)
        }
        var (chosen, wait) = (home.datacenter, home.wait)
        placement.reason = .selected
        if request.isFirstPlacement {
            (chosen, wait) = self.spillover(from: home, request, now: now, into: &placement)
        }
        placement.chosen = self.datacenters[chosen].id
        if case .runtime(let runtime) = self.answer(of: chosen, request) {
            placement.runtime = self.runtimes.names[runtime]
        }
        placement.expectedWaitSeconds = wait
        placement.action = self.table.rows[chosen].canServe(request.requiredCores) ? .dispatch : .queue
    }

    /// The first candidate that no other slot has, or the only one that is asked for, if it is a candidate.
    private mutating func home(of request: PlacementRequest, now: UnixSeconds) -> PlacementScratch.Ranked? {
        guard let only = request.onlyDatacenter else {
            return self.scratch.ranked.first { !self.scratch.has(.taken, $0.datacenter) }
        }
        guard let index = self.indices[only], self.table.rows[index].isUsable, !self.scratch.has(.taken, index),
            self.exclusion(of: index, request) == nil
        else { return nil }
        return PlacementScratch.Ranked(datacenter: index, wait: self.wait(of: index, request, now: now))
    }

    /// There is no place for the slot: hold it or fail the job.
    private func answerNothing(
        _ request: PlacementRequest, knowsRuntime: Bool, now: UnixSeconds, into placement: inout Placement
    ) {
        placement.action = .hold
        placement.reason = .noUsableDatacenter
        // What was placed before waits for a place; so does a slot beyond those that fit (contract/records.md, `decisions`).
        guard request.isFirstPlacement, request.takenDatacenters.isEmpty else { return }
        if self.isInitializing(now: now) {
            placement.reason = .initializing
        } else if !knowsRuntime {
            placement.action = .fail
            placement.reason = .unknownRuntime
        } else if placement.excludedCounts[ExclusionReason.circuitOpen.rawValue] == 0 {
            // Open circuits close again; nothing else can be waited for (design sections 5.3 and 6).
            placement.action = .fail
        }
    }

    // MARK: - What the request names

    /// Finds the datacenters that the request names.
    private mutating func nameUnknown(_ request: PlacementRequest, into placement: inout Placement) {
        for name in request.preferred {
            if let index = self.indices[name], self.table.rows[index].isListed {
                guard !self.scratch.has(.preferred, index) else { continue }
                self.scratch.mark(index, .preferred)
                self.scratch.preferred.append(index)
            } else if placement.unknownPreferred.count < self.placementSettings.candidateLimit {
                placement.unknownPreferred.append(name)
            }
        }
        for name in request.takenDatacenters {
            if let index = self.indices[name] { self.scratch.mark(index, .taken) }
        }
        for target in request.triedTargets {
            if let index = self.indices[target.datacenterID] { self.scratch.mark(index, .tried) }
        }
    }

    /// Puts the request's runtimes that anyone knows in order. Answers whether there are any.
    private mutating func resolveRuntimes(_ request: PlacementRequest) -> Bool {
        if let names = request.runtimes {
            for name in names {
                guard let runtime = self.runtimes.knownIndex(of: name), !self.scratch.runtimes.contains(runtime)
                else { continue }
                self.scratch.runtimes.append(runtime)
            }
        } else {
            self.scratch.runtimes.append(contentsOf: self.runtimes.order(taskType: request.taskType))
        }
        return !self.scratch.runtimes.isEmpty
    }

    // MARK: - Exclusion

    /// Counts and names what is no candidate, each with the first reason that fits.
    private mutating func exclude(_ request: PlacementRequest, into placement: inout Placement) {
        let limit = self.placementSettings.candidateLimit
        self.table.summarize(limit: limit) { self.datacenters[$0].id }
        if self.table.leastTotal >= request.largestWorkflowCores, self.table.commonProfile >= 0,
            request.triedTargets.isEmpty,
            case .runtime = self.scratch.answer(of: self.table.commonProfile, in: self.table)
        {
            // The job excludes none that isn't excluded for every job.
            for reason in self.table.excludedCounts.indices {
                placement.excludedCounts[reason] = self.table.excludedCounts[reason]
            }
            placement.excluded.append(contentsOf: self.table.excluded)
            return
        }
        for place in self.table.byID.indices {
            let index = self.table.byID[place]
            guard self.table.rows[index].isListed, let reason = self.exclusion(of: index, request) else { continue }
            self.scratch.mark(index, .excluded)
            placement.excludedCounts[reason.rawValue] += 1
            if placement.excluded.count < limit {
                placement.excluded.append(Exclusion(datacenterID: self.datacenters[index].id, why: reason))
            }
        }
    }

    private mutating func exclusion(of index: Int, _ request: PlacementRequest) -> ExclusionReason? {
        if let reason = self.table.rows[index].exclusion { return reason }
        if self.table.rows[index].totalCores < request.largestWorkflowCores { return .tooSmall }
        if case .excluded(let reason) = self.answer(of: index, request) { return reason }
        return nil
    }

    /// The first of the request's runtimes that a datacenter runs and that wasn't tried there.
    private mutating func answer(of index: Int, _ request: PlacementRequest) -> RuntimeAnswer {
        let answer = self.scratch.answer(of: self.table.rows[index].profile, in: self.table)
        guard case .runtime = answer, self.scratch.has(.tried, index) else { return answer }
        let profile = self.table.profiles[self.table.rows[index].profile]
        for runtime in self.scratch.runtimes where profile.answer(for: [runtime]) == .runtime(runtime) {
            let target = PlacementRequest.Target(
                datacenterID: self.datacenters[index].id, runtime: self.runtimes.names[runtime])
            if !request.triedTargets.contains(target) { return .runtime(runtime) }
        }
        return .excluded(.alreadyTried)
    }

    // MARK: - Order

    /// Fills the head of the list: as much as the answer and the other slots need.
    private mutating func rank(_ request: PlacementRequest, now: UnixSeconds) {
        let limit = max(0, self.placementSettings.candidateLimit)
        let length = max(request.datacenterCount + limit, request.takenDatacenters.count + 1)
        for health in Health.allCases where health < .unhealthy {
            for place in self.scratch.preferred.indices {
                guard self.scratch.ranked.count < length else { return }
                let index = self.scratch.preferred[place]
                guard self.table.rows[index].isUsable, self.table.rows[index].health == health,
                    !self.scratch.has(.excluded, index)
                else { continue }
                self.scratch.ranked.append(.init(datacenter: index, wait: self.wait(of: index, request, now: now)))
            }
            if health == .healthy {
                for place in self.table.healthy.indices {
                    guard self.scratch.ranked.count < length else { return }
                    let index = self.table.healthy[place]
                    guard !self.scratch.has(.excluded, index), !self.scratch.has(.preferred, index) else { continue }
                    self.scratch.ranked.append(
                        .init(datacenter: index, wait: self.wait(of: index, request, now: now)))
                }
            } else {
                let room = length - self.scratch.ranked.count
                guard room > 0 else { return }
                self.rankByWait(health, request, now: now, room: room)
            }
        }
    }

    /// Appends the datacenters of a bucket with the shortest waits.
    private mutating func rankByWait(_ health: Health, _ request: PlacementRequest, now: UnixSeconds, room: Int) {
        self.scratch.heap.removeAll(keepingCapacity: true)
        let count = health == .busy ? self.table.busy.count : self.table.degraded.count
        if count >= WaitOrders.worthwhile, request.requiredCores > 0,
            let order = self.table.orders.find(
                health, cores: request.requiredCores, datacenters: self.table.rows.count)
        {
            self.walk(order, health, request, now: now, room: room)
            return self.takeShortest()
        }
        for place in 0..<count {
            let index = health == .busy ? self.table.busy[place] : self.table.degraded[place]
            guard !self.scratch.has(.excluded, index), !self.scratch.has(.preferred, index) else { continue }
            let ranked = PlacementScratch.Ranked(datacenter: index, wait: self.wait(of: index, request, now: now))
            self.scratch.keepShortest(ranked, room: room, places: self.table.places)
        }
        self.takeShortest()
    }

    /// Keeps the shortest waits of an order, looking at no more of it than could be among them.
    private mutating func walk(
        _ order: Int, _ health: Health, _ request: PlacementRequest, now: UnixSeconds, room: Int
    ) {
        self.scratch.changed.removeAll(keepingCapacity: true)
        self.scratch.moved.removeAll(keepingCapacity: true)
        self.table.orders.follow(order, datacenters: self.table.rows.count, into: &self.scratch.changed)
        let mark: PlacementScratch.Marks = health == .busy ? .followedBusy : .followedDegraded
        for change in self.scratch.changed.indices {
            let index = self.scratch.changed[change]
            guard !self.scratch.has(mark, index) else { continue }
            self.scratch.mark(index, mark)
            let belongs = self.table.rows[index].isUsable && self.table.rows[index].health == health
            let answer = belongs ? self.workOut(index, request, now: now) : nil
            self.table.orders.orders[order].set(answer, of: index, place: self.table.places[index], now: now)
        }
        var walk = self.table.orders.orders[order].walk(now: now)
        while let next = self.table.orders.orders[order].next(&walk) {
            let index = next.datacenter
            guard
                self.scratch.isWanted(
                    .init(datacenter: index, wait: next.bound), room: room, places: self.table.places)
            else { break }
            guard !self.scratch.has(.excluded, index), !self.scratch.has(.preferred, index) else { continue }
            var answer = self.table.orders.orders[order].answers[index]
            if !answer.holds(for: answer.cores, now: now) {
                answer = self.workOut(index, request, now: now)
                self.scratch.moved.append((index, answer))
            }
            self.scratch.keepShortest(
                .init(datacenter: index, wait: answer.wait(now: now)), room: room, places: self.table.places)
        }
        for place in self.scratch.moved.indices {
            let (index, answer) = self.scratch.moved[place]
            self.table.orders.orders[order].set(answer, of: index, place: self.table.places[index], now: now)
        }
    }

    /// Appends what was kept, the shortest wait first.
    private mutating func takeShortest() {
        let start = self.scratch.ranked.count
        while let longest = self.scratch.popLongest(places: self.table.places) { self.scratch.ranked.append(longest) }
        // Turned round by hand: a slice would be a copy.
        var (low, high) = (start, self.scratch.ranked.count - 1)
        while low < high {
            self.scratch.ranked.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    /// The wait for the slot's cores, or for all that there are where it needs more.
    private mutating func wait(of index: Int, _ request: PlacementRequest, now: UnixSeconds) -> Seconds {
        let cores = request.requiredCores
        if self.table.rows[index].canServe(cores) { return 0 }
        let total = self.table.rows[index].totalCores
        let asked = total > 0 ? min(cores, total) : cores
        if !self.table.answers[index].holds(for: asked, now: now) {
            self.table.answers[index] = self.datacenters[index].answer(for: asked, now: now, self.reservations)
        }
        return self.table.answers[index].wait(now: now)
    }

    /// The same, in the form that orders keep.
    private mutating func workOut(_ index: Int, _ request: PlacementRequest, now: UnixSeconds) -> WaitAnswer {
        let cores = request.requiredCores
        if self.table.rows[index].canServe(cores) { return WaitAnswer(cores: cores, wait: 0) }
        let total = self.table.rows[index].totalCores
        return self.datacenters[index].answer(
            for: total > 0 ? min(cores, total) : cores, now: now, self.reservations)
    }

    /// Writes the list into the answer.
    private mutating func list(_ request: PlacementRequest, now: UnixSeconds, into placement: inout Placement) {
        let limit = self.placementSettings.candidateLimit
        if let first = self.scratch.ranked.first {
            placement.worstHealth = self.table.rows[first.datacenter].health
        }
        for rank in self.scratch.ranked.indices {
            let index = self.scratch.ranked[rank].datacenter
            if rank < request.datacenterCount {
                self.scratch.mark(index, .primary)
                placement.primary.append(self.datacenters[index].id)
            } else if placement.fallback.count < limit {
                placement.fallback.append(self.datacenters[index].id)
            }
            guard rank < limit else { continue }
            let health = self.table.rows[index].health
            placement.candidates.append(
                Candidate(
                    datacenterID: self.datacenters[index].id, rank: rank, health: health,
                    totalCores: self.table.rows[index].totalCores,
                    availableCores: self.datacenters[index].figures.availableCores,
                    reservedCores: self.datacenters[index].reservedCores, waitSeconds: self.scratch.ranked[rank].wait,
                    rttMilliseconds: self.datacenters[index].roundTripMilliseconds,
                    ageSeconds: self.datacenters[index].age(now: now),
                    why: self.scratch.has(.preferred, index)
                        ? .preferred : health == .healthy ? .availableCores : .expectedWait))
        }
    }

    // MARK: - Spillover

    /// Asks for spillover of the slot's primary. Answers where the slot goes, and the wait there.
    private mutating func spillover(
        from home: PlacementScratch.Ranked, _ request: PlacementRequest, now: UnixSeconds,
        into placement: inout Placement
    ) -> (datacenter: Int, wait: Seconds) {
        let row = self.table.rows[home.datacenter]
        let primary = SpilloverEvaluator.Primary(
            isStale: self.datacenters[home.datacenter].age(now: now) > self.settings.staleness,
            canServe: row.canServe(request.requiredCores), health: row.health, wait: home.wait,
            rttMilliseconds: row.roundTrip.isNaN ? nil : row.roundTrip)
        var verdict = SpilloverVerdict(
            shouldSpillover: false, reason: .noSpilloverWithCapacity, primaryDC: self.datacenters[home.datacenter].id,
            primaryWaitSeconds: home.wait, spilloverWaitSeconds: 0, latencyPenaltyMilliseconds: 0)
        if let reason = SpilloverEvaluator.reasonToStay(
            primary, isPanicking: self.isPanicking, self.placementSettings)
        {
            verdict.reason = reason
            placement.reason = reason
            placement.spillover = verdict
            return (home.datacenter, home.wait)
        }
        var evaluator = SpilloverEvaluator(primary, self.placementSettings)
        // Nearest first: without future capacity the first that fits is the best, and none behind the limit is any good.
        for place in self.table.nearest.indices {
            let index = self.table.nearest[place]
            let candidate = self.table.rows[index]
            if candidate.roundTrip - row.roundTrip > self.placementSettings.maxLatencyPenaltyMilliseconds { break }
            guard candidate.isUsable, candidate.health <= row.health, index != home.datacenter,
                !self.scratch.has(.excluded, index), !self.scratch.has(.primary, index),
                !self.scratch.has(.taken, index)
            else { continue }
            let canServe = candidate.canServe(request.requiredCores)
            guard canServe || self.placementSettings.considersFutureCapacity else { continue }
            evaluator.consider(
                .init(
                    canServe: canServe, health: candidate.health,
                    wait: canServe ? 0 : self.wait(of: index, request, now: now), rttMilliseconds: candidate.roundTrip),
                index: index, place: self.table.places[index])
            if !self.placementSettings.considersFutureCapacity { break }
        }
        let answer = evaluator.answer
        verdict.reason = answer.reason
        placement.reason = answer.reason
        if let index = answer.index {
            // One that isn't worth it is named too, with the figures that say so.
            verdict.shouldSpillover = answer.shouldSpillover
            verdict.spilloverDC = self.datacenters[index].id
            verdict.spilloverWaitSeconds = answer.wait
            verdict.latencyPenaltyMilliseconds = answer.penaltyMilliseconds
        }
        placement.spillover = verdict
        guard answer.shouldSpillover, let index = answer.index else { return (home.datacenter, home.wait) }
        return (index, answer.wait)
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
