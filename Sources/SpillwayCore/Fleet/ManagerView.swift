/// What is kept of a manager's newest heartbeat.
struct ManagerView: Sendable {
    let managerID: String
    var incarnation: Int64
    var sequence: Int64
    var recordTimestamp: UnixSeconds
    var state: ManagerState
    var workerCount: Int
    var healthyWorkerCount: Int
    var totalCores: Int
    var availableCores: Int
    var pendingWorkflowCount: Int
    var pendingDurationSeconds: Seconds
    var activeRemainingSeconds: Seconds
    /// Cut to the busy cores.
    var schedule: [CoresFreeing]
    /// What it runs and says is well.
    var healthyRuntimes: RuntimeSet
    /// Indices of all runtimes that it names.
    var namedRuntimes: [Int]
    /// Whether the heartbeat was fresh when it was read. If not, no panic makes it count.
    var wasFreshWhenRead: Bool
    /// Whether its heartbeat counts: set when the datacenter is looked at.
    var isFresh = false
}

/// Reservations that wait for a newer heartbeat, the one accepted first on top.
struct AcceptedReservations: Sendable {
    struct Entry: Sendable {
        var at: UnixSeconds
        var id: ReservationID
    }

    private var heap: [Entry] = []

    var count: Int { self.heap.count }

    mutating func push(_ id: ReservationID, at: UnixSeconds) {
        self.heap.append(Entry(at: at, id: id))
        var child = self.heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child].at < self.heap[parent].at else { return }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the first that was accepted before a time.
    mutating func pop(before time: UnixSeconds) -> ReservationID? {
        guard let first = self.heap.first, first.at < time, let last = self.heap.popLast() else { return nil }
        guard !self.heap.isEmpty else { return first.id }
        self.heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < self.heap.count else { return first.id }
            if child + 1 < self.heap.count, self.heap[child + 1].at < self.heap[child].at { child += 1 }
            guard self.heap[child].at < self.heap[parent].at else { return first.id }
            self.heap.swapAt(child, parent)
            parent = child
        }
    }
}
