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

    /// A task with a past, standing so.
    static func task(_ standing: TaskRecord.Standing) -> TaskRecord {
        var task = self.task(standing == .running ? .accepted(managerID: "m", at: 1.5, isStarted: true) : .over)
        task.standing = standing
        task.tokenOffset = 9_007_199_254_740_993
        task.causeOffset = 12
        task.nextOrdinal = 99
        task.expectedWaitSeconds = 0.1 + 0.2
        task.retries = 4
        var target = TargetRecord(datacenterID: "dc-a", runtime: "shell")
        target.executions = 3
        target.refusals = 2
        target.refusedAt = 1_795_229_701.125
        target.isCounted = true
        task.targets = [target, TargetRecord(datacenterID: "dc-b", runtime: "shell")]
        task.targets[1].isUnknown = true
        task.lapsed = [
            LapsedAttempt(attempt: 5, tokenOffset: 7, tokenOrdinal: 8, datacenterID: "dc-a", runtime: "shell"),
            LapsedAttempt(attempt: 6, tokenOffset: 9, tokenOrdinal: 10, datacenterID: "dc-b", runtime: "shell"),
        ]
        for outcome in [
            ChainEntry.Outcome.completed, .failed, .rejected, .cancelled, .skipped, .leaseExpired, .datacenterLost,
        ] {
            task.chain.append(
                ChainEntry(
                    attempt: outcome == .skipped ? nil : 3, datacenterID: outcome == .skipped ? nil : "dc-a",
                    runtime: "shell", outcome: outcome, error: outcome == .failed ? "exit \"1\"\n" : nil, at: 1.25))
        }
        if standing == .completed { task.result = Array(#"{ "any" : [1, "é"] }"#.utf8) }
        return task
    }

    static let standings: [TaskRecord.Standing] = [
        .running, .waiting(until: 1_795_229_790.5), .held(.noCapacity), .held(.noUsableDatacenter), .completed,
        .failed(reason: "job_budget_exhausted (2/2)"), .cancelled, .dropped,
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
        var concluded = plain
        concluded.conclusion = JobRecord.Conclusion(status: .partial, reason: "min_dcs", at: 1.75, revision: 2)
        concluded.tasks = self.standings.map { self.task($0) }
        return [.job(concluded)] + self.standings.map { .task(jobID: "j", self.task($0)) } + [
            .job(plain), .job(full), .ended(jobID: "job/1 \"x\"", at: 1_795_229_761.125),
        ]
            + self.tasks.map { .task(jobID: "job/1 \"x\"", $0) }
    }

    @Test(arguments: records)
    func `Every record comes back from what the writer wrote`(record: StateRecord) throws {
        let key = written { $0.write(keyOf: record) }
        #expect(try Self.decode(key: key, value: written { $0.encode(record) }) == record)
    }

    @Test func `The deepest payload and result that an event may have come back`() throws {
        let nested = Array((String(repeating: "[", count: 63) + String(repeating: "]", count: 63)).utf8)
        var task = Self.task(TaskRecord.Standing.completed)
        task.result = nested
        let job = JobRecord(
            submission: JobSubmission(jobID: "j", workflows: [Workflow(payload: nested)]),
            input: InputPosition(partition: 0, offset: 0, timestamp: 0), nextOrdinal: 0, held: [], tasks: [task])
        for record in [StateRecord.job(job), .task(jobID: "j", task)] {
            let key = written { $0.write(keyOf: record) }
            #expect(try Self.decode(key: key, value: written { $0.encode(record) }) == record)
        }
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
