import Synchronization

/// Why the router ended; the first reason counts.
final class Outcome: Sendable {
    private let state = Mutex<SpillwayError?>(nil)

    var error: SpillwayError? { self.state.withLock { $0 } }

    func end(with error: SpillwayError) {
        self.state.withLock { if $0 == nil { $0 = error } }
    }
}
