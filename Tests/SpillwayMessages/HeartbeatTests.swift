import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct HeartbeatTests {
    static let example = #"""
        {"manager_id": "m1", "datacenter_id": "dc-a", "incarnation": 1795229653, "sequence": 42, "timestamp": 1795229700.25,
         "is_leader": true, "term": 3, "state": "active", "worker_count": 8, "healthy_worker_count": 8, "total_cores": 64, "available_cores": 12,
         "pending_workflow_count": 3, "pending_duration_seconds": 180.0, "active_remaining_seconds": 1234.5, "estimated_cores_free_at": 12.5,
         "estimated_cores_freeing": 4, "cores_freeing_schedule": [[12.5, 4], [30, 8]], "runtimes": [{"name": "shell", "healthy": true}], "queue_depth": 3}
        """#

    static var exampleHeartbeat: ManagerHeartbeat {
        var heartbeat = ManagerHeartbeat(
            managerID: "m1", datacenterID: "dc-a", workerCount: 8, healthyWorkerCount: 8, totalCores: 64,
            availableCores: 12)
        heartbeat.incarnation = 1_795_229_653
        heartbeat.sequence = 42
        heartbeat.timestamp = 1_795_229_700.25
        heartbeat.isLeader = true
        heartbeat.term = 3
        heartbeat.pendingWorkflowCount = 3
        heartbeat.pendingDurationSeconds = 180
        heartbeat.activeRemainingSeconds = 1234.5
        heartbeat.estimatedCoresFreeAt = 12.5
        heartbeat.estimatedCoresFreeing = 4
        heartbeat.freeingSchedule = [
            CoresFreeing(offsetSeconds: 12.5, cores: 4), CoresFreeing(offsetSeconds: 30, cores: 8),
        ]
        heartbeat.runtimes = [RuntimeReport(name: "shell")]
        heartbeat.queueDepth = 3
        return heartbeat
    }

    @Test func `The contract's example reads as what it says`() throws {
        #expect(
            try heartbeat(Self.example, key: "elsewhere/x")
                == .heartbeat(Self.exampleHeartbeat, promisedBeyondBusyCores: 0))
    }

    @Test func `The example is written as the contract has it, without the spaces`() {
        let expected =
            #"{"manager_id":"m1","datacenter_id":"dc-a","incarnation":1795229653,"sequence":42,"timestamp":1795229700.25,"is_leader":true,"term":3,"state":"active","worker_count":8,"healthy_worker_count":8,"total_cores":64,"available_cores":12,"pending_workflow_count":3,"pending_duration_seconds":180.0,"active_remaining_seconds":1234.5,"estimated_cores_free_at":12.5,"estimated_cores_freeing":4,"cores_freeing_schedule":[[12.5,4],[30.0,8]],"runtimes":[{"name":"shell","healthy":true}],"queue_depth":3}"#
        #expect(written { $0.encode(Self.exampleHeartbeat) } == expected)
        #expect(written { $0.write(heartbeatKeyOf: "m1", in: "dc-a") } == "dc-a/m1")
    }

    @Test func `What is needed is enough, and the rest has its default`() throws {
        let expected = ManagerHeartbeat(
            managerID: "m1", datacenterID: "dc-a", workerCount: 8, healthyWorkerCount: 7, totalCores: 64,
            availableCores: 12)
        #expect(try heartbeat(beat()) == .heartbeat(expected, promisedBeyondBusyCores: 0))
        #expect(try heartbeat(written { $0.encode(expected) }) == .heartbeat(expected, promisedBeyondBusyCores: 0))
    }

    @Test(arguments: ["draining", "stopping", "active"])
    func `A manager that takes nothing new says so`(state: String) throws {
        guard case .heartbeat(let heartbeat, _) = try heartbeat(beat(#""state":"\#(state)""#)) else {
            throw Unexpected()
        }
        #expect(heartbeat.state.rawValue == state)
    }

    @Test func `Cores that a schedule promises beyond the busy ones are left out and counted`() throws {
        let text = beat(#""cores_freeing_schedule":[[1,50],[2,3],[3,4]]"#)
        guard case .heartbeat(let heartbeat, let beyond) = try heartbeat(text) else { throw Unexpected() }
        #expect(beyond == 5)
        #expect(
            heartbeat.freeingSchedule == [
                CoresFreeing(offsetSeconds: 1, cores: 50), CoresFreeing(offsetSeconds: 2, cores: 2),
            ])
    }

    @Test func `A null takes out the manager that its key names`() throws {
        #expect(try heartbeat(nil, key: "dc-a/m1") == .tombstone(datacenterID: "dc-a", managerID: "m1"))
        #expect(try heartbeat(nil, key: "dc-a/m/1 é") == .tombstone(datacenterID: "dc-a", managerID: "m/1 é"))
    }

    @Test(arguments: [nil, "", "dc-a", "/m1", "dc-a/", "dc.a/m1", "dc-a/\u{7}"])
    func `A null whose key names no manager is bad_name`(key: String?) {
        #expect(heartbeatRefusal(nil, key: key)?.reason == .badName)
    }

    @Test(arguments: [
        (RefusalReason.empty, ""), (.notJSON, "{"), (.notAnObject, "[]"),
        (.missingField, #"{"datacenter_id":"a"}"#),
        (.missingField, beat().replacing(#""manager_id":"m1","#, with: "")),
        (.missingField, beat().replacing(#""datacenter_id":"dc-a","#, with: "")),
        (.missingField, beat().replacing(#""worker_count":8,"#, with: "")),
        (.missingField, beat().replacing(#""healthy_worker_count":7,"#, with: "")),
        (.missingField, beat().replacing(#""total_cores":64,"#, with: "")),
        (.missingField, beat().replacing(#""available_cores":12,"#, with: "")),
        (.wrongType, beat(#""incarnation":1.5"#)), (.wrongType, beat(#""is_leader":1"#)),
        (.wrongType, beat(#""state":1"#)), (.wrongType, beat(#""cores_freeing_schedule":{}"#)),
        (.wrongType, beat(#""cores_freeing_schedule":[1]"#)), (.wrongType, beat(#""cores_freeing_schedule":[[1]]"#)),
        (.wrongType, beat(#""cores_freeing_schedule":[[1,2,3]]"#)),
        (.wrongType, beat(#""cores_freeing_schedule":[[1,2.5]]"#)),
        (.wrongType, beat(#""cores_freeing_schedule":[["1",2]]"#)), (.wrongType, beat(#""runtimes":["shell"]"#)),
        (.wrongType, beat(#""runtimes":{}"#)), (.wrongType, beat(#""queue_depth":"3""#)),
        (.missingField, beat(#""runtimes":[{"healthy":true}]"#)),
        (.wrongType, beat(#""runtimes":[{"name":"a","healthy":"yes"}]"#)),
        (.outOfRange, beat(#""runtimes":[]"#)), (.outOfRange, beat(#""state":"idle""#)),
        (.outOfRange, beat(#""cores_freeing_schedule":[[2,1],[1,1]]"#)),
        (.outOfRange, beat(#""cores_freeing_schedule":[[-1,1]]"#)),
        (.outOfRange, beat(#""cores_freeing_schedule":[[1e999,1]]"#)),
        (.outOfRange, beat(#""cores_freeing_schedule":[[1,-1]]"#)),
        (.outOfRange, beat(#""pending_duration_seconds":-1"#)), (.outOfRange, beat(#""pending_workflow_count":-1"#)),
        (.outOfRange, beat(#""term":9223372036854775808"#)), (.outOfRange, beat(#""timestamp":1e999"#)),
        (.outOfRange, beat().replacing(#""available_cores":12"#, with: #""available_cores":65"#)),
        (.outOfRange, beat().replacing(#""worker_count":8"#, with: #""worker_count":-1"#)),
        (.badName, beat().replacing("dc-a", with: "dc.a")), (.badName, beat().replacing("m1", with: "")),
        (.badName, beat(#""runtimes":[{"name":"a.b"}]"#)),
    ])
    func `What breaks the rules is refused with the table's word`(reason: RefusalReason, text: String) {
        #expect(heartbeatRefusal(text)?.reason == reason)
    }
}
