import FoundationEssentials
import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct ResultTests {
    static let task = TaskID(jobID: "job-000001", slot: 0, workflowID: "w1")

    static var example: JobResult {
        var task = TaskResult(task: Self.task, status: .completed)
        task.datacenterID = "dc-b"
        task.runtime = "shell"
        task.attempts = 2
        task.result = Array(#"{"any": "json"}"#.utf8)
        task.chain = [
            ChainEntry(
                attempt: 1, datacenterID: "dc-a", runtime: "shell", outcome: .failed, error: "exit status 2",
                at: 1_795_229_710),
            ChainEntry(attempt: 2, datacenterID: "dc-b", runtime: "shell", outcome: .completed, at: 1_795_229_761),
        ]
        var result = JobResult(
            jobID: "job-000001", status: .succeeded, reason: "all_completed", submittedAt: 1_795_229_700.5,
            finishedAt: 1_795_229_761, tasks: [task])
        result.totalAttempts = 2
        result.retriesConsumed = 1
        result.datacenters = [("dc-a", .failed), ("dc-b", .completed)]
        return result
    }

    @Test func `The contract's example is written as it stands there, without the spaces`() {
        let expected =
            #"{"job_id":"job-000001","final":true,"revision":0,"status":"succeeded","success":true,"reason":"all_completed","submitted_at":1795229700.5,"finished_at":1795229761.0,"total_attempts":2,"retries_consumed":1,"datacenters":{"dc-a":"failed","dc-b":"completed"},"tasks":[{"task_id":"job-000001/0/w1","status":"completed","datacenter":"dc-b","runtime":"shell","attempts":2,"result":{"any": "json"},"fallback_chain":[{"attempt":1,"datacenter":"dc-a","runtime":"shell","outcome":"failed","error":"exit status 2","at":1795229710.0},{"attempt":2,"datacenter":"dc-b","runtime":"shell","outcome":"completed","at":1795229761.0}]}]}"#
        #expect(written { $0.encode(Self.example) } == expected)
    }

    @Test func `A runtime that was skipped has no attempt, and a task without a place has nulls`() {
        var result = Self.example
        result.status = .failed
        result.tasks[0].datacenterID = nil
        result.tasks[0].runtime = nil
        result.tasks[0].result = nil
        result.tasks[0].chain = [
            ChainEntry(
                attempt: nil, datacenterID: nil, runtime: "x", outcome: .skipped, error: "unknown runtime", at: 1.5)
        ]
        let text = written { $0.encode(result) }
        #expect(text.contains(#""success":false"#))
        #expect(text.contains(#""datacenter":null,"runtime":null,"attempts":2,"fallback_chain":"#))
        #expect(
            text.contains(
                #"[{"datacenter":null,"runtime":"x","outcome":"skipped","error":"unknown runtime","at":1.5}]"#))
    }

    private struct Read: Decodable {
        struct Task: Decodable {
            struct Link: Decodable {
                var attempt: Int
                var error: String?
            }
            var task_id: String
            var result: String?
            var result_truncated: Bool?
            var chain_truncated: Bool?
            var fallback_chain: [Link]
        }
        var tasks: [Task]
    }

    private func read(_ result: JobResult) throws -> Read {
        let text = written { $0.encode(result) }
        #expect(text.utf8.count < 900_000)
        return try JSONDecoder().decode(Read.self, from: Data(text.utf8))
    }

    private func result(tasks sizes: [Int], chain: Int = 1, errorBytes: Int = 0) -> JobResult {
        var result = Self.example
        result.tasks = sizes.enumerated().map { index, size in
            var task = TaskResult(
                task: TaskID(jobID: "j", slot: index, workflowID: "w"), status: .failed)
            task.result = size == 0 ? nil : Array("\"\(String(repeating: "r", count: size - 2))\"".utf8)
            task.chain = (1...chain).map {
                ChainEntry(
                    attempt: $0, datacenterID: "dc-a", runtime: "shell", outcome: .failed,
                    error: String(repeating: "é", count: errorBytes / 2), at: 1)
            }
            return task
        }
        return result
    }

    @Test func `Results are left out, the largest first, and no more of them than have to be`() throws {
        let read = try self.read(self.result(tasks: [300_000, 50_000, 400_000, 0, 200_000, 100]))
        #expect(read.tasks.map { $0.result_truncated ?? false } == [false, false, true, false, false, false])
        #expect(read.tasks.map { $0.result?.utf8.count } == [299_998, 49_998, nil, nil, 199_998, 98])
        #expect(read.tasks.allSatisfy { $0.chain_truncated == nil })
    }

    @Test func `A record of the limit is cut and one of a byte less is not`() throws {
        let overhead = written { $0.encode(self.result(tasks: [1000])) }.utf8.count - 1000
        #expect(try self.read(self.result(tasks: [899_999 - overhead])).tasks[0].result_truncated == nil)
        #expect(try self.read(self.result(tasks: [900_000 - overhead])).tasks[0].result_truncated == true)
    }

    @Test func `Then all but the newest entries of chains are left out`() throws {
        let read = try self.read(self.result(tasks: [10_000, 20], chain: 64, errorBytes: 10_000))
        #expect(read.tasks.allSatisfy { $0.result_truncated == true || $0.result?.utf8.count == 18 })
        #expect(read.tasks.allSatisfy { $0.chain_truncated == true && $0.fallback_chain.last?.attempt == 64 })
        #expect(read.tasks.allSatisfy { $0.fallback_chain.count > 1 })
    }

    @Test func `At last errors are cut between characters`() throws {
        let read = try self.read(self.result(tasks: Array(repeating: 0, count: 100), chain: 2, errorBytes: 60_000))
        #expect(read.tasks.allSatisfy { $0.fallback_chain.count == 1 })
        #expect(read.tasks.allSatisfy { $0.fallback_chain[0].error?.allSatisfy { $0 == "é" } == true })
        #expect(read.tasks.allSatisfy { ($0.fallback_chain[0].error?.utf8.count ?? 0) > 500 })
    }
}
