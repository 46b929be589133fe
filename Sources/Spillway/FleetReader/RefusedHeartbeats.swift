import KafkaClient
import SpillwayMessages
import Synchronization

/// A heartbeat that could not be read, byte for byte, on its way to `dead-letter`.
struct RefusedHeartbeat: Sendable {
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: HeaderList
    var partition: Int32
    var origin: String
    var timestampMilliseconds: Int64
    var refusal: Refusal

    var reason: String { self.refusal.reason.rawValue }
}

/// Heartbeats that could not be read. Every instance counts them; the owner of the partition of `events` with that
/// number writes them (contract/records.md, `dead-letter`).
final class RefusedHeartbeats: Sendable {
    /// More than that is a flood: what is beyond is counted by the reader and not kept.
    private static let most = 10_000

    private let state = Mutex<[RefusedHeartbeat]>([])
    private let count = Atomic<Int>(0)

    /// Whether there may be some; costs nothing to ask.
    var isWorthALook: Bool { self.count.load(ordering: .relaxed) > 0 }

    func append(_ heartbeat: RefusedHeartbeat) {
        self.state.withLock { refused in
            guard refused.count < Self.most else { return }
            refused.append(heartbeat)
            self.count.store(refused.count, ordering: .relaxed)
        }
    }

    /// Takes those out that the owner of a partition of `events` is to write.
    func take(for partition: Int32, of partitions: Int32) -> [RefusedHeartbeat] {
        self.state.withLock { refused in
            let taken = refused.filter { $0.partition % partitions == partition }
            refused.removeAll { $0.partition % partitions == partition }
            self.count.store(refused.count, ordering: .relaxed)
            return taken
        }
    }

    /// Those of partitions that nobody here owns are another instance's to write.
    func dropAllBut(partitions: Set<Int32>, of count: Int32) {
        self.state.withLock { refused in
            refused.removeAll { !partitions.contains($0.partition % count) }
            self.count.store(refused.count, ordering: .relaxed)
        }
    }
}
