import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct FleetFileTests {
    static func decode(_ text: String) throws(Refusal) -> [FleetEntry] {
        let bytes = Array(text.utf8)
        return try FleetFile.decode(bytes.raw)
    }

    static let capacity =
        #"{"datacenter_id":"dc-a","total_cores":64,"available_cores":12,"pending_workflow_count":3,"pending_duration_seconds":180.0,"active_remaining_seconds":1234.5,"health_bucket":"BUSY","last_updated":1795229700.25,"cores_freeing_schedule":[[1,4]],"worker_count":8,"healthy_worker_count":7,"manager_count":3,"alive_manager_count":2}"#

    @Test func `An array, lines and a single entry read alike`() throws {
        var capacity = DatacenterCapacity(datacenterID: "dc-a", totalCores: 64, availableCores: 12)
        capacity.pendingWorkflowCount = 3
        capacity.pendingDurationSeconds = 180
        capacity.activeRemainingSeconds = 1234.5
        capacity.health = .busy
        capacity.lastUpdated = 1_795_229_700.25
        capacity.freeingSchedule = [CoresFreeing(offsetSeconds: 1, cores: 4)]
        capacity.workerCount = 8
        capacity.healthyWorkerCount = 7
        capacity.managerCount = 3
        capacity.aliveManagerCount = 2
        let heartbeat = FleetEntry.heartbeat(HeartbeatTests.exampleHeartbeat, promisedBeyondBusyCores: 0)
        let both = try Self.decode(" \n[\(Self.capacity),\n\(HeartbeatTests.example)]\n")
        #expect(both.count == 2)
        #expect(both[1] == heartbeat)
        guard case .capacity(let read) = both[0] else { throw Unexpected() }
        #expect(read.capacity == capacity)
        #expect(read.givenHealth == .busy)
        #expect(read.lastUpdated == 1_795_229_700.25)
        let lines = Self.capacity + "\r\n\n" + HeartbeatTests.example.replacing("\n", with: " ") + "\n"
        #expect(try Self.decode(lines) == both)
        #expect(try Self.decode(HeartbeatTests.example) == [heartbeat])
        #expect(try Self.decode("") == [])
        #expect(try Self.decode("[]") == [])
    }

    @Test func `What a capacity leaves out doesn't make it unhealthy`() throws {
        let text = #"{"datacenter_id":"dc-a","total_cores":64,"available_cores":12}"#
        guard case .capacity(let read) = try Self.decode(text)[0] else { throw Unexpected() }
        #expect(read.givenHealth == nil)
        #expect(read.lastUpdated == nil)
        #expect(read.capacity.workerCount == 1 && read.capacity.healthyWorkerCount == 1)
        #expect(read.capacity.managerCount == 1 && read.capacity.aliveManagerCount == 1)
    }

    @Test(
        arguments: [
            ("[\(capacity),{\"datacenter_id\":\"dc-b\",\"total_cores\":1}]", "entry 2", "available_cores"),
            (
                "\(capacity)\n{\"datacenter_id\":\"dc.b\",\"total_cores\":1,\"available_cores\":1}", "entry 2",
                "datacenter_id"
            ),
            (capacity.replacing("BUSY", with: "ok"), "entry 1", "health_bucket"),
            ("[\(capacity.replacing("12", with: "65"))]", "entry 1", "available_cores"),
            ("[1]", "entry 1", nil), ("\(capacity)\n{\"a\":", "entry 2", nil), ("\(capacity)\n[]", "entry 2", nil),
        ] as [(String, String, String?)])
    func `What is wrong is named by entry and field`(text: String, entry: String, field: String?) {
        let refusal = #expect(throws: Refusal.self) { try Self.decode(text) }
        #expect(refusal?.message.hasPrefix(entry) == true)
        #expect(refusal?.field == field)
    }

    @Test(arguments: ["x", "[", "[1", "1"])
    func `What is no JSON is refused`(text: String) {
        #expect(throws: Refusal.self) { try Self.decode(text) }
    }
}
