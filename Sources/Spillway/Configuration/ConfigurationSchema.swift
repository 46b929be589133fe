import Settings

/// Every setting by its name in the file. What isn't here can't be set, and what is here is read, checked, shown and
/// compared with the reference file from this one table.
enum ConfigurationSchema {
    /// The table with the rules about several settings.
    static let schema = SettingsSchema<Configuration>(
        environmentPrefix: "SPILLWAY_",
        // What tests use, and what an agent's child finds in its environment.
        foreignPrefixes: ["SPILLWAY_TEST_", "SPILLWAY_TASK_ID", "SPILLWAY_TASK_ATTEMPT"],
        settings: Self.kafka + [.init("lanes", \.lanes, .integer(in: 1...64))] + Self.fleet + Self.spillover + Self.work
            + Self.budgets + Self.service + Self.agent,
        rules: Self.rules
    )

    private static let day = Duration.seconds(86_400)
    private static let name = ConfigurationNames.datacenterOrRuntime

    private static let kafka: [Setting<Configuration>] = [
        .init("kafka.bootstrap_servers", \.kafka.bootstrapServers, .text(ConfigurationNames.servers)),
        .init("kafka.topic_prefix", \.kafka.topicPrefix, .text(ConfigurationNames.topicPrefix)),
        .init("kafka.group_id", \.kafka.groupID, .text(ConfigurationNames.group)),
        .init("kafka.instance_id", \.kafka.instanceID, .text(ConfigurationNames.instance)),
        .init("kafka.create_topics", \.kafka.createTopics, .boolean),
        .init("kafka.partitions", \.kafka.partitions, .integer(in: 1...10_000)),
        .init(
            "kafka.replication_factor", \.kafka.replicationFactor,
            .integer(in: -1...32_767).checked {
                $0 == 0 ? "must be -1 for the broker's default, or from 1 on, is 0" : nil
            }
        ),
        .init("kafka.delivery", \.kafka.delivery, .word),
        .init("kafka.commit_interval", \.kafka.commitInterval, .duration(in: .milliseconds(1)...(.seconds(10)))),
        .init("kafka.properties", \.kafka.properties, ClientProperty.properties),
        .init("kafka.secrets", \.kafka.secrets, ClientProperty.secrets),
    ]

    private static let datacenter = SettingType<Configuration.Fleet.Datacenter>.record(
        .init(),
        [
            .init("rtt_ms", \.rttMilliseconds, .optional(.number(in: 0...3_600_000))),
            .init("managers", \.managers, .integer(in: 0...100_000)),
            .init("drained", \.drained, .boolean),
        ])

    private static let fleet: [Setting<Configuration>] = [
        .init("fleet.datacenters", \.fleet.datacenters, .mapping(of: datacenter, name: name), decides: true),
        .init(
            "fleet.staleness", \.fleet.staleness, .duration(in: .milliseconds(1)...Self.day * 365),
            otherName: "CAPACITY_STALENESS_THRESHOLD_SECONDS", decides: true),
        .init(
            "fleet.heartbeat_interval", \.fleet.heartbeatInterval, .duration(in: .milliseconds(1)...Self.day),
            otherName: "CAPACITY_HEARTBEAT_INTERVAL_SECONDS", decides: true),
        .init("fleet.panic_share", \.fleet.panicShare, .number(in: 0...1), decides: true),
        .init("fleet.lost_intervals", \.fleet.lostIntervals, .number(in: 1...1_000_000), decides: true),
        .init("fleet.panic_limit", \.fleet.panicLimit, .duration(in: .zero...Self.day * 365), decides: true),
        .init(
            "fleet.forget_after", \.fleet.forgetAfter, .duration(in: .milliseconds(1)...Self.day * 365), decides: true),
        .init("fleet.health_hold_down", \.fleet.healthHoldDown, .duration(in: .zero...Self.day), decides: true),
    ]

    private static let spillover: [Setting<Configuration>] = [
        .init("spillover.enabled", \.spillover.enabled, .boolean, otherName: "SPILLOVER_ENABLED", decides: true),
        .init(
            "spillover.max_wait", \.spillover.maxWait, .duration(in: .zero...Self.day * 365),
            otherName: "SPILLOVER_MAX_WAIT_SECONDS", decides: true),
        .init(
            "spillover.max_latency_penalty_ms", \.spillover.maxLatencyPenaltyMilliseconds, .number(in: 0...3_600_000),
            otherName: "SPILLOVER_MAX_LATENCY_PENALTY_MS", decides: true),
        .init(
            "spillover.min_improvement_ratio", \.spillover.minImprovementRatio, .number(in: 0...1),
            otherName: "SPILLOVER_MIN_IMPROVEMENT_RATIO", decides: true),
        .init(
            "spillover.consider_future_capacity", \.spillover.considerFutureCapacity, .boolean,
            otherName: "SPILLOVER_CONSIDER_FUTURE_CAPACITY", decides: true),
    ]

    private static let work: [Setting<Configuration>] = [
        .init("runtimes.order", \.runtimes.order, .words(mayBeEmpty: false, name), decides: true),
        .init(
            "runtimes.task_types", \.runtimes.taskTypes,
            .mapping(of: .words(mayBeEmpty: false, name), name: ConfigurationNames.identifier), decides: true),
        .init("runtimes.adaptive", \.runtimes.adaptive, .boolean, decides: true),
        .init(
            "runtimes.adaptive_min_samples", \.runtimes.adaptiveMinSamples, .integer(in: 1...1_000_000), decides: true),
        .init(
            "runtimes.adaptive_half_life", \.runtimes.adaptiveHalfLife,
            .duration(in: .milliseconds(1)...Self.day * 365),
            decides: true),
        .init("attempts.max", \.attempts.max, .integer(in: 1...1000), decides: true),
        .init("attempts.backoff_base", \.attempts.backoffBase, .duration(in: .zero...Self.day), decides: true),
        .init("attempts.backoff_cap", \.attempts.backoffCap, .duration(in: .zero...Self.day), decides: true),
        .init("attempts.jitter", \.attempts.jitter, .number(in: 0...1), decides: true),
        .init("circuit_breaker.failures", \.circuitBreaker.failures, .integer(in: 1...1_000_000), decides: true),
        .init(
            "circuit_breaker.cool_down", \.circuitBreaker.coolDown, .duration(in: .zero...Self.day * 365), decides: true
        ),
        .init("leases.restore_grace", \.leases.restoreGrace, .duration(in: .zero...Self.day), decides: true),
        .init("leases.minimum", \.leases.minimum, .duration(in: .zero...Self.day), decides: true),
        .init(
            "leases.hard_limit", \.leases.hardLimit, .duration(in: .milliseconds(1)...Self.day * 3650), decides: true),
        .init("evacuation.floor_per_second", \.evacuation.floorPerSecond, .number(in: 0...1_000_000), decides: true),
    ]

    private static let budgets: [Setting<Configuration>] = [
        .init(
            "retry_budget.default", \.retryBudget.default, .integer(in: 0...1_000_000),
            otherName: "RETRY_BUDGET_DEFAULT", decides: true),
        .init(
            "retry_budget.max", \.retryBudget.max, .integer(in: 0...1_000_000), otherName: "RETRY_BUDGET_MAX",
            decides: true),
        .init(
            "retry_budget.per_workflow_default", \.retryBudget.perWorkflowDefault, .integer(in: 0...1_000_000),
            otherName: "RETRY_BUDGET_PER_WORKFLOW_DEFAULT", decides: true),
        .init(
            "retry_budget.per_workflow_max", \.retryBudget.perWorkflowMax, .integer(in: 0...1_000_000),
            otherName: "RETRY_BUDGET_PER_WORKFLOW_MAX", decides: true),
        .init(
            "best_effort.default_min_dcs", \.bestEffort.defaultMinDCs, .integer(in: 1...64),
            otherName: "BEST_EFFORT_DEFAULT_MIN_DCS", decides: true),
        .init(
            "best_effort.default_deadline", \.bestEffort.defaultDeadline,
            .duration(in: .milliseconds(1)...Self.day * 365),
            otherName: "BEST_EFFORT_DEFAULT_DEADLINE_SECONDS", decides: true),
        .init(
            "best_effort.late_result_policy", \.bestEffort.lateResultPolicy, .word,
            otherName: "BEST_EFFORT_LATE_RESULT_POLICY", decides: true),
        .init(
            "best_effort.check_interval", \.bestEffort.checkInterval, .duration(in: .milliseconds(1)...Self.day),
            otherName: "BEST_EFFORT_CHECK_INTERVAL_SECONDS"),
    ]

    private static let service: [Setting<Configuration>] = [
        .init("decisions.ledger", \.decisions.ledger, .boolean),
        .init("decisions.candidates", \.decisions.candidates, .integer(in: 1...1024)),
        .init("limits.max_record_bytes", \.limits.maxRecordBytes, .integer(in: 256...100_000_000), decides: true),
        .init("limits.max_workflows", \.limits.maxWorkflows, .integer(in: 1...1_000_000), decides: true),
        .init("limits.max_tasks", \.limits.maxTasks, .integer(in: 1...10_000_000), decides: true),
        .init("limits.open_jobs", \.limits.openJobs, .integer(in: 1...1_000_000_000), decides: true),
        .init(
            "limits.finished_jobs_remembered", \.limits.finishedJobsRemembered, .duration(in: .zero...Self.day * 365),
            decides: true),
        .init("limits.chain_entries", \.limits.chainEntries, .integer(in: 1...100_000), decides: true),
        .init("limits.finished_jobs", \.limits.finishedJobs, .integer(in: 0...1_000_000_000), decides: true),
        .init("http.metrics", \.http.metrics, Self.address),
        .init("http.admin", \.http.admin, Self.address),
        .init("http.admin_token", \.http.adminToken, .secret()),
        .init("metrics.job_series", \.metrics.jobSeries, .integer(in: 0...100_000)),
        .init("log.level", \.log.level, .word),
        .init("log.format", \.log.format, .word),
    ]

    private static let agent: [Setting<Configuration>] = [
        .init("agent.queue", \.agent.queue, .integer(in: 0...1_000_000)),
        .init("agent.when_full", \.agent.whenFull, .word),
        .init("agent.state_directory", \.agent.stateDirectory, .text(ConfigurationNames.directory)),
        .init("agent.allow", \.agent.allow, .words(mayBeEmpty: true, ConfigurationNames.program)),
        .init("agent.environment", \.agent.environment, .words(mayBeEmpty: true, ConfigurationNames.variable)),
        .init("agent.working_directory", \.agent.workingDirectory, .text(ConfigurationNames.directory)),
        .init("agent.output_tail_bytes", \.agent.outputTailBytes, .integer(in: 0...1_000_000)),
        .init("agent.kill_after", \.agent.killAfter, .duration(in: .zero...Self.day)),
        .init("agent.simulated.error_rate", \.agent.simulated.errorRate, .number(in: 0...1)),
        .init("agent.simulated.overrun_rate", \.agent.simulated.overrunRate, .number(in: 0...1)),
        .init("agent.simulated.vanish_rate", \.agent.simulated.vanishRate, .number(in: 0...1)),
        .init("agent.simulated.seed", \.agent.simulated.seed, .integer(in: 0...Int.max)),
    ]

    /// An address to listen on, or `off`.
    private static let address = SettingType<Configuration.Address?>(
        read: { node, reading in
            if node.word == "off" { return .some(nil) }
            if let address = node.word.flatMap({ Configuration.Address($0) }) { return address }
            reading.refuse(node, "must be host:port or off, is \(node.quoted)")
            return nil
        }, show: { .text($0?.description ?? "off") })

    private static let rules: [SettingsSchema<Configuration>.Rule] =
        [
            .init("attempts.backoff_cap") { root in
                guard root.attempts.backoffCap < root.attempts.backoffBase else { return nil }
                return
                    "must be at least attempts.backoff_base, which is \(DurationText.format(root.attempts.backoffBase))"
            },
            .init("leases.hard_limit") { root in
                guard root.leases.hardLimit < root.leases.minimum else { return nil }
                return "must be at least leases.minimum, which is \(DurationText.format(root.leases.minimum))"
            },
            .init("http.admin") { root in
                guard let admin = root.http.admin, admin == root.http.metrics, admin.port != 0 else { return nil }
                return "must not be the address of http.metrics, \(admin)"
            },
        ] + ClientProperty.rules
}
