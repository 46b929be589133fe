import Synchronization

/// Which partitions of `events` the lanes of this instance have. May be used from any thread.
final class Ownership: Sendable {
    private struct State {
        var lanes: [Int: Set<Int32>] = [:]
        var changes = 0
    }

    private let state = Mutex(State())

    /// A lane has these partitions from now on.
    func give(_ lane: Int, _ partitions: Set<Int32>) {
        self.state.withLock { state in
            state.lanes[lane] = partitions
            state.changes += 1
        }
    }

    /// The instance's partitions, and how often that has changed.
    var owned: (partitions: Set<Int32>, changes: Int) {
        self.state.withLock { state in
            (state.lanes.values.reduce(into: []) { $0.formUnion($1) }, state.changes)
        }
    }
}
