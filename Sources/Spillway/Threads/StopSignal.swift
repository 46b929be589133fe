import Dispatch
import SpillwayCore
import Synchronization

/// Says once that everything is to end, and ends the waits of those who would not look.
final class StopSignal: Sendable {
    private struct State {
        var wakers: [Waking] = []
        var waits: [DispatchSemaphore] = []
        var since: Seconds?
    }

    /// What ends somebody's wait. In a struct: a bare closure in a `Mutex` grows with every read.
    struct Waking: Sendable {
        var wake: @Sendable () -> Void
    }

    private let flag = Atomic<Bool>(false)
    private let state = Mutex(State())

    /// Whether to end. May be asked from any thread, often.
    var isSet: Bool { self.flag.load(ordering: .acquiring) }

    /// How long ago it was set, in seconds; 0 if it hasn't been.
    var age: Seconds {
        self.state.withLock { $0.since }.map { Clock.monotonic() - $0 } ?? 0
    }

    /// Asks everybody to end.
    func set() {
        self.flag.store(true, ordering: .releasing)
        let (wakers, waits) = self.state.withLock { state in
            if state.since == nil { state.since = Clock.monotonic() }
            return (state.wakers, state.waits)
        }
        for waker in wakers { waker.wake() }
        for wait in waits { wait.signal() }
    }

    /// Has something called when it is set; at once if it already is.
    func onSet(_ wake: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.wakers.append(Waking(wake: wake)) }
        if self.isSet { wake() }
    }

    /// Waits for the signal, for so long at most.
    ///
    /// - Returns: Whether it is set.
    @discardableResult
    func wait(_ seconds: Seconds) -> Bool {
        let semaphore = DispatchSemaphore(value: 0)
        self.state.withLock { $0.waits.append(semaphore) }
        defer { self.state.withLock { state in state.waits.removeAll { $0 === semaphore } } }
        if self.isSet { return true }
        _ = semaphore.wait(timeout: .now() + seconds)
        return self.isSet
    }
}
