import Metrics
import SpillwayCore

/// Every metric of the router, declared once (contract/records.md, "Counters that others rely on"; beyond those, the
/// names of reference/observability.md section 2).
final class Catalogue: Sendable {
    let registry = Registry()

    // What was read.
    let events: Family<Counter>
    let eventsForwarded: Counter
    let eventsDuplicate: Counter
    let deadLetters: Family<Counter>
    let heartbeats: Counter
    let heartbeatsIgnored: Family<Counter>
    let heartbeatsRefused: Family<Counter>
    let heartbeatCoresBeyondBusy: Counter
    // What was decided and written.
    let decisions: Family<Counter>
    let decisionDuration: Histogram
    let placementLatency: Histogram
    let dispatched: Family<Counter>
    let results: Family<Counter>
    let outcomesIgnored: Family<Counter>
    let spillovers: Family<Counter>
    // A job's life.
    let retries: Counter
    let retryDenials: Family<Counter>
    let recentJobs: RecentLabels
    let retryBudgetConsumed: BoundedFamily<Counter>
    let retryBudgetExhausted: BoundedFamily<Counter>
    let bestEffortCompletions: Family<Counter>
    let bestEffortRatio: BoundedFamily<Gauge>
    let bestEffortLateResults: Family<Counter>
    let attemptsEnded: Family<Counter>
    let waitError: Histogram
    let circuitTransitions: Family<Counter>
    let circuitState: Family<Gauge>
    let runtimeOutcomes: Family<Counter>
    // How it stands.
    let openJobs: Gauge
    let heldTasks: Gauge
    let rememberedJobs: Gauge
    let panic: Gauge
    let assignedPartitions: Gauge
    let restoredRecords: Counter
    let ready: Gauge
    // The fleet.
    let overcommit: Family<Gauge>
    let health: Family<Gauge>
    let healthTransitions: Family<Counter>
    let totalCores: Family<Gauge>
    let availableCores: Family<Gauge>
    let reservedCores: Family<Gauge>
    let pendingWorkflows: Family<Gauge>
    let estimatedWait: Family<Gauge>
    let roundTrip: Family<Gauge>
    let managers: Family<Gauge>
    let lastHeartbeat: Family<Gauge>
    // Kafka.
    let transactions: Family<Counter>
    let commitDuration: Histogram
    let rebalances: Family<Counter>
    let produceFailures: Family<Counter>
    let laneRestarts: Counter
    // Itself.
    let logDropped: Counter
    let httpRequests: Family<Counter>

    /// Declares everything.
    ///
    /// - Throws: only for a name that is wrong in this file; a test declares them all.
    ///
    /// - Parameter jobSeries: Jobs that have series of their own (`metrics.job_series`); 0 turns them off.
    init(jobSeries: Int = 100) throws(MetricsError) {
        let registry = self.registry
        self.events = try registry.counters(
            "spillway_events_total", help: "Events read, by type; a forwarded one at both partitions.", labels: "type")
        self.eventsForwarded = try registry.counter(
            "spillway_events_forwarded_total", help: "Events sent on to the home partition of their key.")
        self.eventsDuplicate = try registry.counter(
            "spillway_events_duplicate_total", help: "Submissions of a job id seen before.")
        self.deadLetters = try registry.counters(
            "spillway_dead_letters_total", help: "Records written to dead-letter, by topic and reason.",
            labels: "topic", "reason")
        self.heartbeats = try registry.counter("spillway_heartbeats_total", help: "Manager heartbeats taken.")
        self.heartbeatsIgnored = try registry.counters(
            "spillway_heartbeats_ignored_total",
            help: "Heartbeats that were older than one known, repeated, or of one manager too many.", labels: "reason")
        self.heartbeatsRefused = try registry.counters(
            "spillway_heartbeats_refused_total", help: "Heartbeats that could not be read, by why.", labels: "reason")
        self.heartbeatCoresBeyondBusy = try registry.counter(
            "spillway_heartbeat_schedule_cores_ignored_total",
            help: "Cores that freeing schedules promised beyond the busy ones.")
        self.decisions = try registry.counters(
            "spillway_decisions_total", help: "Decisions, by what they do and why.", labels: "action", "reason")
        self.decisionDuration = try registry.histogram(
            "spillway_decision_duration_seconds",
            help: "Time to take one decision, the wait for the lock included; every fourth is measured.",
            buckets: [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 1e-2, 1e-1])
        self.placementLatency = try registry.histogram(
            "spillway_job_placement_latency_seconds",
            help: "From the broker's stamp of an event to the commit of what follows from it.",
            buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600])
        self.dispatched = try registry.counters(
            "spillway_dispatched_total", help: "Tasks sent to job topics.", labels: "datacenter_id", "runtime")
        self.results = try registry.counters(
            "spillway_results_total", help: "Final results, by status.", labels: "status")
        self.outcomesIgnored = try registry.counters(
            "spillway_outcomes_ignored_total", help: "Outcomes and cancellations without effect, by why.",
            labels: "reason")
        self.spillovers = try registry.counters(
            "spillway_spillovers_total", help: "Jobs sent away from their primary datacenter.",
            labels: "primary_dc", "spillover_dc")
        self.retries = try registry.counter(
            "spillway_retries_total", help: "Re-executions that a retry budget paid for, over all jobs.")
        self.retryDenials = try registry.counters(
            "spillway_retry_denials_total", help: "Re-executions refused, by the limit that refused them.",
            labels: "scope")
        self.recentJobs = RecentLabels(limit: jobSeries)
        self.retryBudgetConsumed = try registry.boundedCounters(
            "retry_budget_consumed_total", help: "Retries consumed from a job's retry budget; recent jobs only.",
            label: "job_id", recent: self.recentJobs)
        self.retryBudgetExhausted = try registry.boundedCounters(
            "retry_budget_exhausted_total",
            help: "Times a job's or workflow's budget was found exhausted; recent jobs only.", label: "job_id",
            recent: self.recentJobs)
        self.bestEffortCompletions = try registry.counters(
            "best_effort_completions_total", help: "Ends of best-effort jobs, by trigger.", labels: "reason")
        self.bestEffortRatio = try registry.boundedGauges(
            "best_effort_completion_ratio", help: "Completed slots per slot of a best-effort job; recent jobs only.",
            label: "job_id", recent: self.recentJobs)
        self.bestEffortLateResults = try registry.counters(
            "spillway_best_effort_late_results_total", help: "Datacenters' results that came after the job's end.",
            labels: "policy")
        self.attemptsEnded = try registry.counters(
            "spillway_attempts_ended_total", help: "Attempts that have ended, by how.",
            labels: "datacenter_id", "runtime", "outcome")
        self.waitError = try registry.histogram(
            "spillway_wait_estimate_error_seconds",
            help: "How far the predicted wait was from the real one, when a task started.",
            buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800])
        self.circuitTransitions = try registry.counters(
            "spillway_circuit_transitions_total", help: "Changes of circuits, by the new state.",
            labels: "datacenter_id", "runtime", "to")
        self.circuitState = try registry.gauges(
            "spillway_circuit_state", help: "1 for the state that a circuit is in, 0 for the others.",
            labels: "datacenter_id", "runtime", "state")
        self.runtimeOutcomes = try registry.counters(
            "spillway_runtime_outcomes_total", help: "How tasks fared with a datacenter's runtime when they left it.",
            labels: "datacenter_id", "runtime", "outcome")
        self.openJobs = try registry.gauge("spillway_open_jobs", help: "Jobs that count against limits.open_jobs.")
        self.heldTasks = try registry.gauge(
            "spillway_held_tasks", help: "Tasks held here until there is something to choose.")
        self.rememberedJobs = try registry.gauge(
            "spillway_finished_jobs_remembered", help: "Ids of ended jobs that are remembered against repetitions.")
        self.panic = try registry.gauge(
            "spillway_panic", help: "1 while too few datacenters report in time, and spillover is frozen.")
        self.assignedPartitions = try registry.gauge(
            "spillway_assigned_partitions", help: "Partitions of events that this instance owns.")
        self.restoredRecords = try registry.counter(
            "spillway_state_restored_records_total", help: "Records of the changelog read to restore state.")
        self.ready = try registry.gauge("spillway_ready", help: "What /health/ready answers: 1 for 200.")
        self.overcommit = try registry.gauges(
            "spillway_capacity_overcommit_ratio",
            help: "Cores dispatched that no heartbeat knew of, per available core, at the last dispatch.",
            labels: "datacenter_id")
        self.health = try registry.gauges(
            "spillway_datacenter_health", help: "1 for the datacenter's health, 0 for the others.",
            labels: "datacenter_id", "state")
        self.healthTransitions = try registry.counters(
            "spillway_datacenter_health_transitions_total", help: "Changes of health, by the new one.",
            labels: "datacenter_id", "to")
        self.totalCores = try registry.gauges(
            "spillway_datacenter_total_cores", help: "Cores reported by live managers.", labels: "datacenter_id")
        self.availableCores = try registry.gauges(
            "spillway_datacenter_available_cores", help: "Free cores reported by live managers.",
            labels: "datacenter_id")
        self.reservedCores = try registry.gauges(
            "spillway_datacenter_reserved_cores", help: "Cores of placements that no heartbeat knows yet.",
            labels: "datacenter_id")
        self.pendingWorkflows = try registry.gauges(
            "spillway_datacenter_pending_workflows", help: "Workflows waiting in managers' queues.",
            labels: "datacenter_id")
        self.estimatedWait = try registry.gauges(
            "spillway_datacenter_estimated_wait_seconds", help: "Wait that is expected for one core.",
            labels: "datacenter_id")
        self.roundTrip = try registry.gauges(
            "spillway_datacenter_rtt_seconds", help: "Round trip time used for the latency penalty.",
            labels: "datacenter_id")
        self.managers = try registry.gauges(
            "spillway_datacenter_managers", help: "Managers known, by whether their heartbeat is fresh.",
            labels: "datacenter_id", "state")
        self.lastHeartbeat = try registry.gauges(
            "spillway_heartbeat_last_received_timestamp_seconds",
            help: "Unix time of the newest heartbeat, by the broker's stamp.", labels: "datacenter_id")
        self.transactions = try registry.counters(
            "spillway_kafka_transactions_total", help: "Kafka transactions ended, by how.", labels: "outcome")
        self.commitDuration = try registry.histogram(
            "spillway_kafka_commit_duration_seconds", help: "Time that a commit took, its flush included.",
            buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15])
        self.rebalances = try registry.counters(
            "spillway_kafka_rebalances_total", help: "Rebalances of the consumer group, by kind.", labels: "kind")
        self.produceFailures = try registry.counters(
            "spillway_kafka_produce_failures_total", help: "Records that could not be delivered.",
            labels: "topic", "reason")
        self.laneRestarts = try registry.counter(
            "spillway_lane_restarts_total", help: "Times that a lane replaced its Kafka clients.")
        self.logDropped = try registry.counter(
            "spillway_log_lines_dropped_total", help: "Log lines dropped as their reader was too slow.")
        self.httpRequests = try registry.counters(
            "spillway_metrics_requests_total", help: "Requests to the HTTP listeners, by status.", labels: "code")
        try registry.collectProcessMetrics()
        for outcome in ["committed", "aborted"] { _ = self.transactions[outcome] }
        for status in JobResult.Status.allCases { _ = self.results[status.rawValue] }
        for type in EventType.allCases { _ = self.events[type.rawValue] }
        for scope in ["job", "workflow"] { _ = self.retryDenials[scope] }
        for reason in BestEffort.Reason.allCases { _ = self.bestEffortCompletions[reason.rawValue] }
        for reason in ["older", "repeated", "refused"] { _ = self.heartbeatsIgnored[reason] }
    }
}
