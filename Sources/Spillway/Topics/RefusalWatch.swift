import KafkaClient
import Synchronization

/// Hears from librdkafka's log that the broker refuses a login or a certificate: a request only says that it timed out.
final class RefusalWatch: Sendable {
    private struct State {
        var count = 0
        var last: String?
    }

    /// One refusal may be a broker that is just starting.
    private static let enough = 2
    private static let signs = [
        "SASL authentication error", "Authentication failed", "authentication failure", "SSL handshake failed",
        "certificate verify failed", "Unsupported SASL mechanism", "No provider for SASL mechanism",
        "SASL mechanism handshake failed",
    ]

    private let state = Mutex(State())

    func heard(_ line: KafkaClient.LogLine) {
        let text = line.message
        guard Self.signs.contains(where: { text.contains($0) }) else { return }
        self.state.withLock { state in
            state.count += 1
            state.last = text
        }
    }

    /// What the broker said, once it has said it more than once.
    var last: String? { self.state.withLock { $0.count >= Self.enough ? $0.last : nil } }
}
