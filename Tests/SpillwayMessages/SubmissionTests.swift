import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct SubmissionTests {
    @Test func `The contract's example reads as what it says`() throws {
        let text = #"""
            {"type": "job.submitted", "job_id": "job-000001", "tenant": "team-a", "workflows": [{"workflow_id": "w1", "cores": 4, "duration": "1m", "timeout": "30s", "payload": {"any": "json"}}],
             "datacenters": ["dc-a"], "datacenter_count": 1, "runtimes": ["shell"], "task_type": "batch", "priority": "normal", "retry_budget": 0, "retry_budget_per_workflow": 0,
             "best_effort": false, "best_effort_min_dcs": 1, "best_effort_deadline_seconds": 300, "deadline_seconds": 3600}
            """#
        var expected = JobSubmission(
            jobID: "job-000001",
            workflows: [Workflow(workflowID: "w1", cores: 4, payload: Array(#"{"any": "json"}"#.utf8))])
        expected.tenant = "team-a"
        expected.datacenters = ["dc-a"]
        expected.runtimes = ["shell"]
        expected.bestEffortMinDCs = 1
        expected.bestEffortDeadlineSeconds = 300
        expected.deadlineSeconds = 3600
        #expect(try event(text) == .jobSubmitted(expected))
        #expect(try event(text).routingKey == "job-000001")
    }

    @Test func `What is absent or null has its default`() throws {
        let expected = JobSubmission(jobID: "j", workflows: [Workflow()])
        #expect(try submission(#"{"job_id":"j","workflows":[{}]}"#) == expected)
        let nulls = #"""
            {"type":null,"job_id":"j","tenant":null,"workflows":[{"workflow_id":null,"cores":null,"duration":null,"timeout":null,
            "payload":null}],"datacenters":null,"datacenter_count":null,"runtimes":null,"task_type":null,"priority":null,
            "retry_budget":null,"retry_budget_per_workflow":null,"best_effort":null,"best_effort_min_dcs":null,
            "best_effort_deadline_seconds":null,"deadline_seconds":null}
            """#
        #expect(try submission(nulls) == expected)
    }

    @Test func `Fields that nobody asked for need only be JSON`() throws {
        let text = job(#""x":1e999,"y":[{"cores":-1,"type":5}],"name":7,"state":[],"é\n":"\ud83d\ude00","":{}"#)
        #expect(try event(text) == .jobSubmitted(JobSubmission(jobID: "j", workflows: [Workflow()])))
    }

    @Test(arguments: [
        ("4", 4), ("4.0", 4), ("40e-1", 4), ("0.4e1", 4), ("4e0", 4), ("4E+0", 4), ("0", 0), ("-0", 0), ("-0.0", 0),
        ("0e999", 0), ("2147483647", 2_147_483_647), ("2147483647.000", 2_147_483_647),
        ("1" + String(repeating: "0", count: 40) + "e-40", 1), ("0.000000000000000000000000001e27", 1), ("100e-2", 1),
    ])
    func `Every spelling of an integer is one`(text: String, cores: Int) throws {
        #expect(try submission(workflow(#""cores":\#(text)"#)).workflows[0].cores == cores)
    }

    @Test(arguments: [
        ("90", 90.0), ("0", 0), ("-0.0", 0), ("1.5", 1.5), (#""1m30s""#, 90), (#""90""#, 90), (#""1\u006d""#, 60),
        ("1e2", 100), ("0.1", 0.1), ("1e-400", 0), ("123456789012345678901234567890", 1.2345678901234568e29),
    ])
    func `Durations are numbers or texts`(text: String, seconds: Double) throws {
        let workflow = try submission(workflow(#""duration":\#(text),"timeout":\#(text)"#)).workflows[0]
        #expect(workflow.durationSeconds == seconds)
        #expect(workflow.timeoutSeconds == seconds)
        #expect(workflow.durationSeconds.sign == .plus)
    }

    @Test(arguments: [#"{ "a" : [1,2 ] }"#, "1e999", #""\u00e9\"""#, "true", "[]", "-0.0", #"" x ""#])
    func `A payload comes through byte for byte`(payload: String) throws {
        let workflow = try submission(workflow(#""payload": \#(payload) ,"cores":2"#)).workflows[0]
        #expect(workflow.payload == Array(payload.utf8))
    }

    @Test func `Keys with escapes are the fields that they spell`() throws {
        #expect(try submission(#"{"\u006aob_id":"j","workflow\u0073":[{"c\u006fres":3}]}"#).workflows[0].cores == 3)
    }

    @Test func `Ids are unescaped`() throws {
        #expect(try submission(#"{"job_id":"a\/\"\u00e9\ud83d\ude00","workflows":[{}]}"#).jobID == "a/\"é😀")
    }

    @Test(arguments: [(0, 3, 0), (2, 3, 2), (3, 3, 3), (7, 3, 3)])
    func `The least number of datacenters is cut to how many there are`(asked: Int, slots: Int, taken: Int) throws {
        let text = job(#""best_effort":true,"best_effort_min_dcs":\#(asked),"datacenter_count":\#(slots)"#)
        guard case .jobSubmitted(let submission) = try event(text) else { throw Unexpected() }
        #expect(submission.bestEffortMinDCs == taken)
        #expect(submission.datacenterCount == slots)
        #expect(submission.bestEffort)
    }

    @Test func `An empty list of preferred datacenters prefers none`() throws {
        #expect(refusal(job(#""datacenters":[]"#)) == nil)
    }

    @Test func `Every field comes back from what the writer wrote`() throws {
        var submission = JobSubmission(
            jobID: "job \"7\"/é\\",
            workflows: [
                Workflow(), Workflow(workflowID: "b/2", cores: 0, durationSeconds: 0.001, timeoutSeconds: 0),
                Workflow(workflowID: "c", cores: 7, payload: Array(#"[{"a":null}]"#.utf8)),
            ])
        #expect(try event(written { $0.encode(submission) }) == .jobSubmitted(submission))
        submission.tenant = "t"
        submission.datacenters = ["dc-b", "dc-a"]
        submission.datacenterCount = 3
        submission.runtimes = ["shell", "k8s"]
        submission.taskType = "long"
        submission.priority = .backfill
        submission.retryBudget = 5
        submission.retryBudgetPerWorkflow = 2
        submission.bestEffort = true
        submission.bestEffortMinDCs = 2
        submission.bestEffortDeadlineSeconds = 12.5
        submission.deadlineSeconds = 0
        #expect(try event(written { $0.encode(submission) }) == .jobSubmitted(submission))
    }
}
