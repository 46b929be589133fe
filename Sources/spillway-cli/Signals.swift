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
        var firstNumber: Int32 = 0
        var firstAt: ContinuousClock.Instant?
    }

    /// The closure in a struct: a bare one in a `Mutex` grows with every read.
    private struct Answer: Sendable {
        var answer: @Sendable () -> Void
    }

    private let state: Mutex<State>

    init(onFirst: @escaping @Sendable () -> Void) {
        self.state = Mutex(State(first: Answer(answer: onFirst)))
    }

    /// timeout(1) sends the same signal to its child and to its child's group: that is one, not two.
    private static let echo = Duration.milliseconds(50)

    func take(_ number: Int32) {
        let now = ContinuousClock().now
        let (first, isEcho) = self.state.withLock { state -> (Answer?, Bool) in
            guard let firstAt = state.firstAt else {
                state.firstNumber = number
                state.firstAt = now
                return (state.first.take(), false)
            }
            return (nil, number == state.firstNumber && now - firstAt < Self.echo)
        }
        if isEcho { return }
        guard let first else { _exit(128 + number) }
        // Elsewhere, so that a second signal is heard whatever the answer to the first waits for.
        DispatchQueue.global().async { first.answer() }
    }
}
