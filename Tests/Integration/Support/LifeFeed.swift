import KafkaClient

/// Sends events from a thread of its own at a pace: every third by a producer that partitions by CRC32.
final class LifeFeed: Sendable {
    struct Item: Sendable {
        var key: String
        var body: String
    }

    private struct State: Sendable {
        var isDone = false
        var error: String?
    }

    private let gate = Gate<State>(State())

    init(_ setup: Setup, _ items: [Item], perSecond: Int = 1_000_000) {
        Thread.start { [gate] in
            do {
                try Self.send(setup, items, perSecond)
            } catch {
                gate.change { $0.error = "\(error)" }
            }
            gate.change { $0.isDone = true }
        }
    }

    /// The submissions of so many jobs, with the repetitions and cancellations that belong to them.
    static func jobs(_ numbers: Range<Int>) -> [Item] {
        var items: [Item] = []
        for number in numbers.lowerBound..<numbers.upperBound + 40 {
            if numbers.contains(number) {
                items.append(Item(key: LifeJob(number: number).id, body: LifeJob(number: number).body))
            }
            let (again, cancelled) = (LifeJob(number: number - 30), LifeJob(number: number - 40))
            if numbers.contains(again.number), again.isRepeated { items.append(Item(key: again.id, body: again.body)) }
            if numbers.contains(cancelled.number), cancelled.isCancelled {
                items.append(Self.cancellation(of: cancelled.id))
            }
        }
        return items
    }

    static func cancellation(of jobID: String) -> Item {
        Item(key: jobID, body: "{\"type\":\"job.cancelled\",\"job_id\":\"\(jobID)\",\"reason\":\"asked by the test\"}")
    }

    /// Waits until all has arrived.
    func finish(within seconds: Double = 120) throws {
        guard self.gate.wait(seconds, until: \.isDone) else { throw Trouble("the feed isn't done in \(seconds) s") }
        if let error = self.gate.value.error { throw Trouble("the feed failed: \(error)") }
    }

    private static func send(_ setup: Setup, _ items: [Item], _ perSecond: Int) throws {
        let like = setup.client.merging(["max.in.flight.requests.per.connection": "1", "linger.ms": "5"])
        let java = try Producer(like.merging(["partitioner": "murmur2_random"]))
        let crc = try Producer(like.merging(["partitioner": "consistent_random"]))
        let (javaTopic, crcTopic) = (
            try java.topic(named: setup.topic("events")), try crc.topic(named: setup.topic("events"))
        )
        let start = monotonicSeconds()
        for (index, item) in items.enumerated() {
            // By its key, so that what is said of one job stays in order.
            if item.key.utf8.reduce(0, { $0 + Int($1) }) % 3 == 0 {
                try crc.send(Array(item.body.utf8), key: item.key, to: crcTopic)
            } else {
                try java.send(Array(item.body.utf8), key: item.key, to: javaTopic)
            }
            let due = start + Double(index + 1) / Double(perSecond)
            try java.serve()
            try crc.serve()
            while monotonicSeconds() < due {
                try crc.serve(timeout: .seconds(max(0.001, due - monotonicSeconds())))
            }
        }
        try java.finish(within: 200)
        try crc.finish(within: 200)
    }
}
