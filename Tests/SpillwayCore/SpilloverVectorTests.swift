import SpillwayCore
import Testing

/// `spillover.json`: the evaluator's reasons in order.
@Suite struct SpilloverVectorTests {
    struct Case: Decodable {
        let id: String
        let config: Config
        let now: Double
        let job_cores_required: Int
        let primary_capacity: Capacity
        let primary_rtt_ms: Double
        let fallback_capacities: [Fallback]
        let expected: Expected
    }

    struct Config: Decodable {
        let max_wait_seconds: Double
        let max_latency_penalty_ms: Double
        let min_improvement_ratio: Double
        let spillover_enabled: Bool
        let capacity_staleness_threshold_seconds: Double
    }

    struct Capacity: Decodable {
        let datacenter_id: String
        let total_cores: Int
        let available_cores: Int
        let pending_workflow_count: Int
        let pending_duration_seconds: Number
        let active_remaining_seconds: Number
        let health_bucket: String
        let last_updated: Double
    }

    struct Fallback: Decodable {
        let capacity: Capacity
        let rtt_ms: Double
    }

    struct Expected: Decodable {
        let should_spillover: Bool
        let reason: String
        let primary_dc: String
        let spillover_dc: String?
        let primary_wait_seconds: Number
        let spillover_wait_seconds: Number
        let latency_penalty_ms: Double
    }

    @Test func `Every case of the spillover file has its reason and its figures`() throws {
        for vector in try vectorCases(in: "spillover", Case.self) {
            let answer = try Self.evaluate(vector)
            #expect(answer.shouldSpillover == vector.expected.should_spillover, "\(vector.id)")
            #expect(answer.reason.rawValue == vector.expected.reason, "\(vector.id)")
            #expect(answer.spilloverDC == vector.expected.spillover_dc, "\(vector.id)")
            #expect(answer.primaryWaitSeconds == vector.expected.primary_wait_seconds.value, "\(vector.id)")
            #expect(answer.spilloverWaitSeconds == vector.expected.spillover_wait_seconds.value, "\(vector.id)")
            #expect(answer.latencyPenaltyMilliseconds == vector.expected.latency_penalty_ms, "\(vector.id)")
        }
    }

    static func evaluate(_ vector: Case) throws -> SpilloverVerdict {
        var placement = PlacementSettings()
        placement.spilloverEnabled = vector.config.spillover_enabled
        placement.maxWaitSeconds = vector.config.max_wait_seconds
        placement.maxLatencyPenaltyMilliseconds = vector.config.max_latency_penalty_ms
        placement.minImprovementRatio = vector.config.min_improvement_ratio
        var settings = FleetSettings()
        settings.isSnapshot = true
        var fleet = Fleet(settings, placement)
        let home = vector.primary_capacity
        for capacity in [home] + vector.fallback_capacities.map(\.capacity) {
            var snapshot = DatacenterCapacity(
                datacenterID: capacity.datacenter_id, totalCores: capacity.total_cores,
                availableCores: capacity.available_cores)
            snapshot.pendingWorkflowCount = capacity.pending_workflow_count
            snapshot.pendingDurationSeconds = capacity.pending_duration_seconds.value
            snapshot.activeRemainingSeconds = capacity.active_remaining_seconds.value
            snapshot.health = try #require(Health.allCases.first { $0.word == capacity.health_bucket })
            snapshot.lastUpdated = vector.now
            fleet.apply(snapshot, isHealthGiven: true, now: vector.now)
        }
        let cores = vector.job_cores_required
        func wait(_ capacity: Capacity) -> Double {
            let cut = capacity.total_cores > 0 ? min(cores, capacity.total_cores) : cores
            return fleet.wait(for: cut, in: capacity.datacenter_id, now: vector.now)
        }
        func canServe(_ capacity: Capacity) -> Bool {
            cores <= 0 || (capacity.available_cores >= cores && capacity.pending_workflow_count == 0)
        }
        let age = vector.now - home.last_updated
        let primary = SpilloverEvaluator.Primary(
            isStale: age > vector.config.capacity_staleness_threshold_seconds, canServe: canServe(home),
            health: try #require(Health.allCases.first { $0.word == home.health_bucket }), wait: wait(home),
            rttMilliseconds: vector.primary_rtt_ms)
        if let reason = SpilloverEvaluator.reasonToStay(primary, isPanicking: false, placement) {
            return SpilloverVerdict(
                shouldSpillover: false, reason: reason, primaryDC: home.datacenter_id,
                primaryWaitSeconds: primary.wait, spilloverWaitSeconds: 0, latencyPenaltyMilliseconds: 0)
        }
        var evaluator = SpilloverEvaluator(primary, placement)
        let order = vector.fallback_capacities.sorted { $0.capacity.datacenter_id < $1.capacity.datacenter_id }
        for (index, fallback) in order.enumerated() {
            evaluator.consider(
                .init(
                    canServe: canServe(fallback.capacity),
                    health: try #require(Health.allCases.first { $0.word == fallback.capacity.health_bucket }),
                    wait: wait(fallback.capacity), rttMilliseconds: fallback.rtt_ms), index: index, place: index)
        }
        let answer = evaluator.answer
        return SpilloverVerdict(
            shouldSpillover: answer.shouldSpillover, reason: answer.reason, primaryDC: home.datacenter_id,
            spilloverDC: answer.index.map { order[$0].capacity.datacenter_id }, primaryWaitSeconds: primary.wait,
            spilloverWaitSeconds: answer.wait, latencyPenaltyMilliseconds: answer.penaltyMilliseconds)
    }
}
