import SpillwayCore

/// The list of candidates and the choice, worked out from scratch from what the fleet says of its datacenters.
struct PlacementOracle {
    struct Datacenter {
        var id: String
        var exclusion: ExclusionReason?
        var status: DatacenterStatus
        var wait: Double
        var canServe: Bool
    }

    var candidates: [Datacenter] = []
    var counts = Array(repeating: 0, count: ExclusionReason.allCases.count)
    var excluded: [Exclusion] = []

    init(_ fleet: inout Fleet, _ request: PlacementRequest, now: Double) {
        for status in fleet.statuses(now: now) {
            let capacity = status.capacity
            let leaving = status.isDrained || (capacity.aliveManagerCount > 0 && status.activeManagers == 0)
            var exclusion: ExclusionReason?
            if status.isStale {
                exclusion = .stale
            } else if status.isLost {
                exclusion = .lost
            } else if leaving {
                exclusion = .draining
            } else if capacity.health == .unhealthy {
                exclusion = .unhealthy
            } else if capacity.totalCores < request.largestWorkflowCores {
                exclusion = .tooSmall
            }
            if let exclusion {
                self.counts[exclusion.rawValue] += 1
                self.excluded.append(Exclusion(datacenterID: capacity.datacenterID, why: exclusion))
                continue
            }
            let cores =
                capacity.totalCores > 0 ? min(request.requiredCores, capacity.totalCores) : request.requiredCores
            let hasQueue = capacity.pendingWorkflowCount > 0 || status.queuedReservations > 0
            self.candidates.append(
                Datacenter(
                    id: capacity.datacenterID, status: status,
                    wait: fleet.wait(for: cores, in: capacity.datacenterID, now: now),
                    canServe: capacity.availableCores - capacity.reservedCores >= request.requiredCores && !hasQueue))
        }
        func key(_ datacenter: Datacenter) -> (Int, Int, Double, String) {
            let capacity = datacenter.status.capacity
            let room = Double(capacity.reservedCores - capacity.availableCores)
            return (
                capacity.health.rawValue, request.preferred.firstIndex(of: datacenter.id) ?? .max,
                request.preferred.contains(datacenter.id) ? 0 : capacity.health == .healthy ? room : datacenter.wait,
                datacenter.id
            )
        }
        self.candidates.sort { key($0) < key($1) }
    }
}
