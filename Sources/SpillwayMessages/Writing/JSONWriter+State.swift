package import SpillwayCore

/// Records of `state`: the router's own format, versioned.
///
/// | key | value |
/// |---|---|
/// | job id | `{"v":1,"input":[partition,offset,timestamp],"ordinal":n,"job":{…},"held":[[slot,reason],…],"tasks":[[…],…]}` |
/// | job id, tab, slot, tab, workflow id | `{"v":1,"task":[…]}` |
/// | job id | `{"v":1,"ended":at}` |
///
/// `job` is a submission as in `events`, without its id and its defaults. A task is
/// `[slot,workflow_id,attempt,token_ordinal,datacenter,runtime,is_queued,dispatched_at,lease_until,phase,…]`, the phase
/// 0 dispatched, 1 accepted, 2 over, and after a 1 `manager_id` or null, `at` and `is_started`. Its last element is a list:
/// `[token_offset,cause_offset,next_ordinal,expected_wait]`, and once there is anything to say of what was before,
/// `standing,argument,retries,targets,lapsed,chain` and, if it gave one, `result`:
///
/// | | |
/// |---|---|
/// | standing | 0 running, 1 waiting (until), 2 held (reason), 3 completed, 4 failed (reason), 5 cancelled, 6 dropped |
/// | targets | `[datacenter,runtime,executions,refusals,refused_at,is_unknown,is_counted]` |
/// | lapsed | `[attempt,token_offset,token_ordinal,datacenter,runtime]` |
/// | chain | `[attempt,datacenter,runtime,outcome,error,at]` |
///
/// `"end":[status,reason,at,revision]` of a job says that it has ended and is kept for its leases.
extension JSONWriter {
    /// The version of the format that is written, and the newest that is read.
    package static let stateVersion = 1

    /// Appends a state record's value.
    package mutating func encode(_ record: StateRecord) {
        switch record {
        case .job(let job): self.encode(job)
        case .task(_, let task):
            self.write("{\"v\":1,\"task\":")
            self.write(task)
        case .ended(_, let at):
            self.write("{\"v\":1,\"ended\":")
            self.write(at)
        }
        self.write(UInt8(ascii: "}"))
    }

    /// Appends a state record's key, without quotes.
    package mutating func write(keyOf record: StateRecord) {
        switch record {
        case .job(let job): self.write(unquoted: job.submission.jobID)
        case .ended(let jobID, _): self.write(unquoted: jobID)
        case .task(let jobID, let task):
            self.write(stateKeyOf: TaskID(jobID: jobID, slot: task.slot, workflowID: task.workflowID))
        }
    }

    /// Appends the key of a task's state record, without quotes. Ids have no tabs, so it reads back.
    package mutating func write(stateKeyOf task: TaskID) {
        self.write(unquoted: task.jobID)
        self.write(UInt8(ascii: "\t"))
        self.write(task.slot)
        self.write(UInt8(ascii: "\t"))
        self.write(unquoted: task.workflowID)
    }

    private mutating func encode(_ job: JobRecord) {
        self.write("{\"v\":1,\"input\":[")
        self.write(Int64(job.input.partition))
        self.write(UInt8(ascii: ","))
        self.write(job.input.offset)
        self.write(UInt8(ascii: ","))
        self.write(job.input.timestamp)
        self.write("],\"ordinal\":")
        self.write(job.nextOrdinal)
        self.write(",\"job\":{")
        self.write(fieldsOf: job.submission)
        self.write(UInt8(ascii: "}"))
        if !job.held.isEmpty {
            self.write(",\"held\":[")
            for index in job.held.indices {
                self.write(index > 0 ? ",[" : "[")
                self.write(job.held[index].slot)
                self.write(UInt8(ascii: ","))
                self.write(quoted: job.held[index].reason.rawValue)
                self.write(UInt8(ascii: "]"))
            }
            self.write(UInt8(ascii: "]"))
        }
        if let end = job.conclusion {
            self.write(",\"end\":[")
            self.write(quoted: end.status.rawValue)
            self.write(UInt8(ascii: ","))
            self.write(quoted: end.reason)
            self.write(UInt8(ascii: ","))
            self.write(end.at)
            self.write(UInt8(ascii: ","))
            self.write(end.revision)
            self.write(UInt8(ascii: "]"))
        }
        guard !job.tasks.isEmpty else { return }
        self.write(",\"tasks\":[")
        for index in job.tasks.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write(job.tasks[index])
        }
        self.write(UInt8(ascii: "]"))
    }

    private mutating func write(_ task: TaskRecord) {
        self.write(UInt8(ascii: "["))
        self.write(task.slot)
        self.write(UInt8(ascii: ","))
        self.write(quoted: task.workflowID)
        self.write(UInt8(ascii: ","))
        self.write(task.attempt)
        self.write(UInt8(ascii: ","))
        self.write(task.tokenOrdinal)
        self.write(UInt8(ascii: ","))
        self.write(quoted: task.datacenterID)
        self.write(UInt8(ascii: ","))
        self.write(quoted: task.runtime)
        self.write(UInt8(ascii: ","))
        self.write(task.isQueued)
        self.write(UInt8(ascii: ","))
        self.write(task.dispatchedAt)
        self.write(UInt8(ascii: ","))
        self.write(task.leaseUntil)
        switch task.phase {
        case .dispatched: self.write(",0,")
        case .over: self.write(",2,")
        case .accepted(let managerID, let at, let isStarted):
            self.write(",1,")
            self.write(quoted: managerID)
            self.write(UInt8(ascii: ","))
            self.write(at)
            self.write(UInt8(ascii: ","))
            self.write(isStarted)
            self.write(UInt8(ascii: ","))
        }
        self.write(lifeOf: task)
        self.write(UInt8(ascii: "]"))
    }
}
