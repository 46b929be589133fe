import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct StateTests {
    static func decode(key: String, value: String) throws(Refusal) -> StateRecord {
        var decoder = StateDecoder()
        let key = Array(key.utf8)
        let value = Array(value.utf8)
        return try decoder.decode(key: key.raw, value: value.raw)
    }

    static func task(_ phase: TaskRecord.Phase) -> TaskRecord {
        TaskRecord(
            slot: 3, workflowID: "w \"1\"/é", attempt: 7, tokenOrdinal: 12, datacenterID: "dc-a", runtime: "shell",
            isQueued: true, dispatchedAt: 1_795_229_700.751, leaseUntil: 1_795_229_790.123_456_7, phase: phase)
    }

    static let tasks: [TaskRecord] = [
        task(.dispatched), task(.over), task(.accepted(managerID: "m1", at: 1_795_229_701.5, isStarted: true)),
        task(.accepted(managerID: nil, at: 0.1 + 0.2, isStarted: false)),
    ]

    static var records: [StateRecord] {
        var submission = JobSubmission(
            jobID: "job/1 \"x\"",
            workflows: [
                Workflow(cores: 4, payload: Array(#"{ "any" : "json" }"#.utf8)),
                Workflow(workflowID: "w2", durationSeconds: 1.0 / 3, timeoutSeconds: 0),
            ])
        let input = InputPosition(partition: 5, offset: 1027, timestamp: 1_795_229_700.751)
        let plain = JobRecord(submission: submission, input: input, nextOrdinal: 2, held: [], tasks: [])
        submission.tenant = "t"
        submission.datacenters = ["dc-a", "dc-b"]
        submission.datacenterCount = 64
        submission.runtimes = ["shell"]
        submission.bestEffort = true
        submission.bestEffortMinDCs = 3
        submission.deadlineSeconds = 3600
        submission.priority = .backfill
        let full = JobRecord(
            submission: submission, input: input, nextOrdinal: 200,
            held: DecisionReason.allCases.enumerated().map { HeldSlot(slot: $0, reason: $1) }, tasks: self.tasks)
        return [.job(plain), .job(full), .ended(jobID: "job/1 \"x\"", at: 1_795_229_761.125)]
            + self.tasks.map { .task(jobID: "job/1 \"x\"", $0) }
    }

    @Test(arguments: records)
    func `Every record comes back from what the writer wrote`(record: StateRecord) throws {
        let key = written { $0.write(keyOf: record) }
        #expect(try Self.decode(key: key, value: written { $0.encode(record) }) == record)
    }

    @Test func `A job and its tasks have keys of their own`() throws {
        let task = TaskID(jobID: "a/b", slot: 2, workflowID: "c/d")
        #expect(written { $0.write(stateKeyOf: task) } == "a/b\t2\tc/d")
        let key = Array("a/b\t2\tc/d".utf8)
        let read = try StateDecoder.readKey(key.raw)
        #expect(read.jobID == "a/b")
        #expect(read.task == task)
    }

    @Test func `A record of a newer version is refused and says so`() {
        let refusal = #expect(throws: Refusal.self) { try Self.decode(key: "j", value: #"{"v":2,"ended":1.0}"#) }
        #expect(refusal?.field == "v")
        #expect(refusal?.message.contains("version 2") == true)
    }

    @Test func `What the same version has more of is ignored`() throws {
        #expect(
            try Self.decode(key: "j", value: #"{"v":1,"ended":1.5,"more":[{}]}"#) == .ended(jobID: "j", at: 1.5))
        let grown = #"{"v":1,"task":[0,"w",1,0,"dc-a","shell",false,1.5,2.5,0,null,null,null,"more"]}"#
        guard case .task("j", let task) = try Self.decode(key: "j\t0\tw", value: grown) else { throw Unexpected() }
        #expect(task.phase == .dispatched)
    }

    @Test func `Limits that were lowered since don't keep a job from coming back`() throws {
        let workflows = (0..<3000).map { Workflow(workflowID: "w\($0)", payload: Array(repeating: 0x31, count: 100)) }
        let record = StateRecord.job(
            JobRecord(
                submission: JobSubmission(jobID: "j", workflows: workflows),
                input: InputPosition(partition: 0, offset: 0, timestamp: 0), nextOrdinal: 0, held: [], tasks: []))
        #expect(try Self.decode(key: "j", value: written { $0.encode(record) }) == record)
    }

    @Test(arguments: [
        ("j", "{}"), ("j", "x"), ("j", #"{"v":1}"#), ("j", #"{"v":0,"ended":1}"#), ("j", #"{"v":1,"ended":"x"}"#),
        ("", #"{"v":1,"ended":1}"#), ("j\t0", #"{"v":1,"ended":1}"#), ("j\t0\tw", #"{"v":1,"ended":1}"#),
        ("j\tx\tw", #"{"v":1,"task":[]}"#), ("j\t0\tw", #"{"v":1,"task":[]}"#),
        ("j\t0\tv", #"{"v":1,"task":[0,"w",1,0,"dc-a","shell",false,1.5,2.5,0]}"#),
        ("j\t0\tw", #"{"v":1,"task":[0,"w",1,0,"dc-a","shell",false,1.5,2.5,1]}"#),
        ("j\t0\tw", #"{"v":1,"task":[0,"w",1,0,"dc-a","shell",false,1.5,2.5,9]}"#),
        ("j", #"{"v":1,"input":[1],"ordinal":1,"job":{"workflows":[{}]}}"#),
        ("j", #"{"v":1,"input":[1,2,3],"job":{"workflows":[{}]}}"#),
        ("j", #"{"v":1,"input":[1,2,3],"ordinal":1,"job":[]}"#),
        ("j", #"{"v":1,"input":[1,2,3],"ordinal":1,"job":{"workflows":[]}}"#),
        ("j", #"{"v":1,"input":[1,2,3],"ordinal":1,"job":{"workflows":[{}]},"held":[[0,"x"]]}"#),
        ("j", #"{"v":1,"input":[1,2,3],"ordinal":1,"job":{"workflows":[{}]},"tasks":{}}"#),
    ])
    func `What this program can't have written is refused`(key: String, value: String) {
        #expect(throws: Refusal.self) { try Self.decode(key: key, value: value) }
    }
}
