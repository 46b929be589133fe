/// Held slots and tasks, queued by what decides whether they can be placed, so that a change of the view costs one attempt
/// for each kind that still can't, however many wait.
struct HeldJobs {
    /// Slots of the same shape can be placed together or not at all. Tasks of the same shape differ in what they tried.
    struct Shape: Hashable {
        var requiredCores: Int
        var largestWorkflowCores: Int
        var runtimes: [String]?
        var taskType: String
        var datacenterCount: Int
        var takenDatacenters: [String]
        var reason: DecisionReason
        var isTask: Bool
    }

    struct Ticket {
        var job: OpenJob
        var slot: Int
        /// The place of a task that falls back alone. `nil`: the slot is placed for the first time.
        var task: Int?

        /// Whether it still waits for what it was queued for.
        func isValid(_ reason: DecisionReason) -> Bool {
            guard self.job.isOpen else { return false }
            if let task { return self.job.record.tasks[task].standing == .held(reason) }
            return self.job.record.held.contains { $0.slot == self.slot && $0.reason == reason }
        }

        /// By priority, then age.
        func goesBefore(_ other: Ticket) -> Bool {
            if self.job !== other.job {
                let (left, right) = (self.job.record.input, other.job.record.input)
                let (one, two) = (self.job.record.submission.priority, other.job.record.submission.priority)
                if one != two { return one < two }
                if left.timestamp != right.timestamp { return left.timestamp < right.timestamp }
                return left.offset < right.offset
            }
            return (self.slot, self.task ?? -1) < (other.slot, other.task ?? -1)
        }
    }

    /// Tickets by priority and age, the first on top.
    private struct Line {
        private var heap: [Ticket] = []
        /// Tasks that were tried since the view last changed.
        private var aside: [Ticket] = []
        /// Whether what was put aside may be tried again.
        private var isAsideDue = false
        /// Whether nothing but room has changed since all of them were tried.
        var waitsForRoom = false

        var isEmpty: Bool { self.heap.isEmpty && self.aside.isEmpty }

        mutating func unblock() { self.isAsideDue = true }

        mutating func first(_ reason: DecisionReason) -> Ticket? {
            if self.isAsideDue {
                self.isAsideDue = false
                for ticket in self.aside { self.append(ticket) }
                self.aside.removeAll(keepingCapacity: true)
            }
            while let ticket = self.heap.first {
                if ticket.isValid(reason) { return ticket }
                self.removeFirst()
            }
            return nil
        }

        mutating func append(_ ticket: Ticket) {
            self.heap.append(ticket)
            var index = self.heap.count - 1
            while index > 0 {
                let parent = (index - 1) / 2
                guard self.heap[index].goesBefore(self.heap[parent]) else { return }
                self.heap.swapAt(index, parent)
                index = parent
            }
        }

        mutating func putFirstAside() {
            if let first = self.heap.first { self.aside.append(first) }
            self.removeFirst()
        }

        mutating func removeFirst() {
            guard let last = self.heap.popLast(), !self.heap.isEmpty else { return }
            self.heap[0] = last
            var index = 0
            while true {
                var least = index
                for child in (2 * index + 1)...(2 * index + 2)
                where child < self.heap.count && self.heap[child].goesBefore(self.heap[least]) {
                    least = child
                }
                guard least != index else { return }
                self.heap.swapAt(index, least)
                index = least
            }
        }
    }

    private var lines: [Shape: Line] = [:]
    private var blocked: Set<Shape> = []

    var isEmpty: Bool { self.lines.isEmpty }

    private static func shape(of job: OpenJob, slot: Int, reason: DecisionReason) -> Shape {
        let submission = job.record.submission
        return Shape(
            requiredCores: submission.requiredCores, largestWorkflowCores: submission.largestWorkflowCores,
            runtimes: submission.runtimes, taskType: submission.taskType,
            datacenterCount: submission.datacenterCount,
            takenDatacenters: job.datacenters(exceptSlot: slot), reason: reason, isTask: false)
    }

    mutating func append(_ job: OpenJob, slot: Int, reason: DecisionReason) {
        self.lines[Self.shape(of: job, slot: slot, reason: reason), default: Line()].append(
            Ticket(job: job, slot: slot, task: nil))
    }

    mutating func append(_ job: OpenJob, task index: Int, reason: DecisionReason) {
        let task = job.record.tasks[index]
        var shape = Self.shape(of: job, slot: task.slot, reason: reason)
        shape.isTask = true
        shape.requiredCores = job.workflow(task.workflowID)?.cores ?? 0
        shape.largestWorkflowCores = shape.requiredCores
        self.lines[shape, default: Line()].append(Ticket(job: job, slot: task.slot, task: index))
    }

    /// Begins anew: what couldn't be placed may be placeable now.
    ///
    /// - Parameter isForRoom: Whether nothing but room has changed: then what waits for room waits on while there is none.
    mutating func unblock(isForRoom: Bool) {
        self.blocked.removeAll(keepingCapacity: true)
        for shape in self.lines.keys {
            self.lines[shape]?.unblock()
            if !isForRoom {
                self.lines[shape]?.waitsForRoom = false
            }
        }
    }

    /// What goes first among what hasn't been found unplaceable since ``unblock(isForRoom:)``.
    mutating func first(hasRoom: (Shape) -> Bool) -> (shape: Shape, ticket: Ticket)? {
        var best: (shape: Shape, ticket: Ticket)?
        var emptied: [Shape] = []
        for shape in self.lines.keys where !self.blocked.contains(shape) {
            if shape.isTask, shape.reason == .noCapacity, self.lines[shape]?.waitsForRoom == true,
                !hasRoom(shape)
            {
                self.blocked.insert(shape)
                continue
            }
            guard let ticket = self.lines[shape]?.first(shape.reason) else {
                if self.lines[shape]?.isEmpty == true {
                    emptied.append(shape)
                } else {
                    // All were tried.
                    self.lines[shape]?.waitsForRoom = true
                    self.blocked.insert(shape)
                }
                continue
            }
            if let known = best, !ticket.goesBefore(known.ticket) { continue }
            best = (shape, ticket)
        }
        for shape in emptied { self.lines[shape] = nil }
        return best
    }

    /// Takes out what ``first(hasRoom:)`` gave.
    mutating func removeFirst(of shape: Shape) { self.lines[shape]?.removeFirst() }

    /// Has others of its shape go before what ``first(hasRoom:)`` gave, until the view changes.
    mutating func putFirstAside(of shape: Shape) { self.lines[shape]?.putFirstAside() }

    /// Queues the first slot of a shape anew where another slot of its job has moved meanwhile: it would speak for others
    /// that it isn't like any more. Answers whether it is where it belongs.
    mutating func requeueIfMoved(_ ticket: Ticket, from shape: Shape) -> Bool {
        let now = Self.shape(of: ticket.job, slot: ticket.slot, reason: shape.reason)
        guard now != shape else { return true }
        self.removeFirst(of: shape)
        self.lines[now, default: Line()].append(ticket)
        return false
    }

    /// Nothing of this shape can be placed as things are.
    mutating func block(_ shape: Shape) { self.blocked.insert(shape) }
}
