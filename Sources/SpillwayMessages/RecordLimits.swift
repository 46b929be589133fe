/// How large a record and what it asks for may be (settings `limits.…`).
package struct RecordLimits: Hashable, Sendable {
    /// Bytes of a record's value: exactly so many are taken. The default is 64 KiB.
    package var maxRecordBytes: Int
    /// Workflows of a job. The default is 1,000.
    package var maxWorkflows: Int
    /// Workflows of a job times its slots. The default is 2,000.
    package var maxTasks: Int

    /// Limits, by default those of the settings.
    package init(maxRecordBytes: Int = 65_536, maxWorkflows: Int = 1000, maxTasks: Int = 2000) {
        self.maxRecordBytes = maxRecordBytes
        self.maxWorkflows = maxWorkflows
        self.maxTasks = maxTasks
    }

    /// No limits: for what the router wrote itself, and for files that an operator gives.
    package static let none = RecordLimits(maxRecordBytes: .max, maxWorkflows: .max, maxTasks: .max)
}
