import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct DispatchTests {
    static var example: TaskDispatch {
        TaskDispatch(
            task: TaskID(jobID: "job-000001", slot: 0, workflowID: "w1"), attempt: 1,
            leaseToken: CauseID(partition: 5, offset: 1027, ordinal: 1), leaseSeconds: 90,
            leaseUntil: 1_795_229_790.75, routingKey: "job-000001", datacenterID: "dc-a", runtime: "shell",
            workflow: Workflow(cores: 4, payload: Array(#"{"any": "json"}"#.utf8)), priority: .normal,
            tenant: "team-a", reason: .primaryHasCapacity)
    }

    static let exampleText =
        #"{"type":"task.dispatched","task_id":"job-000001/0/w1","job_id":"job-000001","workflow_id":"w1","slot":0,"attempt":1,"lease_token":"5.1027.1","lease_seconds":90.0,"lease_until":1795229790.75,"routing_key":"job-000001","datacenter":"dc-a","runtime":"shell","cores":4,"duration_seconds":60.0,"timeout_seconds":30.0,"idempotency_key":"job-000001/0/w1","priority":"normal","tenant":"team-a","payload":{"any": "json"},"reason":"primary_has_capacity"}"#

    static func decode(_ text: String) throws -> DispatchRecord {
        var decoder = DispatchDecoder()
        let bytes = Array(text.utf8)
        return try decoder.decode(value: bytes.raw)
    }

    @Test func `The contract's example is written as it stands there, without the spaces`() {
        #expect(written { $0.encode(Self.example) } == Self.exampleText)
    }

    @Test func `A dispatch comes back from what the writer wrote`() throws {
        #expect(try Self.decode(Self.exampleText) == .dispatch(Self.example))
        var other = Self.example
        other.tenant = nil
        other.workflow.payload = nil
        other.priority = .backfill
        other.reason = .leaseExpired
        other.task.jobID = "a \"b\"/\\"
        #expect(try Self.decode(written { $0.encode(other) }) == .dispatch(other))
    }

    @Test func `A cancellation names the attempt and its token`() throws {
        let text = written {
            $0.encodeCancellation(
                of: Self.example.task, attempt: 2, leaseToken: Self.example.leaseToken, reason: "deadline")
        }
        #expect(
            text
                == #"{"type":"task.cancelled","task_id":"job-000001/0/w1","attempt":2,"lease_token":"5.1027.1","reason":"deadline"}"#
        )
        #expect(
            try Self.decode(text)
                == .cancelled(
                    CancellationRecord(
                        taskID: "job-000001/0/w1", attempt: 2, leaseToken: "5.1027.1", reason: "deadline")))
    }

    @Test func `The header ce_id names the attempt`() {
        #expect(written { $0.write(attempt: 3, of: Self.example.task) } == "job-000001/0/w1/3")
        #expect(written { $0.write(cancellationOf: 3, of: Self.example.task) } == "job-000001/0/w1/3/cancelled")
    }

    @Test func `A reason that a newer router gives doesn't keep a task from running`() throws {
        let text = Self.exampleText.replacing("primary_has_capacity", with: "something_new")
        guard case .dispatch(let dispatch) = try Self.decode(text) else { throw Unexpected() }
        #expect(dispatch.reason == .selected)
    }

    @Test(arguments: ["5.1027", "5.1027.1.2", "5.1027.x", "-5.1027.1", "5.01027.1", "+5.1.1", "5..1"])
    func `A token that no router gives is refused`(token: String) {
        #expect(throws: Refusal.self) { try Self.decode(Self.exampleText.replacing("5.1027.1", with: token)) }
    }

    @Test func `What is neither dispatch nor cancellation is refused`() {
        #expect(throws: Refusal.self) { try Self.decode(#"{"type":"task.accepted"}"#) }
        #expect(throws: Refusal.self) { try Self.decode("{}") }
    }
}
