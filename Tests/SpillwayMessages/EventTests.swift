import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct EventTests {
    static let taskHead =
        #""task_id": "job-000001/0/w1", "attempt": 1, "lease_token": "5.1027.1", "routing_key": "job-000001", "datacenter": "dc-a", "manager_id": "m1", "timestamp": 1795229700.5"#

    static func outcome(_ kind: TaskOutcome.Kind) -> Event {
        var outcome = TaskOutcome(
            taskID: "job-000001/0/w1", attempt: 1, leaseToken: "5.1027.1", routingKey: "job-000001", kind: kind)
        outcome.datacenterID = "dc-a"
        outcome.managerID = "m1"
        return .taskOutcome(outcome)
    }

    static let examples: [(String, Event)] = [
        (
            #"{"type": "job.cancelled", "job_id": "job-000001", "reason": "asked by the user"}"#,
            .jobCancelled(jobID: "job-000001", reason: "asked by the user")
        ),
        (#"{"type": "task.accepted",  \#(taskHead)}"#, outcome(.accepted(started: true))),
        (#"{"type": "task.accepted",  \#(taskHead), "started": false}"#, outcome(.accepted(started: false))),
        (#"{"type": "task.rejected", \#(taskHead), "reason": "no_capacity"}"#, outcome(.rejected(.noCapacity))),
        (#"{"type": "task.rejected", \#(taskHead), "reason": "unknown_runtime"}"#, outcome(.rejected(.unknownRuntime))),
        (#"{"type": "task.rejected", \#(taskHead), "reason": "duplicate"}"#, outcome(.rejected(.duplicate))),
        (#"{"type": "task.rejected", \#(taskHead), "reason": "draining"}"#, outcome(.rejected(.noCapacity))),
        (#"{"type": "task.rejected", \#(taskHead), "reason": "expired"}"#, outcome(.rejected(.noCapacity))),
        (#"{"type": "task.rejected", \#(taskHead), "reason": "any other \n text"}"#, outcome(.rejected(.noCapacity))),
        (#"{"type": "task.rejected", \#(taskHead)}"#, outcome(.rejected(.noCapacity))),
        (#"{"type": "task.heartbeat", \#(taskHead), "progress": 0.5}"#, outcome(.heartbeat(progress: 0.5))),
        (#"{"type": "task.heartbeat", \#(taskHead)}"#, outcome(.heartbeat(progress: nil))),
        (
            #"{"type": "task.completed", \#(taskHead), "result": {"any": "json"}}"#,
            outcome(.completed(result: Array(#"{"any": "json"}"#.utf8)))
        ),
        (#"{"type": "task.completed", \#(taskHead), "result": null}"#, outcome(.completed(result: nil))),
        (#"{"type": "task.completed", \#(taskHead), "result": "x"}"#, outcome(.completed(result: Array(#""x""#.utf8)))),
        (
            #"{"type": "task.failed", \#(taskHead), "error": {"class": "exit", "message": "exit status 2", "retryable": true}}"#,
            outcome(.failed(TaskError(errorClass: "exit", message: "exit status 2", isRetryable: true)))
        ),
        (
            #"{"type": "task.failed", \#(taskHead), "error": {"retryable": false, "exit_status": 2}}"#,
            outcome(.failed(TaskError(isRetryable: false)))
        ),
        (#"{"type": "task.failed", \#(taskHead)}"#, outcome(.failed(TaskError()))),
        (
            #"{"dataset_uuid": "u", "dataset_version": "v", "cursor": 12345}"#,
            .datasetUpdated(DatasetUpdate(datasetUUID: "u", datasetVersion: "v", extent: .cursor(12345)))
        ),
        (
            #"{"dataset_uuid": "u", "dataset_version": "v", "cursor": 9223372036854775807}"#,
            .datasetUpdated(DatasetUpdate(datasetUUID: "u", datasetVersion: "v", extent: .cursor(.max)))
        ),
        (
            #"{"dataset_uuid": "u", "dataset_version": "v", "cursor": -9223372036854775808}"#,
            .datasetUpdated(DatasetUpdate(datasetUUID: "u", datasetVersion: "v", extent: .cursor(.min)))
        ),
        (
            #"{"dataset_uuid": "u", "dataset_version": "v", "partition_key": "1000000-1010000", "start": 1000000, "end": 1010000}"#,
            .datasetUpdated(
                DatasetUpdate(
                    datasetUUID: "u", datasetVersion: "v",
                    extent: .partition(key: "1000000-1010000", start: 1_000_000, end: 1_010_000)))
        ),
        (
            #"{"type": "dataset.version.set", "dataset_uuid": "u", "dataset_version": "v"}"#,
            .datasetVersionSet(datasetUUID: "u", datasetVersion: "v")
        ),
        (
            #"{"type": "source.heartbeat", "job_definition": "ticks", "generation": 2}"#,
            .sourceHeartbeat(jobDefinition: "ticks", generation: 2)
        ),
        (#"{"type": "task.requested", "job_definition": "ticks"}"#, .taskRequested(jobDefinition: "ticks")),
        (
            #"{"type": "datacenter.drain", "datacenter": "dc-a", "reason": "maintenance"}"#,
            .datacenterDrain(datacenterID: "dc-a", reason: "maintenance")
        ),
        (#"{"type": "datacenter.undrain", "datacenter": "dc-a"}"#, .datacenterUndrain(datacenterID: "dc-a")),
    ]

    @Test(arguments: examples)
    func `The contract's examples read as what they say`(text: String, expected: Event) throws {
        #expect(try event(text) == expected)
        #expect(try event(text, header: expected.type.rawValue) == expected)
    }

    @Test(arguments: examples.map { $0.1 })
    func `Every event comes back from what the writer wrote`(expected: Event) throws {
        #expect(try event(written { $0.encode(expected) }) == expected)
    }

    @Test func `An outcome carries its sender's time`() {
        let outcome = TaskOutcome(
            taskID: "j/0/w1", attempt: 2, leaseToken: "1.2.3", routingKey: "j", kind: .accepted(started: false))
        #expect(
            written { $0.encode(outcome, timestamp: 1_795_229_700.5) }
                == #"{"type":"task.accepted","task_id":"j/0/w1","attempt":2,"lease_token":"1.2.3","routing_key":"j","timestamp":1795229700.5,"started":false}"#
        )
    }

    @Test func `The longest name that a dispatch can have comes back in its outcome`() {
        let longest = String(repeating: "a", count: 256) + "/63/" + String(repeating: "b", count: 256)
        let text = EventTests.taskHead.replacing("job-000001/0/w1", with: longest)
        #expect(refusal(#"{"type":"task.accepted",\#(text)}"#) == nil)
    }

    @Test func `A decoder keeps nothing from one record to the next`() throws {
        var decoder = EventDecoder()
        let good = Array(#"{"type":"job.cancelled","job_id":"j"}"#.utf8)
        let bad = Array(#"{"type":"job.cancelled","\u006aob_id":"","x":{"reason":[{"#.utf8)
        let other = Array(#"{"type":"job.cancelled","job_id":"k","reason":"r"}"#.utf8)
        for _ in 0..<3 {
            #expect(throws: Refusal.self) { try decoder.decode(value: bad.raw, typeHeader: nil) }
            let first = try decoder.decode(value: good.raw, typeHeader: nil)
            let second = try decoder.decode(value: other.raw, typeHeader: nil)
            #expect(first == .jobCancelled(jobID: "j", reason: nil))
            #expect(second == .jobCancelled(jobID: "k", reason: "r"))
        }
    }
}
