import Dispatch
import Glibc
import Synchronization

/// An operating system's thread of our own: what waits in librdkafka must not hold a thread of Swift's pool.
@safe final class WorkerThread: Sendable {
    private struct State {
        var isDone = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watching: [DispatchSemaphore] = []
    }

    // Safe: handed to the new thread once, with a reference that the thread gives up at its start.
    private final class Start {
        let body: @Sendable () -> Void
        let thread: WorkerThread

        init(body: @escaping @Sendable () -> Void, thread: WorkerThread) {
            self.body = body
            self.thread = thread
        }
    }

    private let state = Mutex(State())

    /// Starts a thread.
    ///
    /// - Parameter body: What it does. It runs to its end; there is no way to stop it from outside but to ask.
    init(_ body: @escaping @Sendable () -> Void) {
        let start = unsafe Unmanaged.passRetained(Start(body: body, thread: self)).toOpaque()
        var identifier = pthread_t()
        let code = unsafe pthread_create(
            &identifier, nil,
            { opaque in
                guard let opaque = unsafe opaque else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(opaque).takeRetainedValue()
                start.body()
                start.thread.finish()
                return nil
            }, start)
        if code == 0 {
            pthread_detach(identifier)
        } else {
            // No thread to be had: what it would have done is done here, late rather than never.
            unsafe Unmanaged<Start>.fromOpaque(start).release()
            body()
            self.finish()
        }
    }

    /// Returns when the thread has ended.
    func end() async {
        await withCheckedContinuation { continuation in
            let isDone = self.state.withLock { state in
                if !state.isDone { state.waiting.append(continuation) }
                return state.isDone
            }
            if isDone { continuation.resume() }
        }
    }

    /// Waits for the end, a tenth of a second at most.
    func waitBriefly() {
        let semaphore = DispatchSemaphore(value: 0)
        let isDone = self.state.withLock { state in
            if !state.isDone { state.watching.append(semaphore) }
            return state.isDone
        }
        if !isDone { _ = semaphore.wait(timeout: .now() + 0.1) }
    }

    var isDone: Bool { self.state.withLock { $0.isDone } }

    private func finish() {
        let waiting = self.state.withLock { state in
            state.isDone = true
            defer {
                state.waiting = []
                state.watching = []
            }
            for semaphore in state.watching { semaphore.signal() }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
