/// A place in a partition.
public struct PartitionOffset: Hashable, Sendable, CustomStringConvertible {
    /// The topic's name.
    public var topic: String
    /// The partition's number, from 0.
    public var partition: Int32
    /// The offset, or one of the ``Offset``s that stand for a place.
    public var offset: Int64

    /// Names a place. The default is where the group left off, or `auto.offset.reset`.
    public init(_ topic: String, _ partition: Int32, _ offset: Int64 = Offset.stored) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    /// Names a place in a partition.
    public init(_ partition: TopicPartition, _ offset: Int64) {
        self.init(partition.topic, partition.partition, offset)
    }

    /// The partition without the offset.
    public var topicPartition: TopicPartition { TopicPartition(self.topic, self.partition) }

    /// The offset, or nil where there is none (nothing committed, nothing that late, nothing read yet).
    public var known: Int64? { self.offset >= 0 ? self.offset : nil }

    /// `topic/partition@offset`.
    public var description: String { "\(self.topic)/\(self.partition)@\(Offset.description(of: self.offset))" }
}

/// Offsets that stand for a place rather than being one.
public enum Offset {
    /// The first record that the log still holds.
    public static let beginning: Int64 = -2
    /// Behind the last record.
    public static let end: Int64 = -1
    /// What the group committed, or `auto.offset.reset` where it committed nothing.
    public static let stored: Int64 = -1000
    /// No offset: nothing committed, or no record that late.
    public static let none: Int64 = -1001

    static func description(of offset: Int64) -> String {
        switch offset {
        case self.beginning: "beginning"
        case self.end: "end"
        case self.stored: "stored"
        case self.none: "none"
        default: "\(offset)"
        }
    }
}
