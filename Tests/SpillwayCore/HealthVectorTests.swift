import SpillwayCore
import Testing

/// `health.json`: the answer is `expected_ad16_text`.
@Suite struct HealthVectorTests {
    struct Case: Decodable {
        let id: String
        let now: Double
        let heartbeat_timeout: Double
        let configured_managers: Int?
        let managers: [Manager]
        let expected_ad16_text: String
    }

    struct Manager: Decodable {
        let last_seen: Double
        let is_alive: Bool
        let heartbeat: Heartbeat
    }

    struct Heartbeat: Decodable {
        let worker_count: Int
        let healthy_worker_count: Int
        let available_cores: Int
        let total_cores: Int
    }

    @Test func `Every case of the health file has the documented answer`() throws {
        for vector in try vectorCases(in: "health", Case.self) {
            var settings = FleetSettings()
            settings.isSnapshot = true
            settings.staleness = vector.heartbeat_timeout
            settings.datacenters = [ConfiguredDatacenter(name: "dc", managers: vector.configured_managers)]
            var fleet = Fleet(settings, PlacementSettings())
            for (index, manager) in vector.managers.enumerated() {
                var heartbeat = ManagerHeartbeat(
                    managerID: "m\(index)", datacenterID: "dc", workerCount: manager.heartbeat.worker_count,
                    healthyWorkerCount: manager.heartbeat.healthy_worker_count,
                    totalCores: manager.heartbeat.total_cores, availableCores: manager.heartbeat.available_cores)
                heartbeat.sequence = 1
                // `is_alive: false` stands for a heartbeat older than the threshold (vectors/README.md).
                let stamp = manager.is_alive ? manager.last_seen : vector.now - vector.heartbeat_timeout - 1
                _ = fleet.apply(heartbeat, recordTimestamp: stamp, offset: 0, now: vector.now)
            }
            let health = fleet.capacity(of: "dc", now: vector.now)?.health
            #expect(health?.word == vector.expected_ad16_text, "\(vector.id)")
        }
    }
}
