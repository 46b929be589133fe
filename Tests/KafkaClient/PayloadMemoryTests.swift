import Testing

@testable import KafkaClient

/// Values that lie in a producer's own memory until they are flushed.
@Suite(.timeLimit(.minutes(1))) struct PayloadMemoryTests {
    private func copy(_ bytes: [UInt8], to memory: PayloadMemory) -> UnsafeMutableRawPointer {
        unsafe bytes.withUnsafeBytes { unsafe memory.copy($0) }
    }

    @Test func `Copies lie behind each other, and a new round begins where the first did`() {
        let memory = PayloadMemory()
        let first = unsafe UInt(bitPattern: self.copy([1, 2, 3], to: memory))
        let second = unsafe UInt(bitPattern: self.copy([4], to: memory))
        #expect(second == first + 3)
        memory.takeBack(1)
        let third = unsafe self.copy([5, 6], to: memory)
        #expect(UInt(bitPattern: third) == second)
        let bytes = (-3..<2).map { unsafe third.load(fromByteOffset: $0, as: UInt8.self) }
        #expect(bytes == [1, 2, 3, 5, 6])
        memory.reuse()
        let anew = unsafe UInt(bitPattern: self.copy([7], to: memory))
        #expect(anew == first)
    }

    @Test func `It grows by chunks, and what a burst has needed is given back in the end`() {
        let memory = PayloadMemory()
        let value = [UInt8](repeating: 1, count: PayloadMemory.largest)
        for _ in 0..<200 { _ = unsafe self.copy(value, to: memory) }
        #expect(memory.byteCount == 4 * PayloadMemory.chunkSize)
        memory.reuse()
        for _ in 0..<10 { memory.reuse() }
        #expect(memory.byteCount == 4 * PayloadMemory.chunkSize)
        for _ in 0..<(2 * PayloadMemory.roundsKept) { memory.reuse() }
        #expect(memory.byteCount == PayloadMemory.chunkSize)
    }

    /// Texts of all sizes: none, empty, small, and too large for a chunk.
    private static func values(round: Int) -> [String?] {
        [nil, "", "v\(round)"]
            + [100, 5000, PayloadMemory.largest, PayloadMemory.largest + 1].map { size in
                String(repeating: "\(round % 10)", count: size)
            }
    }

    @Test(arguments: [false, true])
    func `What was sent arrives as it was, round after round`(_ isTransactional: Bool) throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t")
        let settings = cluster.settings.merging(isTransactional ? ["transactional.id": "x"] : [:])
        let producer = try Producer(settings, keepsValuesUntilFlushed: true)
        if isTransactional { try producer.initTransactions(timeout: .seconds(10)) }
        let rounds = 5
        for round in 0..<rounds {
            if isTransactional { try producer.beginTransaction() }
            for (number, value) in Self.values(round: round).enumerated() {
                var headers = HeaderList()
                if number % 2 == 1 { headers.append("h", "\(number)") }
                try producer.send(value, key: "k\(number)", to: "t", partition: 0, headers: headers)
            }
            if isTransactional {
                try producer.commitTransaction(timeout: .seconds(10))
            } else {
                #expect(try producer.flush(timeout: .seconds(10)))
            }
        }
        #expect(producer.failedCount == 0)
        let consumer = try Consumer(cluster.settings.merging(["group.id": "g"]))
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        let expected = (0..<rounds).flatMap { Self.values(round: $0) }
        let read = try consumer.read(expected.count)
        #expect(read.map(\.text) == expected)
        try consumer.close()
    }

    @Test func `A value that found no room is sent again as it was`() throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t")
        let producer = try Producer(
            cluster.settings.merging(["queue.buffering.max.messages": "10"]), keepsValuesUntilFlushed: true)
        var refusals = 0
        for number in 0..<100 { refusals += try producer.sendWhenThereIsRoom("value \(number)", to: "t", partition: 0) }
        #expect(try producer.flush(timeout: .seconds(10)))
        #expect(refusals > 0)
        let consumer = try Consumer(cluster.settings.merging(["group.id": "g"]))
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        #expect(try consumer.read(100).map(\.text) == (0..<100).map { "value \($0)" })
        try consumer.close()
    }
}
