import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// SIGINT and SIGTERM: the first one asks to end, a second one ends the process at once with 128 and its number.
final class Signals {
    private let sources: [any DispatchSourceSignal]

    /// Listens from now on.
    ///
    /// - Parameter onFirst: called once, on a thread of the system's.
    init(onFirst: @escaping @Sendable () -> Void) {
        let answer = SignalAnswer(onFirst: onFirst)
        self.sources = [SIGINT, SIGTERM].map { Self.listen($0, answer) }
    }

    /// Takes the sources down: signals are ignored from then on.
    func end() {
        for source in self.sources { source.cancel() }
    }

    // Nonisolated, so that the handler may run on libdispatch's thread.
    private nonisolated static func listen(_ number: Int32, _ answer: SignalAnswer) -> any DispatchSourceSignal {
        // libdispatch sees a signal whose default action is off.
        _ = signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { answer.take(number) }
        source.activate()
        return source
    }
}

/// What signals lead to, from any thread.
private final class SignalAnswer: Sendable {
    private struct State {
        var first: Answer?
    }

    /// The closure in a struct: a bare one in a `Mutex` grows with every read.
    private struct Answer: Sendable {
        var answer: @Sendable () -> Void
    }

    private let state: Mutex<State>

    init(onFirst: @escaping @Sendable () -> Void) {
        self.state = Mutex(State(first: Answer(answer: onFirst)))
    }

    func take(_ number: Int32) {
        let first = self.state.withLock { state in
            defer { state.first = nil }
            return state.first
        }
        guard let first else { _exit(128 + number) }
        // Elsewhere, so that a second signal is heard whatever the answer to the first waits for.
        DispatchQueue.global().async { first.answer() }
    }
}
