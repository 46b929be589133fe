import Glibc
import Synchronization

/// SIGINT and SIGTERM end a measurement in good order: children are ended and topics deleted.
enum BenchInterrupt {
    private static let isRequested = Atomic(false)

    /// From now on they only ask.
    static func install() {
        // Looked at before it can be needed by the handler, which must not initialize it.
        Self.isRequested.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { number in
                // The second one ends at once.
                if BenchInterrupt.isRequested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
            }
        }
    }

    /// Whether one has come.
    static var isRequestedNow: Bool { Self.isRequested.load(ordering: .relaxed) }

    /// - Throws: that the measurement was interrupted, if it was.
    static func check() throws(CommandFailure) {
        if Self.isRequested.load(ordering: .relaxed) { throw .failed("interrupted") }
    }
}
