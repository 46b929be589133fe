/// A change of what a group lets its member read.
public enum Rebalance: Hashable, Sendable {
    /// These partitions come. What the handler answers says where to start; the others start where the group left off.
    case assigned([TopicPartition])
    /// These partitions go. They are still this member's while the handler runs: finish and commit what is open.
    case revoked([TopicPartition])
    /// These partitions are gone, and another member may be reading them: abort what is open, commit nothing.
    case lost([TopicPartition])

    /// The partitions, whichever way they go.
    public var partitions: [TopicPartition] {
        switch self {
        case .assigned(let partitions), .revoked(let partitions), .lost(let partitions): partitions
        }
    }
}

/// Runs inside a rebalance, on the thread that polls or closes the consumer, before the change takes effect.
///
/// It may commit, read positions and committed offsets, and use a producer. It must not poll or close the consumer.
/// For ``Rebalance/assigned(_:)`` it answers the offsets to start from, of as many of the partitions as it likes.
public typealias RebalanceHandler = (Consumer, Rebalance) -> [PartitionOffset]
