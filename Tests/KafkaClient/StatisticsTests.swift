import KafkaClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct StatisticsTests {
    @Test func `A consumer's statistics have its lag, its queues and its brokers' round trips`() throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t", partitions: 2)
        try cluster.fill("t", with: ["a", "b", "c"])
        let documents = Box<[StatisticsDocument]>([])
        let consumer = try Consumer(
            cluster.settings.merging([
                "group.id": "g", "enable.auto.commit": "false", "statistics.interval.ms": "50",
            ]),
            onEvent: { event in if case .statistics(let document) = event { documents.value.append(document) } })
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        #expect(try consumer.read(3).count == 3)
        try consumer.commit([PartitionOffset("t", 0, 1)])
        documents.value = []
        let found = Box<Statistics?>(nil)
        try consumer.poll {
            let latest = documents.value.last?.decoded()
            guard latest?.partitions.contains(where: { $0.partition == 0 && $0.lag == 2 }) == true else { return false }
            found.value = latest
            return true
        }
        let statistics = try #require(found.value)
        #expect(statistics.clientName == consumer.name)
        #expect(statistics.clientType == "consumer")
        #expect(statistics.receivedMessages == 3)
        #expect(statistics.group?.state == "up")
        let partition = try #require(statistics.partitions.first { $0.partition == 0 })
        #expect(partition.topic == "t")
        #expect(partition.committedOffset == 1)
        #expect(partition.highOffset == 3)
        #expect(partition.fetchState == "active")
        #expect(statistics.partitions.allSatisfy { $0.partition >= 0 })
        let broker = try #require(statistics.brokers.first { $0.id == 1 })
        #expect(broker.state == "UP")
        #expect(broker.receivedBytes > 0)
    }

    @Test func `A transactional producer's statistics have its state and its queue`() throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t")
        let last = Box<Statistics?>(nil)
        let producer = try Producer(
            cluster.settings.merging([
                "transactional.id": "x", "statistics.interval.ms": "50", "linger.ms": "10000",
                "queue.buffering.max.messages": "1234",
            ]),
            onEvent: { event in if case .statistics(let document) = event { last.value = document.decoded() } })
        try producer.initTransactions(timeout: .seconds(10))
        try producer.beginTransaction()
        try producer.send("v", to: "t")
        let end = ContinuousClock.now + .seconds(20)
        while last.value?.queuedMessages != 1, ContinuousClock.now < end { try producer.serve(timeout: .seconds(1)) }
        #expect(last.value?.queuedMessages == 1)
        #expect(last.value?.queuedMessagesLimit == 1234)
        #expect(last.value?.transactions?.transactionState == "InTransaction")
    }

    @Test(arguments: ["", "{", "[1]", #"{"ts":}"#, #"{"ts" 1}"#, #"{"name":"x}"#, #"{"brokers":{"b":1}}"#])
    func `What isn't a document of librdkafka's is nil`(text: String) {
        #expect(StatisticsDocument(json: Array(text.utf8)).decoded() == nil)
    }

    @Test func `What isn't known is passed over, and nesting has an end`() {
        let text = #"{"new":[1,{"a":[]},"x\"\u00e9",null,true,-1.5e3],"name":"a\u00e9\n","ts":12,"msg_cnt":3.9}"#
        let statistics = StatisticsDocument(json: Array(text.utf8)).decoded()
        #expect(statistics?.clientName == "aé\n")
        #expect(statistics?.timestampMicroseconds == 12)
        #expect(statistics?.queuedMessages == 3)
        let deep = #"{"new":"# + String(repeating: "[", count: 100_000)
        #expect(StatisticsDocument(json: Array(deep.utf8)).decoded() == nil)
    }
}
