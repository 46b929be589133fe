import KafkaClient
import Testing

extension IntegrationTests {
    /// Records that can't be read, among good ones.
    @Suite(.serialized, .timeLimit(.minutes(10)), onBroker) struct HostileInputTests {
        /// Sends bad records, each with what it should be refused for, between the rounds that the body does.
        private func send(_ bad: [Malformed], count: Int, to topic: String, _ setup: Setup, _ dice: inout Dice) throws {
            let producer = try Producer(
                setup.client.merging(["partitioner": "consistent_random", "message.max.bytes": "1000000"]))
            let handle = try producer.topic(named: setup.topic(topic))
            for index in 0..<count {
                // Each at least once, then any but the largest: they are about the kind, not about the volume.
                var record = bad[index % bad.count]
                if index >= bad.count * 2, (record.value?.count ?? 0) > 100_000 { record = bad[0] }
                var headers = HeaderList()
                headers.append("x-expect", record.reasons)
                if let type = record.typeHeader { headers.append("ce_type", type) }
                // Anything may stand in a header, and nothing.
                if index % 3 == 0 { try headers.append(bytes: [0, 0xff, UInt8(index & 0xff)], named: "x-binary") }
                if index % 5 == 0 { headers.append(named: "x-null", nil as RawSpan?) }
                let key: String? = index % 4 == 0 ? nil : "key-\(dice.next() % 50)"
                try producer.send(record.value, key: key, to: handle, headers: headers)
            }
            try producer.finish()
        }

        @Test func `Every bad record is in dead-letter byte for byte with its reason, and every good job is placed`()
            throws
        {
            print("seed \(Environment.seed) (SPILLWAY_TEST_SEED)")
            var dice = Dice(Environment.seed)
            let setup = Setup("hostile", bootstrap: try #require(Environment.bootstrap))
            let good = Environment.malformed
            var router = try Router(setup)
            #expect(router.line("ViewRead", within: 60) != nil, "\(router.lastWords)")
            let fleet = try Fleet(setup)
            defer { fleet.stop() }
            try router.ready()
            #expect(router.hasDatacenters(4, within: 20), "\(router.lastWords)")

            let feed = Feed(setup, Array(0..<good), perSecond: good / 2)
            try self.send(Malformed.events, count: Environment.malformed, to: "events", setup, &dice)
            try self.send(Malformed.heartbeats, count: 100, to: "heartbeats", setup, &dice)
            try feed.finish()
            // Exactly the limit is taken.
            let brim = try Producer(setup.client)
            let topic = try brim.topic(named: setup.topic("events"))
            try brim.send(Malformed.padded(65_536, id: "brim"), key: "brim", to: topic)
            try brim.finish()

            #expect(try Drain.wait(setup, within: 60), "not all was taken\n\(router.lastWords)")
            let dead = try Progress(setup, "dead-letter")
            #expect(try dead.wait(for: Environment.malformed + 100, within: 20), "\(dead.count)\n\(router.lastWords)")
            let decided = try Progress(setup, "decisions")
            #expect(try decided.wait(for: good + 1, within: 20), "\(decided.count)\n\(router.lastWords)")
            #expect(router.metric("spillway_dead_letters_total") == Double(Environment.malformed + 100))
            #expect(router.stop() == 0, "\(router.lastWords)")

            // Yesterday's bad heartbeats aren't written again: a new one, behind them, is.
            router = try Router(setup)
            try router.ready()
            try self.send([Malformed.heartbeats[0]], count: 8, to: "heartbeats", setup, &dice)
            #expect(try dead.wait(for: Environment.malformed + 108, within: 20), "\(dead.count)\n\(router.lastWords)")
            #expect(router.stop() == 0, "\(router.lastWords)")

            let brims = try TopicReader.all(setup, ["decisions"])["decisions"]?.filter { $0.keyText == "brim" }
            #expect(brims?.count == 1)
            let heartbeats = try TopicReader.all(setup, ["heartbeats"])["heartbeats"] ?? []
            #expect(heartbeats.count { $0.header("x-expect") != nil } == 108)
            var checker = try Checker(setup, jobs: Array(0..<good))
            checker.tolerate("brim")
            checker.check()
            checker.checkHeartbeats(heartbeats)
        }
    }
}

extension HeaderList {
    fileprivate mutating func append(bytes: [UInt8], named name: String) throws {
        // Bytes have no padding, which is why a span's are called unsafe.
        unsafe self.append(named: name, bytes.span.bytes)
    }
}
