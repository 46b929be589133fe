import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// SIGINT and SIGTERM: the first one asks to end, a second one ends the process at once with 128 and its number.
final class Signals: Sendable {
    /// The closure in a struct: a bare one in a `Mutex` grows with every read.
    private struct State {
        var onFirst: (@Sendable () -> Void)?
        var count = 0
        var sources: [any DispatchSourceSignal] = []
    }

    private let state = Mutex(State())

    /// Listens from now on.
    ///
    /// - Parameter onFirst: called once, on a thread of the system's. Must return at once.
    init(onFirst: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.onFirst = onFirst }
        let sources = [SIGINT, SIGTERM].map { self.listen($0) }
        self.state.withLock { $0.sources = sources }
    }

    /// Whether one has come.
    var hasCome: Bool { self.state.withLock { $0.count > 0 } }

    /// Takes the sources down: signals are ignored from then on.
    func end() {
        for source in self.state.withLock({ $0.sources }) { source.cancel() }
    }

    // Nonisolated, so that the handler may run on libdispatch's thread.
    private nonisolated func listen(_ number: Int32) -> any DispatchSourceSignal {
        // libdispatch sees a signal whose default action is off.
        _ = signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { [self] in self.take(number) }
        source.activate()
        return source
    }

    private nonisolated func take(_ number: Int32) {
        let first = self.state.withLock { state in
            state.count += 1
            defer { state.onFirst = nil }
            return state.onFirst
        }
        guard let first else { _exit(128 + number) }
        first()
    }
}
