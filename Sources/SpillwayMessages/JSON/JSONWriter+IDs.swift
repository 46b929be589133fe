package import SpillwayCore

/// Names of tasks and of what an input caused.
extension JSONWriter {
    /// Appends a cause's name with quotes.
    package mutating func write(_ id: CauseID) {
        self.write(UInt8(ascii: "\""))
        self.write(unquoted: id)
        self.write(UInt8(ascii: "\""))
    }

    /// Appends a cause's name without quotes.
    package mutating func write(unquoted id: CauseID) {
        self.write(Int64(id.partition))
        self.write(UInt8(ascii: "."))
        self.write(id.offset)
        self.write(UInt8(ascii: "."))
        self.write(id.ordinal)
    }

    /// Appends a task's name with quotes: `"<job>/<slot>/<workflow>"`.
    package mutating func write(taskOf jobID: String, slot: Int, workflowID: String) {
        self.write(UInt8(ascii: "\""))
        self.write(escaped: jobID)
        self.write(UInt8(ascii: "/"))
        self.write(slot)
        self.write(UInt8(ascii: "/"))
        self.write(escaped: workflowID)
        self.write(UInt8(ascii: "\""))
    }

    /// Appends a task's name with quotes.
    package mutating func write(_ task: TaskID) {
        self.write(taskOf: task.jobID, slot: task.slot, workflowID: task.workflowID)
    }

    /// Appends the name of an attempt without quotes, as the header `ce_id` has it: `<task_id>/<attempt>`.
    package mutating func write(attempt: Int, of task: TaskID) {
        self.write(unquoted: task.jobID)
        self.write(UInt8(ascii: "/"))
        self.write(task.slot)
        self.write(UInt8(ascii: "/"))
        self.write(unquoted: task.workflowID)
        self.write(UInt8(ascii: "/"))
        self.write(attempt)
    }

    /// Appends the name of an attempt's cancellation without quotes: `<task_id>/<attempt>/cancelled`.
    package mutating func write(cancellationOf attempt: Int, of task: TaskID) {
        self.write(attempt: attempt, of: task)
        self.write("/cancelled")
    }
}
