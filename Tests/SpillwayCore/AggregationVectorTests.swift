import SpillwayCore
import Testing

/// `aggregation.json`: heartbeats to a datacenter's figures.
@Suite struct AggregationVectorTests {
    struct Case: Decodable {
        let id: String
        let kind: String
        let now: Double?
        let last_updated: Double?
        let heartbeats: [Heartbeat]?
        let expected: Expected?
        let staleness_threshold_seconds: Double?
        let steps: [Step]?
        let steps_expected: [StepExpected]?

        enum Keys: String, CodingKey {
            case id, kind, now, last_updated, heartbeats, expected, staleness_threshold_seconds, steps
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            self.id = try container.decode(String.self, forKey: .id)
            self.kind = try container.decode(String.self, forKey: .kind)
            self.now = try container.decodeIfPresent(Double.self, forKey: .now)
            self.last_updated = try container.decodeIfPresent(Double.self, forKey: .last_updated)
            self.heartbeats = try container.decodeIfPresent([Heartbeat].self, forKey: .heartbeats)
            self.staleness_threshold_seconds = try container.decodeIfPresent(
                Double.self, forKey: .staleness_threshold_seconds)
            self.steps = try container.decodeIfPresent([Step].self, forKey: .steps)
            self.expected =
                self.kind == "aggregate" ? try container.decode(Expected.self, forKey: .expected) : nil
            self.steps_expected =
                self.kind == "aggregate" ? nil : try container.decode([StepExpected].self, forKey: .expected)
        }
    }

    struct Heartbeat: Decodable {
        let node_id: String
        let datacenter: String
        let total_cores: Int
        let available_cores: Int
        let pending_workflow_count: Int
        let pending_duration_seconds: Number
        let active_remaining_seconds: Number
    }

    struct Expected: Decodable {
        let total_cores: Int
        let available_cores: Int
        let pending_workflow_count: Int
        let pending_duration_seconds: Number
        let active_remaining_seconds: Number
        let utilization: Double
        let last_updated: Double
    }

    struct Step: Decodable {
        let at: Double
        let op: String
        let heartbeat: Heartbeat?
        let datacenter_id: String?
    }

    struct StepExpected: Decodable { let capacity: Expected? }

    @Test func `Every case of the aggregation file has its sums, to the last bit`() throws {
        for vector in try vectorCases(in: "aggregation", Case.self) where vector.kind == "aggregate" {
            let now = try #require(vector.now)
            // These cases name no threshold: every heartbeat counts.
            var fleet = Self.fleet(staleness: .infinity)
            for (index, heartbeat) in try #require(vector.heartbeats).enumerated() {
                Self.apply(heartbeat, index: index, at: vector.last_updated ?? now, now: now, to: &fleet)
            }
            Self.compare(fleet.capacity(of: "dc", now: now), try #require(vector.expected), vector.id)
        }
    }

    @Test func `Sequences of heartbeats and questions have their answers`() throws {
        for vector in try vectorCases(in: "aggregation", Case.self) where vector.kind == "aggregator_sequence" {
            var fleet = Self.fleet(staleness: try #require(vector.staleness_threshold_seconds))
            let answers = try #require(vector.steps_expected)
            for (index, step) in try #require(vector.steps).enumerated() {
                if let heartbeat = step.heartbeat {
                    Self.apply(heartbeat, index: nil, at: step.at, now: step.at, to: &fleet, offset: Int64(index))
                } else if let expected = answers[index].capacity {
                    fleet.advance(to: step.at)
                    Self.compare(fleet.capacity(of: "dc", now: step.at), expected, vector.id)
                }
            }
        }
    }

    static func fleet(staleness: Double) -> Fleet {
        var settings = FleetSettings()
        settings.isSnapshot = true
        settings.staleness = staleness
        return Fleet(settings, PlacementSettings())
    }

    static func apply(
        _ heartbeat: Heartbeat, index: Int?, at: Double, now: Double, to fleet: inout Fleet, offset: Int64 = 0
    ) {
        // Sums run in the order of manager ids: number them so that this is the order of the case.
        let id = index.map { "m\(1000 + $0)" } ?? heartbeat.node_id
        var message = ManagerHeartbeat(
            managerID: id, datacenterID: heartbeat.datacenter, workerCount: 1, healthyWorkerCount: 1,
            totalCores: heartbeat.total_cores, availableCores: heartbeat.available_cores)
        message.pendingWorkflowCount = heartbeat.pending_workflow_count
        message.pendingDurationSeconds = heartbeat.pending_duration_seconds.value
        message.activeRemainingSeconds = heartbeat.active_remaining_seconds.value
        _ = fleet.apply(message, recordTimestamp: at, offset: offset, now: now)
    }

    static func compare(_ capacity: DatacenterCapacity?, _ expected: Expected, _ id: String) {
        #expect(capacity?.totalCores == expected.total_cores, "\(id)")
        #expect(capacity?.availableCores == expected.available_cores, "\(id)")
        #expect(capacity?.pendingWorkflowCount == expected.pending_workflow_count, "\(id)")
        #expect(capacity?.pendingDurationSeconds == expected.pending_duration_seconds.value, "\(id)")
        #expect(capacity?.activeRemainingSeconds == expected.active_remaining_seconds.value, "\(id)")
        #expect(capacity?.utilization == expected.utilization, "\(id)")
        #expect(capacity?.lastUpdated == expected.last_updated, "\(id)")
    }
}
