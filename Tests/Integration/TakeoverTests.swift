import KafkaClient
import Testing

extension IntegrationTests {
    /// Two instances of one group.
    @Suite(.serialized, .timeLimit(.minutes(10)), onBroker) struct TakeoverTests {
        /// The session timeout, and two seconds.
        static let handBack = 12.0

        @Test func `A second instance takes half the partitions, and the first has them back in time when it ends`()
            throws
        {
            print("seed \(Environment.seed) (SPILLWAY_TEST_SEED)")
            let setup = Setup("takeover", bootstrap: try #require(Environment.bootstrap))
            let total = Environment.submissions
            let first = try Router(setup, instance: "first")
            #expect(first.line("ViewRead", within: 60) != nil, "\(first.lastWords)")
            let fleet = try Fleet(setup)
            defer { fleet.stop() }
            try first.ready()
            #expect(first.hasDatacenters(4, within: 20), "\(first.lastWords)")
            #expect(first.hasPartitions(8, within: 20), "\(first.lastWords)")

            let feed = Feed(setup, Array(0..<total), perSecond: total / 20)
            let progress = try Progress(setup, "decisions")
            for isKilled in [false, true] {
                let second = try Router(setup, instance: "second")
                try second.ready()
                #expect(second.hasPartitions(4, within: 20), "\(second.lastWords)")
                #expect(first.hasPartitions(4, within: 20), "\(first.lastWords)")
                #expect(first.partitions.isDisjoint(with: second.partitions))
                #expect(first.partitions.union(second.partitions) == Set(0..<8))
                // Both work.
                try progress.wait(for: progress.count + total / 10, within: 20)
                let start = monotonicSeconds()
                if isKilled {
                    second.process.kill()
                } else {
                    #expect(second.stop(within: 10) == 0, "\(second.lastWords)")
                }
                #expect(
                    first.hasPartitions(8, within: Self.handBack - (monotonicSeconds() - start)), "\(first.lastWords)")
                print(isKilled ? "killed" : "stopped", "and taken over after \(monotonicSeconds() - start) s")
                #expect(first.seconds(until: "/health/ready", answers: 200, within: 10) != nil, "\(first.lastWords)")
            }
            try feed.finish()
            #expect(try Drain.wait(setup, within: 90), "not all was taken\n\(first.lastWords)")
            #expect(
                try progress.wait(for: Job.slots(of: 0..<total), within: 30), "\(progress.count) \(first.lastWords)")
            #expect(first.stop() == 0, "\(first.lastWords)")
            var checker = try Checker(setup, jobs: Array(0..<total))
            checker.check()
        }

        @Test func `Of two processes with one instance id the older ends with 1 and says so`() throws {
            let setup = Setup("double", bootstrap: try #require(Environment.bootstrap))
            let older = try Router(setup, instance: "same")
            try older.ready()
            let younger = try Router(setup, instance: "same")
            #expect(older.process.exitCode(within: 30) == 1, "\(older.lastWords)")
            let word = older.process.lines.last { $0.contains("kafka.instance_id") }
            #expect(word?.contains("same") == true, "\(older.lastWords)")
            try younger.ready()
            #expect(younger.hasPartitions(8, within: 20), "\(younger.lastWords)")
            #expect(younger.stop() == 0, "\(younger.lastWords)")
        }
    }
}
