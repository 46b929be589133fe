import KafkaClient
import Testing

/// The calls and the ways out of their errors. What a transaction guarantees only a real broker can show.
@Suite(.timeLimit(.minutes(1))) struct TransactionTests {
    let cluster: TestCluster

    init() throws {
        self.cluster = try TestCluster()
        try self.cluster.createTopic("in")
        try self.cluster.createTopic("out")
    }

    private func producer(timeout: String = "60000") throws -> Producer {
        let producer = try Producer(
            self.cluster.settings.merging(["transactional.id": "x", "transaction.timeout.ms": timeout]))
        try producer.initTransactions(timeout: .seconds(10))
        return producer
    }

    @Test func `Records and offsets are committed together`() throws {
        let producer = try self.producer()
        let consumer = try Consumer(self.cluster.settings.merging(["group.id": "g", "enable.auto.commit": "false"]))
        try producer.beginTransaction()
        try producer.send("v", to: "out")
        try producer.sendOffsets(
            [PartitionOffset("in", 0, 1)], group: consumer.groupMetadata(), timeout: .seconds(10))
        try producer.commitTransaction(timeout: .seconds(10))
        #expect(producer.deliveredCount == 1)
        #expect(producer.outstanding == 0)

        try producer.beginTransaction()
        try producer.send("w", to: "out")
        try producer.abortTransaction(timeout: .seconds(10))
        try producer.transaction().commit()
    }

    @Test func `Without a transaction nothing may be sent`() throws {
        let producer = try self.producer()
        let error = #expect(throws: KafkaError.self) { try producer.send("v", to: "out") }
        #expect(error?.reason == .wrongState)
    }

    @Test func `A deposed member's offsets call for an abort, and the producer lives on`() throws {
        let producer = try self.producer()
        try producer.beginTransaction()
        try producer.send("v", to: "out")
        self.cluster.failNext(.commitTransactionOffsets, with: [.illegalGeneration])
        let error = #expect(throws: KafkaError.self) {
            try producer.sendOffsets(
                [PartitionOffset("in", 0, 1)], group: GroupMetadata(groupID: "g"), timeout: .seconds(10))
        }
        #expect(error?.recovery == .abort)
        #expect(error?.reason == .illegalGeneration)
        try producer.abortTransaction(timeout: .seconds(10))

        let transaction = try producer.transaction()
        try producer.send("w", to: "out")
        try transaction.commit()
    }

    @Test func `A fenced producer is of no more use`() throws {
        let producer = try self.producer()
        try producer.beginTransaction()
        try producer.send("v", to: "out")
        #expect(try producer.flush(timeout: .seconds(10)))
        self.cluster.failNext(.endTransaction, with: [.producerFenced])
        let error = #expect(throws: KafkaError.self) { try producer.commitTransaction(timeout: .seconds(10)) }
        #expect(error?.recovery == .close)
        #expect(error?.reason == .fenced)
        #expect(producer.fatalError?.isFatal == true)
    }

    @Test func `A commit whose time is up is called again`() throws {
        let producer = try self.producer()
        try producer.beginTransaction()
        try producer.send("v", to: "out")
        #expect(try producer.flush(timeout: .seconds(10)))
        try self.cluster.setRoundTrip(1, .milliseconds(500))
        let error = #expect(throws: KafkaError.self) { try producer.commitTransaction(timeout: .milliseconds(20)) }
        #expect(error?.reason == .timedOut)
        #expect(error?.recovery == .retry)
        try producer.commitTransaction(timeout: .seconds(10))
    }

    @Test func `A missing ACL on a topic aborts, and the failure says which topic`() throws {
        let producer = try self.producer()
        try producer.beginTransaction()
        self.cluster.failNext(.addPartitionsToTransaction, with: [.topicAuthorizationFailed])
        try producer.send("v", to: "out", partition: 0, ticket: 5)
        let error = #expect(throws: KafkaError.self) { try producer.commitTransaction(timeout: .seconds(10)) }
        #expect(error?.recovery == .abort)
        #expect(error?.reason == .notAuthorized)
        try producer.abortTransaction(timeout: .seconds(10))
        #expect(producer.failedCount == 1)
        let failure = producer.takeFailure()
        #expect(failure?.topic == "out")
        #expect(failure?.partition == 0)
        #expect(failure?.error.reason == .notAuthorized)
        #expect(producer.takeFailure() == nil)
    }

    @Test func `A transaction that is dropped is aborted, and counted`() throws {
        let producer = try self.producer()
        do {
            let transaction = try producer.transaction()
            try transaction.producer.send("v", to: "out")
        }
        #expect(producer.forgottenTransactions == 1)
        // Only possible because no transaction is open.
        try producer.transaction().abort()
        #expect(producer.forgottenTransactions == 1)
    }
}
