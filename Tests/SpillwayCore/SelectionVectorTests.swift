import SpillwayCore
import Testing

/// `selection.json`: primary, fallback and worst health; the answer is `expected_ad17_text`.
@Suite struct SelectionVectorTests {
    struct Case: Decodable {
        let id: String
        let datacenters: [Datacenter]
        let configured_datacenter_count: Int
        let count: Int
        let preferred: [String]?
        let expected_ad17_text: Expected
    }

    struct Datacenter: Decodable {
        let dc_id: String
        let health: String
        let available_capacity: Int
    }

    struct Expected: Decodable {
        let primary_dcs: [String]
        let fallback_dcs: [String]
        let worst_health: String
    }

    @Test func `Every case of the selection file has the documented answer`() throws {
        for vector in try vectorCases(in: "selection", Case.self) {
            var settings = FleetSettings()
            settings.isSnapshot = true
            if vector.datacenters.isEmpty {
                settings.datacenters = (0..<vector.configured_datacenter_count).map { .init(name: "c\($0)") }
            }
            var limits = PlacementSettings()
            limits.candidateLimit = 100
            var fleet = Fleet(settings, limits)
            for (index, datacenter) in vector.datacenters.enumerated() {
                var capacity = DatacenterCapacity(
                    datacenterID: datacenter.dc_id, totalCores: 1000, availableCores: datacenter.available_capacity)
                capacity.health = try #require(Health.allCases.first { $0.word == datacenter.health })
                capacity.lastUpdated = 1000
                // "take it as the order of their waits" (vectors/README.md): longer ones behind.
                capacity.pendingWorkflowCount = 1
                capacity.pendingDurationSeconds = Double(100 + index)
                fleet.apply(capacity, isHealthGiven: true, now: 1000)
            }
            var request = PlacementRequest(requiredCores: 1, largestWorkflowCores: 1)
            request.datacenterCount = vector.count
            request.preferred = vector.preferred ?? []
            var placement = Placement()
            fleet.place(request, now: 1000, into: &placement)
            let word = placement.reason == .initializing ? "initializing" : placement.worstHealth.word
            #expect(placement.primary == vector.expected_ad17_text.primary_dcs, "\(vector.id)")
            #expect(placement.fallback == vector.expected_ad17_text.fallback_dcs, "\(vector.id)")
            #expect(word == vector.expected_ad17_text.worst_health, "\(vector.id)")
        }
    }
}
