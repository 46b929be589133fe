import Testing

/// `spillway decide` on the example files: each shows one reason.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DecideTests {
    struct Decision: Decodable {
        struct Exclusion: Decodable {
            var datacenter: String
            var why: String
        }

        var action: String
        var reason: String
        var chosen: [String]
        var slot: Int
        var at: Double
        var excluded: [Exclusion]
        var excluded_counts: [String: Int]
    }

    static func decide(_ fleet: String, _ job: String, _ more: [String] = []) throws -> [Decision] {
        let ending = try ChildProcess(
            [
                "decide", "--config", Example.path("settings.yaml"), "--fleet", Example.path(fleet), "--job",
                Example.path(job), "--format", "json",
            ] + more
        ).end()
        #expect(ending.code == 0)
        #expect(ending.errors.isEmpty)
        for line in ending.output { #expect(!line.contains("\"input\"")) }
        return try ending.output.map { try JSONLine.decode($0) }
    }

    @Test(arguments: [
        ("fleet.json", "dispatch", "primary_has_capacity", ["dc-a"], []),
        ("fleet-full.json", "dispatch", "spillover_improves_wait_time", ["dc-b"], []),
        ("fleet-full.json", "queue", "spillover_disabled", ["dc-a"], ["--set", "spillover.enabled=false"]),
        ("fleet-soon.json", "queue", "primary_wait_acceptable", ["dc-a"], []),
        ("fleet-far.json", "queue", "no_spillover_with_capacity", ["dc-a"], []),
        (
            "fleet-later.json", "queue", "improvement_insufficient", ["dc-a"],
            ["--set", "spillover.consider_future_capacity=true"]
        ),
        ("fleet-down.json", "fail", "no_usable_datacenter", [], []),
        ("fleet-none.json", "hold", "initializing", [], []),
    ])
    func `Each example gives the decision that its page promises`(
        fleet: String, action: String, reason: String, chosen: [String], more: [String]
    ) throws {
        let decisions = try Self.decide(fleet, "job.json", more)
        #expect(decisions.map(\.action) == [action])
        #expect(decisions.map(\.reason) == [reason])
        #expect(decisions.map(\.chosen) == [chosen])
    }

    @Test func `Each exclusion has its reason`() throws {
        let decision = try #require(try Self.decide("fleet-heartbeats.jsonl", "job.json").first)
        let reasons = Dictionary(uniqueKeysWithValues: decision.excluded.map { ($0.datacenter, $0.why) })
        #expect(
            reasons == [
                "dc-b": "draining", "dc-c": "stale", "dc-d": "too_small", "dc-e": "no_runtime", "dc-f": "unhealthy",
            ])
        #expect(decision.excluded_counts.values.allSatisfy { $0 == 1 })
    }

    @Test func `Each slot has a decision, and no two share a datacenter`() throws {
        let decisions = try Self.decide("fleet.json", "job-two-slots.json")
        #expect(decisions.map(\.slot) == [0, 1])
        #expect(decisions.map(\.chosen) == [["dc-a"], ["dc-b"]])
    }

    @Test func `A job whose runtime nobody knows fails`() throws {
        let decisions = try Self.decide("fleet.json", "job-unknown-runtime.json")
        #expect(decisions.map(\.action) == ["fail"])
        #expect(decisions.map(\.reason) == ["unknown_runtime"])
    }

    @Test func `The time is the newest of the fleet file, or the one that is given`() throws {
        #expect(try Self.decide("fleet.json", "job.json").first?.at == 1_795_229_702)
        let later = try Self.decide("fleet.json", "job.json", ["--now", "1795229800"])
        #expect(later.first?.at == 1_795_229_800)
        #expect(later.first?.excluded_counts["stale"] == 3)
    }

    @Test func `The text names the choice, its reason, and every candidate and exclusion`() throws {
        let ending = try ChildProcess.run(
            "decide", "--config", Example.path("settings.yaml"), "--fleet", Example.path("fleet-full.json"), "--job",
            Example.path("job.json"))
        #expect(ending.code == 0)
        #expect(ending.output.first == "job-000001 slot 0: dispatch to dc-b (shell)")
        let text = ending.output.joined(separator: "\n")
        for word in ["spillover_improves_wait_time", "dc-a", "dc-d", "400 ms", "310 s", "12 ms farther", "unhealthy"] {
            #expect(text.contains(word))
        }
    }

    @Test(arguments: [("nowhere.json", "job.json"), ("job.json", "job.json"), ("fleet.json", "fleet.json")])
    func `A file that isn't there or isn't what it should be exits with 1 and is named`(
        fleet: String, job: String
    ) throws {
        let ending = try ChildProcess.run("decide", "--fleet", Example.path(fleet), "--job", Example.path(job))
        #expect(ending.code == 1)
        #expect(ending.errors.contains("Deploy/examples/"))
    }
}
