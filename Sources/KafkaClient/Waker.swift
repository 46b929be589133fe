import CRdKafka
import Synchronization

/// Ends a client's wait from another thread.
///
/// May be used from any thread, and after the client has been closed.
@safe public final class Waker: Sendable {
    // Safe: the pointer is only used, and only given up, while the lock is held. @unchecked: a queue of librdkafka's may be
    // used from any thread, but a pointer that comes from its client's can't be shown to be sent here alone.
    @safe private struct State: @unchecked Sendable {
        var queue: OpaquePointer?
    }

    private let state: Mutex<State>

    /// Takes over a reference to a queue.
    init(owning queue: OpaquePointer?) {
        unsafe self.state = Mutex(State(queue: queue))
    }

    /// Makes the wait that is under way, or else the next one, return at once.
    public func wake() {
        self.state.withLock { state in
            if let queue = unsafe state.queue { unsafe rd_kafka_queue_yield(queue) }
        }
    }

    /// Gives the queue back, which must happen before its client is destroyed.
    func close() {
        self.state.withLock { state in
            if let queue = unsafe state.queue { unsafe rd_kafka_queue_destroy(queue) }
            unsafe state.queue = nil
        }
    }

    deinit { self.close() }
}
