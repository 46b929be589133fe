/// A job that hasn't ended, or whose last lease hasn't, with what the instance keeps for it beside its record.
final class OpenJob {
    /// The job as the changelog has it, its tasks all together.
    var record: JobRecord
    /// The reservation of each task of ``record``, at the same place.
    var reservations: [ReservationID?]
    /// Places of ``record``'s tasks that have a record of their own in the changelog.
    private var written: Set<Int> = []
    /// False once it is over: timers and queues that still know it pass it by.
    var isOpen = true
    /// Whether the instance counts it among its open jobs.
    var isCounted = false

    init(record: JobRecord) {
        self.record = record
        self.reservations = Array(repeating: nil, count: record.tasks.count)
    }

    var jobID: String { self.record.submission.jobID }

    /// Whether it has ended and is only kept until its last lease has.
    var isConcluded: Bool { self.record.conclusion != nil }

    /// The next name that something caused, by default its submission.
    func nextName(causeOffset: Int64? = nil) -> CauseID {
        let ordinal = self.record.nextOrdinal
        self.record.nextOrdinal += 1
        return CauseID(
            partition: self.record.input.partition, offset: causeOffset ?? self.record.input.offset, ordinal: ordinal)
    }

    /// The token of a task's newest attempt.
    func token(_ task: TaskRecord) -> CauseID {
        CauseID(partition: self.record.input.partition, offset: task.tokenOffset, ordinal: task.tokenOrdinal)
    }

    func token(_ lapsed: LapsedAttempt) -> CauseID {
        CauseID(partition: self.record.input.partition, offset: lapsed.tokenOffset, ordinal: lapsed.tokenOrdinal)
    }

    func taskID(_ task: TaskRecord) -> TaskID {
        TaskID(jobID: self.jobID, slot: task.slot, workflowID: task.workflowID)
    }

    /// Datacenters that its other slots have: two slots never share one. A slot has that of its newest dispatch.
    func datacenters(exceptSlot slot: Int) -> [String] {
        guard self.record.submission.datacenterCount > 1 else { return [] }
        var newest: [Int: Int] = [:]
        for (index, task) in self.record.tasks.enumerated() where task.slot != slot {
            if let known = newest[task.slot], self.record.tasks[known].tokenOrdinal > task.tokenOrdinal { continue }
            newest[task.slot] = index
        }
        var names: [String] = []
        for index in newest.values { names.append(self.record.tasks[index].newestDatacenterID) }
        return names.sorted()
    }

    /// The place of a slot's first task, if the slot was placed: its tasks stand together, as the workflows do.
    func firstTask(ofSlot slot: Int) -> Int? { self.record.tasks.firstIndex { $0.slot == slot } }

    func taskIndex(slot: Int, workflowID: String) -> Int? {
        guard let start = self.firstTask(ofSlot: slot),
            let place = self.record.submission.workflows.firstIndex(where: { $0.workflowID == workflowID })
        else { return nil }
        return start + place
    }

    func workflow(_ workflowID: String) -> Workflow? {
        self.record.submission.workflows.first { $0.workflowID == workflowID }
    }

    /// Whether the task at this place has a record of its own in the changelog.
    func isWritten(_ index: Int) -> Bool { self.written.contains(index) }

    func markWritten(_ index: Int) { self.written.insert(index) }

    /// The job's record for the changelog: what tasks say for themselves isn't repeated.
    var recordToWrite: JobRecord {
        guard !self.written.isEmpty else { return self.record }
        var record = self.record
        record.tasks = []
        for (index, task) in self.record.tasks.enumerated() where !self.written.contains(index) {
            record.tasks.append(task)
        }
        return record
    }

    var hasLiveTasks: Bool { self.record.tasks.contains { $0.isLive } }

    /// Re-executions that its budget has paid for, of one workflow in all slots or of all of them.
    func retries(of workflowID: String? = nil) -> Int {
        var sum = 0
        for task in self.record.tasks where workflowID == nil || task.workflowID == workflowID { sum += task.retries }
        return sum
    }

    /// Lets go of everything that only an open job needs. Timers may know the job for a while.
    func strip() {
        self.isOpen = false
        self.record.tasks = []
        self.record.held = []
        self.reservations = []
        self.record.submission.workflows = []
    }
}
