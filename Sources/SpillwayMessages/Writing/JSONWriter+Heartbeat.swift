package import SpillwayCore

/// Records of `heartbeats`.
extension JSONWriter {
    /// Appends a heartbeat. What it doesn't know stays out.
    package mutating func encode(_ heartbeat: ManagerHeartbeat) {
        self.write("{\"manager_id\":")
        self.write(quoted: heartbeat.managerID)
        self.write(",\"datacenter_id\":")
        self.write(quoted: heartbeat.datacenterID)
        self.write(",\"incarnation\":")
        self.write(heartbeat.incarnation)
        if let sequence = heartbeat.sequence {
            self.write(",\"sequence\":")
            self.write(sequence)
        }
        if let timestamp = heartbeat.timestamp {
            self.write(",\"timestamp\":")
            self.write(timestamp)
        }
        self.write(",\"is_leader\":")
        self.write(heartbeat.isLeader)
        self.write(",\"term\":")
        self.write(heartbeat.term)
        self.write(",\"state\":")
        self.write(quoted: heartbeat.state.rawValue)
        self.write(",\"worker_count\":")
        self.write(heartbeat.workerCount)
        self.write(",\"healthy_worker_count\":")
        self.write(heartbeat.healthyWorkerCount)
        self.write(",\"total_cores\":")
        self.write(heartbeat.totalCores)
        self.write(",\"available_cores\":")
        self.write(heartbeat.availableCores)
        self.write(",\"pending_workflow_count\":")
        self.write(heartbeat.pendingWorkflowCount)
        self.write(",\"pending_duration_seconds\":")
        self.write(heartbeat.pendingDurationSeconds)
        self.write(",\"active_remaining_seconds\":")
        self.write(heartbeat.activeRemainingSeconds)
        self.write(freeing: heartbeat)
        if let runtimes = heartbeat.runtimes { self.write(runtimes) }
        if let queueDepth = heartbeat.queueDepth {
            self.write(",\"queue_depth\":")
            self.write(queueDepth)
        }
        self.write(UInt8(ascii: "}"))
    }

    /// Appends the key of a manager's heartbeats, without quotes: `<datacenter>/<manager>`.
    package mutating func write(heartbeatKeyOf managerID: String, in datacenterID: String) {
        self.write(unquoted: datacenterID)
        self.write(UInt8(ascii: "/"))
        self.write(unquoted: managerID)
    }

    private mutating func write(freeing heartbeat: ManagerHeartbeat) {
        if let freeAt = heartbeat.estimatedCoresFreeAt {
            self.write(",\"estimated_cores_free_at\":")
            self.write(freeAt)
        }
        if let freeing = heartbeat.estimatedCoresFreeing {
            self.write(",\"estimated_cores_freeing\":")
            self.write(freeing)
        }
        guard !heartbeat.freeingSchedule.isEmpty else { return }
        self.write(",\"cores_freeing_schedule\":[")
        for index in heartbeat.freeingSchedule.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write(UInt8(ascii: "["))
            self.write(heartbeat.freeingSchedule[index].offsetSeconds)
            self.write(UInt8(ascii: ","))
            self.write(heartbeat.freeingSchedule[index].cores)
            self.write(UInt8(ascii: "]"))
        }
        self.write(UInt8(ascii: "]"))
    }

    private mutating func write(_ runtimes: [RuntimeReport]) {
        self.write(",\"runtimes\":[")
        for index in runtimes.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write("{\"name\":")
            self.write(quoted: runtimes[index].name)
            self.write(",\"healthy\":")
            self.write(runtimes[index].isHealthy)
            self.write(UInt8(ascii: "}"))
        }
        self.write(UInt8(ascii: "]"))
    }
}
