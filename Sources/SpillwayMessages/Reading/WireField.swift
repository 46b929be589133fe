/// Every field name that any record read here has.
enum WireField: Int, CaseIterable {
    // Of many records.
    case type, jobID, taskID, workflowID, attempt, leaseToken, routingKey, datacenter, managerID, timestamp, reason
    case cores, payload, runtime, runtimes, tenant, priority, name, state
    // Heartbeats and capacities.
    case datacenterID, incarnation, sequence, isLeader, term, workerCount, healthyWorkerCount, totalCores
    case availableCores, pendingWorkflowCount, pendingDurationSeconds, activeRemainingSeconds
    case estimatedCoresFreeAt, estimatedCoresFreeing, coresFreeingSchedule, healthy, queueDepth
    case healthBucket, lastUpdated, managerCount, aliveManagerCount
    // Submissions.
    case workflows, duration, timeout, datacenters, datacenterCount, taskType, retryBudget, retryBudgetPerWorkflow
    case bestEffort, bestEffortMinDCs, bestEffortDeadlineSeconds, deadlineSeconds
    // Outcomes.
    case started, progress, result, error, errorClass, message, retryable
    // Datasets, sources.
    case datasetUUID, datasetVersion, cursor, partitionKey, start, end, jobDefinition, generation
    // Dispatches.
    case slot, leaseSeconds, leaseUntil, durationSeconds, timeoutSeconds
    // The router's own records.
    case version, input, ordinal, job, held, tasks, task, ended, drained, reserved, since

    /// As records spell it.
    var spelling: String {
        switch self {
        case .type: "type"
        case .jobID: "job_id"
        case .taskID: "task_id"
        case .workflowID: "workflow_id"
        case .attempt: "attempt"
        case .leaseToken: "lease_token"
        case .routingKey: "routing_key"
        case .datacenter: "datacenter"
        case .managerID: "manager_id"
        case .timestamp: "timestamp"
        case .reason: "reason"
        case .cores: "cores"
        case .payload: "payload"
        case .runtime: "runtime"
        case .runtimes: "runtimes"
        case .tenant: "tenant"
        case .priority: "priority"
        case .name: "name"
        case .state: "state"
        case .datacenterID: "datacenter_id"
        case .incarnation: "incarnation"
        case .sequence: "sequence"
        case .isLeader: "is_leader"
        case .term: "term"
        case .workerCount: "worker_count"
        case .healthyWorkerCount: "healthy_worker_count"
        case .totalCores: "total_cores"
        case .availableCores: "available_cores"
        case .pendingWorkflowCount: "pending_workflow_count"
        case .pendingDurationSeconds: "pending_duration_seconds"
        case .activeRemainingSeconds: "active_remaining_seconds"
        case .estimatedCoresFreeAt: "estimated_cores_free_at"
        case .estimatedCoresFreeing: "estimated_cores_freeing"
        case .coresFreeingSchedule: "cores_freeing_schedule"
        case .healthy: "healthy"
        case .queueDepth: "queue_depth"
        case .healthBucket: "health_bucket"
        case .lastUpdated: "last_updated"
        case .managerCount: "manager_count"
        case .aliveManagerCount: "alive_manager_count"
        case .workflows: "workflows"
        case .duration: "duration"
        case .timeout: "timeout"
        case .datacenters: "datacenters"
        case .datacenterCount: "datacenter_count"
        case .taskType: "task_type"
        case .retryBudget: "retry_budget"
        case .retryBudgetPerWorkflow: "retry_budget_per_workflow"
        case .bestEffort: "best_effort"
        case .bestEffortMinDCs: "best_effort_min_dcs"
        case .bestEffortDeadlineSeconds: "best_effort_deadline_seconds"
        case .deadlineSeconds: "deadline_seconds"
        case .started: "started"
        case .progress: "progress"
        case .result: "result"
        case .error: "error"
        case .errorClass: "class"
        case .message: "message"
        case .retryable: "retryable"
        case .datasetUUID: "dataset_uuid"
        case .datasetVersion: "dataset_version"
        case .cursor: "cursor"
        case .partitionKey: "partition_key"
        case .start: "start"
        case .end: "end"
        case .jobDefinition: "job_definition"
        case .generation: "generation"
        case .slot: "slot"
        case .leaseSeconds: "lease_seconds"
        case .leaseUntil: "lease_until"
        case .durationSeconds: "duration_seconds"
        case .timeoutSeconds: "timeout_seconds"
        case .version: "v"
        case .input: "input"
        case .ordinal: "ordinal"
        case .job: "job"
        case .held: "held"
        case .tasks: "tasks"
        case .task: "task"
        case .ended: "ended"
        case .drained: "drained"
        case .reserved: "reserved"
        case .since: "since"
        }
    }
}
