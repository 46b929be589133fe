import SpillwayCore

/// Heartbeats.
extension RecordReader {
    /// Reads a manager's heartbeat.
    mutating func heartbeat(_ fields: Fields, _ table: borrowing FieldTable) -> ManagerHeartbeat {
        var heartbeat = ManagerHeartbeat(
            managerID: self.id(fields, .managerID), datacenterID: self.name(fields, .datacenterID),
            workerCount: self.count(fields, .workerCount),
            healthyWorkerCount: self.count(fields, .healthyWorkerCount),
            totalCores: self.count(fields, .totalCores), availableCores: self.count(fields, .availableCores))
        self.checkAvailable(heartbeat.availableCores, of: heartbeat.totalCores, fields)
        heartbeat.incarnation = self.optionalInteger(fields, .incarnation) ?? 0
        heartbeat.sequence = self.optionalInteger(fields, .sequence)
        heartbeat.timestamp = self.optionalSeconds(fields, .timestamp)
        heartbeat.isLeader = self.optionalFlag(fields, .isLeader) ?? false
        heartbeat.term = self.optionalInteger(fields, .term) ?? 0
        heartbeat.state = self.managerState(fields)
        heartbeat.pendingWorkflowCount = self.optionalCount(fields, .pendingWorkflowCount) ?? 0
        heartbeat.pendingDurationSeconds = self.optionalSeconds(fields, .pendingDurationSeconds) ?? 0
        heartbeat.activeRemainingSeconds = self.optionalSeconds(fields, .activeRemainingSeconds) ?? 0
        heartbeat.estimatedCoresFreeAt = self.optionalSeconds(fields, .estimatedCoresFreeAt)
        heartbeat.estimatedCoresFreeing = self.optionalCount(fields, .estimatedCoresFreeing)
        heartbeat.freeingSchedule = self.schedule(fields, .coresFreeingSchedule)
        heartbeat.runtimes = self.runtimeReports(fields, table)
        heartbeat.queueDepth = self.optionalCount(fields, .queueDepth)
        return heartbeat
    }

    /// Refuses more free cores than there are, where both figures are good for themselves.
    mutating func checkAvailable(_ available: Int, of total: Int, _ fields: Fields) {
        guard self.token(fields, .totalCores) != 0, available > total else { return }
        self.refuse(.outOfRange, fields, .availableCores, "must not be above total_cores")
    }

    private mutating func managerState(_ fields: Fields) -> ManagerState {
        let index = self.token(fields, .state)
        if index == 0 || self.isText(index, "active") { return .active }
        if self.isText(index, "draining") { return .draining }
        if self.isText(index, "stopping") { return .stopping }
        if self.tokens[index].kind == .string {
            self.refuse(.outOfRange, fields, .state, "must be active, draining or stopping")
        } else {
            self.refuse(.wrongType, fields, .state, "must be a string")
        }
        return .active
    }

    private mutating func runtimeReports(
        _ fields: Fields, _ table: borrowing FieldTable
    ) -> [RuntimeReport]? {
        let index = self.token(fields, .runtimes)
        guard index != 0 else { return nil }
        let list = self.tokens[index]
        guard list.kind == .array else {
            self.refuse(.wrongType, fields, .runtimes, "must be a list")
            return nil
        }
        if Int(list.next) == index + 1 { self.refuse(.outOfRange, fields, .runtimes, "must not be empty") }
        var reports: [RuntimeReport] = []
        var element = index + 1
        while element < Int(list.next) {
            if self.tokens[element].kind == .object {
                let inner = self.fields(of: element, in: table, place: .runtime(reports.count))
                let name = self.name(inner, .name)
                reports.append(RuntimeReport(name: name, isHealthy: self.optionalFlag(inner, .healthy) ?? true))
            } else {
                self.refuse(.wrongType, fields, .runtimes, element: reports.count, "must be an object")
                reports.append(RuntimeReport(name: ""))
            }
            element = Int(self.tokens[element].next)
        }
        return reports
    }
}
