package import SpillwayCore

/// Records of the job topics.
extension JSONWriter {
    /// Appends a dispatch.
    package mutating func encode(_ dispatch: TaskDispatch) {
        self.write("{\"type\":\"task.dispatched\",\"task_id\":")
        self.write(dispatch.task)
        self.write(",\"job_id\":")
        self.write(quoted: dispatch.task.jobID)
        self.write(",\"workflow_id\":")
        self.write(quoted: dispatch.task.workflowID)
        self.write(",\"slot\":")
        self.write(dispatch.task.slot)
        self.write(",\"attempt\":")
        self.write(dispatch.attempt)
        self.write(",\"lease_token\":")
        self.write(dispatch.leaseToken)
        self.write(",\"lease_seconds\":")
        self.write(dispatch.leaseSeconds)
        self.write(",\"lease_until\":")
        self.write(dispatch.leaseUntil)
        self.write(",\"routing_key\":")
        self.write(quoted: dispatch.routingKey)
        self.write(",\"datacenter\":")
        self.write(quoted: dispatch.datacenterID)
        self.write(",\"runtime\":")
        self.write(quoted: dispatch.runtime)
        self.write(",\"cores\":")
        self.write(dispatch.workflow.cores)
        self.write(",\"duration_seconds\":")
        self.write(dispatch.workflow.durationSeconds)
        self.write(",\"timeout_seconds\":")
        self.write(dispatch.workflow.timeoutSeconds)
        self.write(",\"idempotency_key\":")
        self.write(dispatch.task)
        self.write(dispatch.priority == .normal ? ",\"priority\":\"normal\"" : ",\"priority\":\"backfill\"")
        if let tenant = dispatch.tenant {
            self.write(",\"tenant\":")
            self.write(quoted: tenant)
        }
        if let payload = dispatch.workflow.payload {
            self.write(",\"payload\":")
            self.write(payload.span)
        }
        self.write(",\"reason\":")
        self.write(quoted: dispatch.reason.rawValue)
        self.write(UInt8(ascii: "}"))
    }

    /// Appends the cancellation of an attempt.
    package mutating func encodeCancellation(of task: TaskID, attempt: Int, leaseToken: CauseID, reason: String) {
        self.write("{\"type\":\"task.cancelled\",\"task_id\":")
        self.write(task)
        self.write(",\"attempt\":")
        self.write(attempt)
        self.write(",\"lease_token\":")
        self.write(leaseToken)
        self.write(",\"reason\":")
        self.write(quoted: reason)
        self.write(UInt8(ascii: "}"))
    }
}
