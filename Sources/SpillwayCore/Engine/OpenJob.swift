/// A job that is held or has live leases, with what the instance keeps for it beside its record.
final class OpenJob {
    /// The job as the changelog has it.
    var record: JobRecord
    /// The reservation of each task of ``record``, at the same place.
    var reservations: [ReservationID?]
    /// Places of ``record``'s tasks that have a record of their own in the changelog.
    private var written: Set<Int> = []
    /// False once it has ended: timers and queues that still know it pass it by.
    var isOpen = true

    init(record: JobRecord) {
        self.record = record
        self.reservations = Array(repeating: nil, count: record.tasks.count)
    }

    var jobID: String { self.record.submission.jobID }

    /// The name of something that the job's submission caused.
    func name(_ ordinal: Int) -> CauseID {
        CauseID(partition: self.record.input.partition, offset: self.record.input.offset, ordinal: ordinal)
    }

    /// The next such name.
    func nextName() -> CauseID {
        let name = self.name(self.record.nextOrdinal)
        self.record.nextOrdinal += 1
        return name
    }

    /// Datacenters that its slots have: two slots never share one.
    func datacenters(exceptSlot slot: Int) -> [String] {
        guard self.record.submission.datacenterCount > 1 else { return [] }
        var names: [String] = []
        for task in self.record.tasks where task.slot != slot && !names.contains(task.datacenterID) {
            names.append(task.datacenterID)
        }
        return names
    }

    func taskIndex(slot: Int, workflowID: String) -> Int? {
        self.record.tasks.firstIndex { $0.slot == slot && $0.workflowID == workflowID }
    }

    func workflow(_ workflowID: String) -> Workflow? {
        self.record.submission.workflows.first { $0.workflowID == workflowID }
    }

    /// Whether the task at this place has a record of its own in the changelog.
    func isWritten(_ index: Int) -> Bool { self.written.contains(index) }

    func markWritten(_ index: Int) { self.written.insert(index) }

    var hasLiveTasks: Bool { self.record.tasks.contains { $0.phase != .over } }
}
