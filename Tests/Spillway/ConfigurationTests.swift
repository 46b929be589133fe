import Settings
import Spillway
import Testing

/// Reads a text as a settings file.
func configuration(
    _ text: String, environment: [String: String] = [:], flags: [SettingsFlag] = []
) throws(ConfigurationError) -> Configuration {
    let file = SettingsFile(path: "spillway.yaml", contents: Array(text.utf8))
    return try Configuration.load(file: file, environment: environment, flags: flags)
}

/// What is wrong with a settings file.
func problems(
    _ text: String, environment: [String: String] = [:], flags: [SettingsFlag] = []
) -> [String] {
    do {
        _ = try configuration(text, environment: environment, flags: flags)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ConfigurationTests {
    @Test func `Nothing gives the defaults, which are sound`() throws {
        #expect(try configuration("") == Configuration())
        try Configuration().validate()
    }

    @Test(arguments: [
        ("lanes: 0", "spillway.yaml:1: lanes: must be from 1 to 64, is 0"),
        ("lanes: 65", "spillway.yaml:1: lanes: must be from 1 to 64, is 65"),
        ("kafka: {partitions: 0}", "spillway.yaml:1: kafka.partitions: must be from 1 to 10000, is 0"),
        (
            "kafka: {replication_factor: 0}",
            "spillway.yaml:1: kafka.replication_factor: must be -1 for the broker's default, or from 1 on, is 0"
        ),
        (
            "kafka: {delivery: twice}",
            "spillway.yaml:1: kafka.delivery: must be exactly_once or at_least_once, is twice"
        ),
        (
            "kafka: {topic_prefix: a/b}",
            "spillway.yaml:1: kafka.topic_prefix: must be at most 115 letters, digits, ., - and _, which is what topics' names may have"
        ),
        (
            "kafka: {bootstrap_servers: \"a:1,b:x\"}",
            "spillway.yaml:1: kafka.bootstrap_servers: must be host:port, with commas between several, is \"a:1,b:x\""
        ),
        ("fleet: {panic_share: 1.1}", "spillway.yaml:1: fleet.panic_share: must be from 0 to 1, is 1.1"),
        (
            "fleet: {datacenters: {dc.a: {}}}",
            "spillway.yaml:1: fleet.datacenters.dc.a: must be 1 to 64 letters, digits, - and _"
        ),
        (
            "fleet:\n  datacenters:\n    dc-a: {rtt_ms: -1}",
            "spillway.yaml:3: fleet.datacenters.dc-a.rtt_ms: must be from 0 to 3600000, is -1"
        ),
        (
            "fleet:\n  datacenters:\n    dc-a:\n      rtt: 1",
            "spillway.yaml:4: fleet.datacenters.dc-a.rtt: is no setting"
        ),
        ("runtimes: {order: []}", "spillway.yaml:1: runtimes.order: must not be empty"),
        (
            "runtimes: {task_types: {batch: [a, b c]}}",
            "spillway.yaml:1: runtimes.task_types.batch: \"b c\" must be 1 to 64 letters, digits, - and _"
        ),
        ("attempts: {jitter: 2}", "spillway.yaml:1: attempts.jitter: must be from 0 to 1, is 2"),
        (
            "attempts: {backoff_base: 2m}",
            "spillway.yaml: attempts.backoff_cap"
        ),
        ("retry_budget: {default: -1}", "spillway.yaml:1: retry_budget.default: must be from 0 to 1000000, is -1"),
        (
            "best_effort: {late_result_policy: drop}",
            "spillway.yaml:1: best_effort.late_result_policy: must be log_only or update_result, is drop"
        ),
        ("http: {metrics: nowhere}", "spillway.yaml:1: http.metrics: must be host:port or off, is nowhere"),
        ("http: {metrics: 9464}", "spillway.yaml:1: http.metrics: must be host:port or off, is 9464"),
        (
            "http: {admin: \"0.0.0.0:9464\"}",
            "spillway.yaml:1: http.admin: must not be the address of http.metrics, 0.0.0.0:9464"
        ),
        ("log: {level: loud}", "spillway.yaml:1: log.level: must be error, warning, info or debug, is loud"),
        ("agent: {when_full: explode}", "spillway.yaml:1: agent.when_full: must be reject or pause, is explode"),
        ("agent: {allow: [bin/true]}", "spillway.yaml:1: agent.allow: \"bin/true\" must be an absolute path"),
        ("agent: {allow: [/b*/true]}", "spillway.yaml:1: agent.allow: \"/b*/true\" may have * in its last part only"),
        (
            "agent: {simulated: {error_rate: 2}}",
            "spillway.yaml:1: agent.simulated.error_rate: must be from 0 to 1, is 2"
        ),
        ("dispatcher: {}", "spillway.yaml:1: dispatcher: is no setting"),
    ])
    func `What can't be is refused with file, line, key and reason`(text: String, problem: String) {
        let found = problems(text)
        if problem.hasSuffix("attempts.backoff_cap") {
            // The rule refuses the cap, which stands nowhere: the default did.
            #expect(found == ["program: attempts.backoff_cap: must be at least attempts.backoff_base, which is 120s"])
        } else {
            #expect(found == [problem])
        }
    }

    @Test func `A full file gives every kind of value`() throws {
        let text = """
            kafka:
              bootstrap_servers: "a:1, SASL_SSL://b:2,[::1]:3,c"
              topic_prefix: ""
              properties: {session.timeout.ms: 20000, security.protocol: SASL_SSL, enable.ssl.certificate.verification: false}
              secrets: {sasl.password: hunter2}
            fleet:
              datacenters: {dc-a: {rtt_ms: 1.5, managers: 2, drained: true}, dc_b: }
              lost_intervals: 2.5
            runtimes: {order: [shell, simulated], task_types: {batch: [simulated]}}
            http: {metrics: off, admin: "[::1]:0"}
            log: {level: debug, format: json}
            """
        let root = try configuration(text)
        #expect(root.kafka.topicPrefix.isEmpty)
        #expect(root.kafka.properties["session.timeout.ms"] == "20000")
        #expect(root.kafka.properties["enable.ssl.certificate.verification"] == "false")
        #expect(root.kafka.secrets["sasl.password"] == "hunter2")
        #expect(root.fleet.datacenters["dc-a"] == .init(rttMilliseconds: 1.5, managers: 2, drained: true))
        #expect(root.fleet.datacenters["dc_b"] == .init())
        #expect(root.fleet.lostIntervals == 2.5)
        #expect(root.runtimes.taskTypes == ["batch": ["simulated"]])
        #expect(root.http.metrics == nil && root.http.admin == .init(host: "::1", port: 0))
        #expect(root.log.level == .debug && root.log.format == .json)
    }

    @Test(
        arguments: [
            ("CAPACITY_STALENESS_THRESHOLD_SECONDS", "45", \Configuration.fleet.staleness),
            ("CAPACITY_HEARTBEAT_INTERVAL_SECONDS", "45", \Configuration.fleet.heartbeatInterval),
            ("SPILLOVER_MAX_WAIT_SECONDS", "45.0", \Configuration.spillover.maxWait),
            ("BEST_EFFORT_DEFAULT_DEADLINE_SECONDS", "45", \Configuration.bestEffort.defaultDeadline),
            ("BEST_EFFORT_CHECK_INTERVAL_SECONDS", "45", \Configuration.bestEffort.checkInterval),
            ("SPILLWAY_FLEET_STALENESS", "45s", \Configuration.fleet.staleness),
            ("SPILLWAY_KAFKA_COMMIT_INTERVAL", "0.075", \Configuration.kafka.commitInterval),
        ] as [(String, String, any KeyPath<Configuration, Duration> & Sendable)])
    func `Durations come by both names`(
        name: String, value: String, member: any KeyPath<Configuration, Duration> & Sendable
    ) throws {
        let root = try configuration("", environment: [name: value])
        #expect(root[keyPath: member] == (name == "SPILLWAY_KAFKA_COMMIT_INTERVAL" ? .milliseconds(75) : .seconds(45)))
    }

    @Test func `The names of the decision records are taken`() throws {
        let root = try configuration(
            "",
            environment: [
                "SPILLOVER_ENABLED": "False", "SPILLOVER_MAX_LATENCY_PENALTY_MS": "50.5",
                "SPILLOVER_MIN_IMPROVEMENT_RATIO": "1", "SPILLOVER_CONSIDER_FUTURE_CAPACITY": "true",
                "RETRY_BUDGET_DEFAULT": "1", "RETRY_BUDGET_MAX": "2", "RETRY_BUDGET_PER_WORKFLOW_DEFAULT": "3",
                "RETRY_BUDGET_PER_WORKFLOW_MAX": "4", "BEST_EFFORT_DEFAULT_MIN_DCS": "5",
                "BEST_EFFORT_LATE_RESULT_POLICY": "update_result",
            ])
        #expect(!root.spillover.enabled && root.spillover.maxLatencyPenaltyMilliseconds == 50.5)
        #expect(root.spillover.minImprovementRatio == 1 && root.spillover.considerFutureCapacity)
        #expect(root.retryBudget.default == 1 && root.retryBudget.max == 2)
        #expect(root.retryBudget.perWorkflowDefault == 3 && root.retryBudget.perWorkflowMax == 4)
        #expect(root.bestEffort.defaultMinDCs == 5 && root.bestEffort.lateResultPolicy == .updateResult)
    }

    @Test func `An unknown name that begins like a setting's is refused, a test's aside`() {
        #expect(
            problems("", environment: ["SPILLWAY_LANE": "1", "SPILLWAY_TEST_BOOTSTRAP": "x", "SPILLWAYS": "x"]) == [
                "environment: SPILLWAY_LANE: is no setting; SPILLWAY_LANES is one"
            ])
    }

    @Test func `Overrides by key win, and wrong ones are problems`() throws {
        let root = try Configuration.load(
            file: nil, environment: ["SPILLWAY_LANES": "2"], overrides: ["lanes": "3", "runtimes.order": "a,b"])
        #expect(root.lanes == 3 && root.runtimes.order == ["a", "b"])
        #expect(throws: ConfigurationError.self) {
            try Configuration.load(file: nil, environment: [:], overrides: ["lane": "3"])
        }
    }

    @Test func `Values that were set in code are checked`() {
        var root = Configuration()
        root.lanes = 0
        root.kafka.properties = ["group.id": "mine"]
        do throws(ConfigurationError) {
            try root.validate()
            Issue.record("it was taken")
        } catch {
            #expect(
                error.description == """
                    program: kafka.properties.group.id: is Spillway's own and can't be set
                    program: lanes: must be from 1 to 64, is 0
                    """)
        }
    }
}
