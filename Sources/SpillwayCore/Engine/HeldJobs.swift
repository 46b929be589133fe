/// Held slots, queued by what decides whether they can be placed, so that a change of the view costs one attempt for
/// each kind of slot that still can't, however many wait.
struct HeldJobs {
    /// Slots of the same shape can be placed together or not at all.
    struct Shape: Hashable {
        var requiredCores: Int
        var largestWorkflowCores: Int
        var runtimes: [String]?
        var taskType: String
        var datacenterCount: Int
        var takenDatacenters: [String]
        var reason: DecisionReason
    }

    struct Ticket {
        var job: OpenJob
        var slot: Int

        /// Whether the slot still waits for what it was queued for.
        func isValid(_ reason: DecisionReason) -> Bool {
            self.job.isOpen && self.job.record.held.contains { $0.slot == self.slot && $0.reason == reason }
        }

        func goesBefore(_ other: Ticket) -> Bool {
            let (left, right) = (self.job.record, other.job.record)
            if left.submission.priority != right.submission.priority {
                return left.submission.priority < right.submission.priority
            }
            if left.input.timestamp != right.input.timestamp { return left.input.timestamp < right.input.timestamp }
            return (left.input.offset, self.slot) < (right.input.offset, other.slot)
        }
    }

    /// First come, first served, for each priority.
    private struct Line {
        var tickets: [[Ticket]] = [[], []]
        var heads = [0, 0]

        mutating func append(_ ticket: Ticket) {
            self.tickets[ticket.job.record.submission.priority == .normal ? 0 : 1].append(ticket)
        }

        mutating func first(_ reason: DecisionReason) -> Ticket? {
            for level in 0..<2 {
                while self.heads[level] < self.tickets[level].count {
                    let ticket = self.tickets[level][self.heads[level]]
                    if ticket.isValid(reason) { return ticket }
                    self.drop(level)
                }
            }
            return nil
        }

        mutating func removeFirst() {
            for level in 0..<2 where self.heads[level] < self.tickets[level].count { return self.drop(level) }
        }

        private mutating func drop(_ level: Int) {
            self.heads[level] += 1
            if self.heads[level] > 256, self.heads[level] * 2 > self.tickets[level].count {
                self.tickets[level].removeFirst(self.heads[level])
                self.heads[level] = 0
            }
        }
    }

    private var lines: [Shape: Line] = [:]
    private var blocked: Set<Shape> = []

    static func shape(of job: OpenJob, slot: Int, reason: DecisionReason) -> Shape {
        let submission = job.record.submission
        return Shape(
            requiredCores: submission.requiredCores, largestWorkflowCores: submission.largestWorkflowCores,
            runtimes: submission.runtimes, taskType: submission.taskType,
            datacenterCount: submission.datacenterCount,
            takenDatacenters: job.datacenters(exceptSlot: slot).sorted(), reason: reason)
    }

    mutating func append(_ job: OpenJob, slot: Int, reason: DecisionReason) {
        self.lines[Self.shape(of: job, slot: slot, reason: reason), default: Line()].append(
            Ticket(job: job, slot: slot))
    }

    /// Begins anew: what couldn't be placed may be placeable now.
    mutating func unblock() {
        self.blocked.removeAll(keepingCapacity: true)
    }

    /// The slot that goes first among those that haven't been found unplaceable since ``unblock()``.
    mutating func first() -> (shape: Shape, ticket: Ticket)? {
        var best: (shape: Shape, ticket: Ticket)?
        var emptied: [Shape] = []
        for shape in self.lines.keys where !self.blocked.contains(shape) {
            guard let ticket = self.lines[shape]?.first(shape.reason) else {
                emptied.append(shape)
                continue
            }
            if let known = best, !ticket.goesBefore(known.ticket) { continue }
            best = (shape, ticket)
        }
        for shape in emptied { self.lines[shape] = nil }
        return best
    }

    /// Takes the slot out that ``first()`` gave.
    mutating func removeFirst(of shape: Shape) {
        self.lines[shape]?.removeFirst()
    }

    /// Nothing of this shape can be placed as things are.
    mutating func block(_ shape: Shape) {
        self.blocked.insert(shape)
    }

    var isEmpty: Bool { self.lines.isEmpty }
}
