/// A task's name in its parts: `<job>/<slot>/<workflow>`.
package struct TaskID: Hashable, Sendable {
    /// The job.
    package var jobID: String
    /// Which of the job's slots, from 0.
    package var slot: Int
    /// The workflow that it runs.
    package var workflowID: String

    /// The name of a workflow's task in a slot.
    package init(jobID: String, slot: Int, workflowID: String) {
        self.jobID = jobID
        self.slot = slot
        self.workflowID = workflowID
    }

    /// Takes a name apart. The job is given, as both ids may contain slashes.
    package init?(_ text: String, jobID: String) {
        let bytes = text.utf8
        guard text.hasPrefix(jobID) else { return nil }
        let rest = bytes.dropFirst(jobID.utf8.count)
        guard rest.first == UInt8(ascii: "/") else { return nil }
        let numbered = rest.dropFirst()
        guard let slash = numbered.firstIndex(of: UInt8(ascii: "/")), let slot = Int(Substring(numbered[..<slash])),
            slot >= 0, numbered[slash...].count > 1
        else { return nil }
        self.init(jobID: jobID, slot: slot, workflowID: String(Substring(numbered[slash...].dropFirst())))
    }
}
