import SpillwayCore
import Testing

/// `wait_time.json`: the manager's estimate and the formula without a schedule. `duration` belongs to SpillwayMessages.
@Suite struct WaitVectorTests {
    struct ManagerCase: Decodable {
        let id: String
        let kind: String
        let now: Double?
        let total_cores: Int?
        let cores_needed: Int?
        let active_dispatches: [Dispatch]?
        let expected: Expected
    }

    struct Dispatch: Decodable {
        let cores_allocated: Int
        let dispatched_at: Double
        let duration_seconds: Number
        let timeout_seconds: Number
    }

    struct Expected: Decodable {
        let wait_seconds: Number?
        let available_cores: Int?
        let completions: [[Number]]?
        let active_remaining_sum: Number?
        let remaining_seconds: [Number]?
        let expected_completion: [Number]?
    }

    struct DatacenterCase: Decodable {
        let id: String
        let kind: String
        let total_cores: Int?
        let available_cores: Int?
        let active_remaining_seconds: Number?
        let pending_workflow_count: Int?
        let pending_duration_seconds: Number?
        let cores_required: Int?
        let expected: DatacenterExpected
    }

    struct DatacenterExpected: Decodable { let wait_seconds: Number? }

    @Test func `Every manager's estimate of the wait file is met to the last bit`() throws {
        for vector in try vectorCases(in: "wait_time", ManagerCase.self) where vector.kind == "manager_estimate" {
            let now = try #require(vector.now)
            let estimate = ManagerEstimate(
                totalCores: try #require(vector.total_cores),
                active: try #require(vector.active_dispatches).map {
                    ActiveDispatch(
                        cores: $0.cores_allocated, dispatchedAt: $0.dispatched_at,
                        durationSeconds: $0.duration_seconds.value, timeoutSeconds: $0.timeout_seconds.value)
                })
            let wait = estimate.wait(for: try #require(vector.cores_needed), now: now)
            #expect(wait == vector.expected.wait_seconds?.value, "\(vector.id)")
            #expect(estimate.availableCores == vector.expected.available_cores, "\(vector.id)")
            #expect(
                estimate.activeRemainingSeconds(now: now) == vector.expected.active_remaining_sum?.value, "\(vector.id)"
            )
            #expect(
                estimate.active.map { $0.remainingSeconds(now: now) }
                    == vector.expected.remaining_seconds?.map(\.value), "\(vector.id)")
            #expect(
                estimate.active.map(\.expectedCompletion) == vector.expected.expected_completion?.map(\.value),
                "\(vector.id)")
        }
    }

    @Test func `Every datacenter's estimate of the wait file is met to the last bit`() throws {
        for vector in try vectorCases(in: "wait_time", DatacenterCase.self) where vector.kind == "datacenter_estimate" {
            let total = try #require(vector.total_cores)
            var settings = FleetSettings()
            settings.isSnapshot = true
            var fleet = Fleet(settings, PlacementSettings())
            var capacity = DatacenterCapacity(
                datacenterID: "dc", totalCores: total, availableCores: try #require(vector.available_cores))
            capacity.pendingWorkflowCount = try #require(vector.pending_workflow_count)
            capacity.pendingDurationSeconds = try #require(vector.pending_duration_seconds?.value)
            capacity.activeRemainingSeconds = try #require(vector.active_remaining_seconds?.value)
            capacity.lastUpdated = 1000
            fleet.apply(capacity, isHealthGiven: true, now: 1000)
            // Section 5 asks for at most all the cores that a datacenter has.
            let cores = try #require(vector.cores_required)
            let wait = fleet.wait(for: total > 0 ? min(cores, total) : cores, in: "dc", now: 1000)
            #expect(wait == vector.expected.wait_seconds?.value, "\(vector.id)")
        }
    }
}
