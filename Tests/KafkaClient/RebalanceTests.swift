import KafkaClient
import Testing

/// The mock's first join takes three seconds, so each of these takes more.
@Suite(.timeLimit(.minutes(2))) struct RebalanceTests {
    let cluster: TestCluster

    init() throws {
        self.cluster = try TestCluster()
        try self.cluster.createTopic("t", partitions: 2)
    }

    private var settings: ClientSettings {
        self.cluster.settings.merging([
            "group.id": "g", "enable.auto.commit": "false", "auto.offset.reset": "earliest",
            "session.timeout.ms": "4100", "heartbeat.interval.ms": "100",
        ])
    }

    @Test(arguments: ["range", "cooperative-sticky"])
    func `User code runs inside the rebalance: it chooses the start, and commits before partitions go`(
        strategy: String
    ) throws {
        try self.cluster.fill("t", partition: 0, with: ["a", "b", "c"])
        try self.cluster.fill("t", partition: 1, with: ["d"])
        let seen = Box<[Rebalance]>([])
        let consumer = try Consumer(
            self.settings.merging(["partition.assignment.strategy": strategy]),
            onRebalance: { consumer, rebalance in
                seen.value.append(rebalance)
                switch rebalance {
                case .assigned: return [PartitionOffset("t", 0, 2)]
                case .revoked(let partitions):
                    // Still this member's: what it commits counts.
                    #expect(throws: Never.self) {
                        #expect(try Set(consumer.assignment()) == Set(partitions))
                        #expect(try !consumer.isAssignmentLost)
                        try consumer.commit(partitions.map { PartitionOffset($0, 42) })
                    }
                    return []
                case .lost: return []
                }
            })
        try consumer.subscribe(to: ["t"])
        #expect(try Set(consumer.read(2).compactMap(\.text)) == ["c", "d"])
        try consumer.close()

        let both: Set<TopicPartition> = [TopicPartition("t", 0), TopicPartition("t", 1)]
        #expect(seen.value.count == 2)
        guard case .assigned(let came)? = seen.value.first, case .revoked(let went)? = seen.value.last else {
            Issue.record("unexpected: \(seen.value)")
            return
        }
        #expect(Set(came) == both)
        #expect(Set(went) == both)

        let admin = try Admin(self.cluster.settings)
        let committed = try admin.committedOffsets(ofGroup: "g", Array(both), timeout: .seconds(10))
        #expect(committed.map(\.offset) == [42, 42])
    }

    @Test func `A member that the group gave up learns that its partitions are lost, and joins again`() throws {
        let seen = Box<[Rebalance]>([])
        let wasLost = Box(false)
        let consumer = try Consumer(
            self.settings,
            onRebalance: { consumer, rebalance in
                seen.value.append(rebalance)
                if case .lost = rebalance { wasLost.value = (try? consumer.isAssignmentLost) ?? false }
                return []
            })
        try consumer.subscribe(to: ["t"])
        try consumer.poll { seen.value.count == 1 }
        self.cluster.failNext(.heartbeat, with: [.unknownMember])
        try consumer.poll { seen.value.count == 3 }
        guard seen.value.count == 3, case .assigned = seen.value[0], case .lost(let lost) = seen.value[1],
            case .assigned = seen.value[2]
        else {
            Issue.record("unexpected: \(seen.value)")
            return
        }
        #expect(lost.count == 2)
        #expect(wasLost.value)
        try consumer.close()
    }

    @Test func `Without a handler reading simply follows the group`() throws {
        try self.cluster.fill("t", partition: 1, with: ["a"])
        let consumer = try Consumer(self.settings)
        try consumer.subscribe(to: ["t"])
        #expect(try consumer.read(1).map(\.text) == ["a"])
        let metadata = try consumer.groupMetadata()
        _ = metadata
        try consumer.unsubscribe()
        try consumer.close()
    }
}
