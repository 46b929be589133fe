import SpillwayCore

extension FleetOracle {
    struct Place: Equatable {
        var id: String
        var health: Health
        var wait: Double
        var hasRoom: Bool
        var isPreferred: Bool
        var room: Int
        var runtime: String
    }

    struct Answer {
        var places: [Place] = []
        var excluded: [Exclusion] = []
        var action = DecisionAction.hold
        var reason = DecisionReason.selected
        var chosen: String?
        var spillover: SpilloverVerdict?
    }

    /// Where a slot goes, as the design's section 5 words it.
    func place(_ request: PlacementRequest, _ placement: PlacementSettings) -> Answer {
        // Names that nobody knows are skipped.
        let known = self.knownRuntimes(placement)
        let order = (request.runtimes ?? placement.taskTypes[request.taskType] ?? placement.runtimeOrder)
            .filter(known.contains)
        var answer = Answer()
        for id in self.datacenters.keys.sorted() {
            guard let datacenter = self.datacenters[id] else { continue }
            var runtime = ""
            if let why = self.exclusion(datacenter, request, order, runtime: &runtime) {
                answer.excluded.append(Exclusion(datacenterID: id, why: why))
            } else {
                answer.places.append(self.place(id, request, runtime))
            }
        }
        answer.places.sort { self.isBefore($0, $1, request.preferred) }
        guard let home = answer.places.first(where: { !request.takenDatacenters.contains($0.id) }) else {
            self.refuse(request, order, placement, &answer)
            return answer
        }
        answer.chosen = home.id
        if request.isFirstPlacement {
            let verdict = self.spillover(home, request, answer.places, placement)
            answer.spillover = verdict
            answer.reason = verdict.reason
            if let other = verdict.spilloverDC, verdict.shouldSpillover { answer.chosen = other }
        }
        let chosen = answer.places.first { $0.id == answer.chosen }
        answer.action = chosen?.hasRoom == true ? .dispatch : .queue
        return answer
    }

    private func exclusion(
        _ datacenter: Datacenter, _ request: PlacementRequest, _ order: [String], runtime: inout String
    ) -> ExclusionReason? {
        let fresh = self.fresh(datacenter.id)
        if self.isStale(datacenter) { return .stale }
        if self.isLost(datacenter) { return .lost }
        if datacenter.isDrained { return .draining }
        if !fresh.isEmpty, fresh.allSatisfy({ $0.newest.state != .active }) { return .draining }
        if self.health(datacenter) == .unhealthy { return .unhealthy }
        if self.sum(fresh, \.totalCores) < request.largestWorkflowCores { return .tooSmall }
        let runs = self.runtimes(datacenter.id)
        let run = order.filter { runs?.contains($0) ?? true }
        if run.isEmpty { return .noRuntime }
        let reachable = run.filter { !datacenter.missingTopics.contains($0) }
        if reachable.isEmpty { return .noTopic }
        let closed = reachable.filter { !datacenter.openCircuits.contains($0) }
        if closed.isEmpty { return .circuitOpen }
        let untried = closed.filter { name in
            !request.triedTargets.contains { $0.datacenterID == datacenter.id && $0.runtime == name }
        }
        guard let first = untried.first else { return .alreadyTried }
        runtime = first
        return nil
    }

    private func place(_ id: String, _ request: PlacementRequest, _ runtime: String) -> Place {
        let total = self.sum(self.fresh(id), \.totalCores)
        let room = self.sum(self.fresh(id), \.availableCores) - self.reserved(id)
        let cores = total > 0 ? min(request.requiredCores, total) : request.requiredCores
        return Place(
            id: id, health: self.datacenters[id].map(self.health) ?? .unhealthy, wait: self.wait(for: cores, in: id),
            hasRoom: room >= request.requiredCores && !self.hasQueue(id),
            isPreferred: request.preferred.contains(id), room: room, runtime: runtime)
    }

    private func isBefore(_ left: Place, _ right: Place, _ preferred: [String]) -> Bool {
        if left.health != right.health { return left.health < right.health }
        let (one, other) = (
            preferred.firstIndex(of: left.id) ?? .max, preferred.firstIndex(of: right.id) ?? .max
        )
        if one != other { return one < other }
        if left.health == .healthy, left.room != right.room { return left.room > right.room }
        if left.health != .healthy, left.wait != right.wait { return left.wait < right.wait }
        return left.id < right.id
    }

    private func spillover(
        _ home: Place, _ request: PlacementRequest, _ places: [Place], _ placement: PlacementSettings
    ) -> SpilloverVerdict {
        func stays(_ reason: DecisionReason) -> SpilloverVerdict {
            SpilloverVerdict(
                shouldSpillover: false, reason: reason, primaryDC: home.id, primaryWaitSeconds: home.wait)
        }
        if !placement.spilloverEnabled { return stays(.spilloverDisabled) }
        let newest = self.datacenters[home.id].flatMap(self.newest) ?? -.infinity
        if self.now - newest > self.settings.staleness { return stays(.capacityStale) }
        if home.hasRoom { return stays(.primaryHasCapacity) }
        if self.isPanicking { return stays(.capacityStale) }
        if home.wait <= placement.maxWaitSeconds { return stays(.primaryWaitAcceptable) }
        var best: (place: Place, penalty: Double, score: Double)?
        for place in places.dropFirst(request.datacenterCount).sorted(by: { $0.id < $1.id }) {
            guard place.id != home.id, !request.takenDatacenters.contains(place.id), place.health <= home.health,
                let here = self.roundTrip(home.id), let there = self.roundTrip(place.id)
            else { continue }
            let penalty = there - here
            guard penalty <= placement.maxLatencyPenaltyMilliseconds else { continue }
            guard place.hasRoom || placement.considersFutureCapacity else { continue }
            let score = placement.considersFutureCapacity ? place.wait + penalty / 1000 : penalty
            if score < best?.score ?? .infinity { best = (place, penalty, score) }
        }
        guard let best else { return stays(.noSpilloverWithCapacity) }
        let isWorthIt = !(best.place.wait > home.wait * placement.minImprovementRatio)
        return SpilloverVerdict(
            shouldSpillover: isWorthIt, reason: isWorthIt ? .spilloverImprovesWaitTime : .improvementInsufficient,
            primaryDC: home.id, spilloverDC: best.place.id, primaryWaitSeconds: home.wait,
            spilloverWaitSeconds: best.place.wait, latencyPenaltyMilliseconds: best.penalty)
    }

    private func refuse(
        _ request: PlacementRequest, _ order: [String], _ placement: PlacementSettings, _ answer: inout Answer
    ) {
        answer.action = .hold
        answer.reason = .noUsableDatacenter
        guard answer.places.isEmpty, request.isFirstPlacement, request.takenDatacenters.isEmpty else { return }
        let all = self.datacenters.values
        if !self.hasReadFresh {
            answer.reason = .initializing
            return
        }
        if let readyAt = self.readyAt, self.now - readyAt < self.settings.staleness,
            all.contains(where: { !$0.wasHeardFresh })
        {
            answer.reason = .initializing
            return
        }
        if order.isEmpty {
            answer.action = .fail
            answer.reason = .unknownRuntime
            return
        }
        // Only open circuits stand in the way: they close again.
        if answer.excluded.contains(where: { $0.why == .circuitOpen }) { return }
        answer.action = .fail
    }

    /// Runtimes that are configured or that a manager reports.
    private func knownRuntimes(_ placement: PlacementSettings) -> Set<String> {
        var known = Set(placement.runtimeOrder)
        for names in placement.taskTypes.values { known.formUnion(names) }
        for datacenter in self.datacenters.values {
            for manager in datacenter.managers.values {
                for report in manager.newest.runtimes ?? [] { known.insert(report.name) }
            }
        }
        return known
    }
}
