import KafkaClient
import Testing

extension IntegrationTests {
    /// Jobs' whole lives while everything around them fails.
    @Suite(.serialized, .timeLimit(.minutes(20)), onFaultyBroker) struct LifeChaosTests {
        /// How large: a minute at scale 1, the sizes that the project promises at scale 10.
        static let jobs = 2_000 * Environment.scale
        static let perSecond = Environment.scale > 1 ? 110 : 60
        /// At least so many of each kind of trouble.
        static let least = Environment.scale > 1 ? 500 : 50

        static func settings(_ setup: inout Setup) {
            setup.lines = [
                "leases: { minimum: 2s, restore_grace: 1s }",
                "circuit_breaker: { cool_down: 2s }",
                "best_effort: { late_result_policy: log_only }",
            ]
        }

        /// Kills a router every few seconds and the broker once, until all jobs have been submitted.
        private func harass(
            _ setup: Setup, _ routers: inout [Router], _ results: Progress, _ dice: inout Dice, seconds: Double
        ) throws -> Int {
            let start = monotonicSeconds()
            var kills = 0
            var isBrokerAlive = true
            while monotonicSeconds() - start < seconds {
                try results.follow(2 + 2 * dice.unit())
                if isBrokerAlive, monotonicSeconds() - start > seconds / 2 {
                    isBrokerAlive = false
                    try Broker.node("kill")
                    try Broker.node("start")
                }
                let victim = Int(dice.next() % 2)
                routers[victim].process.kill()
                kills += 1
                routers[victim] = try Router(setup, instance: "r\(victim)")
            }
            return kills
        }

        @Test
        func
            `Whatever routers, brokers and managers do, each job has one result, each task one lease, each budget its end`()
            throws
        {
            var dice = Dice(Environment.seed)
            var setup = Setup("chaos", bootstrap: try #require(Environment.bootstrap))
            setup.lanes = 1 + Int(Environment.seed % 2)
            print("seed \(Environment.seed) (SPILLWAY_TEST_SEED), \(Self.jobs) jobs, \(setup.lanes) lanes")
            Self.settings(&setup)
            // Results that aren't compacted, so that a second one can't hide the first.
            try setup.makeTopics(besides: ["state", "views", "control"])
            var routers = try (0..<2).map { try Router(setup, instance: "r\($0)") }
            let fleet = try LifeFleet(
                setup, Job.datacenters.map { LifeSite($0, cores: 400, manners: .chaos(seed: Environment.seed)) })
            defer { fleet.stop() }
            for router in routers { try router.ready() }
            #expect(routers[0].hasDatacenters(4, within: 20), "\(routers[0].lastWords)")

            let start = monotonicSeconds()
            let feed = LifeFeed(setup, LifeFeed.jobs(0..<Self.jobs), perSecond: Self.perSecond)
            let results = try Progress(setup, "results")
            let kills = try self.harass(
                setup, &routers, results, &dice, seconds: Double(Self.jobs / Self.perSecond))
            let harassed = monotonicSeconds() - start
            try feed.finish()
            let fed = monotonicSeconds() - start
            #expect(fleet.error == nil, "\(fleet.error ?? "")")
            for router in routers { try router.ready() }
            let ready = monotonicSeconds() - start
            #expect(
                try results.wait(for: Self.jobs, within: 60),
                "\(results.count) of \(Self.jobs) results, \(fleet.lastWords)\n\(routers.map(\.lastWords).joined(separator: "\n\n"))"
            )
            print(
                "\(kills) kills until \(harassed) s, fed after \(fed) s, ready after \(ready) s, "
                    + "all results after \(monotonicSeconds() - start) s")
            #expect(try Drain.wait(setup, within: 60), "not all was taken")
            // What best effort left running.
            let open = self.openJobs(routers, within: 20)
            #expect(open == 0)
            fleet.stop()
            for router in routers { #expect(router.stop() == 0, "\(router.lastWords)") }

            var checker = LifeChecker(try LifeLedger(setup))
            checker.check((0..<Self.jobs).map { LifeJob(number: $0) })
            checker.countChains()
            print("\(checker.counts), checked after \(monotonicSeconds() - start) s")
            #expect(checker.counts.failures >= Self.least)
            #expect(checker.counts.expiries >= Self.least)
            #expect(checker.counts.lateCompletions >= Self.least)
            #expect(checker.counts.lateCompletionsThatCounted > 0)
            #expect(checker.counts.repeats >= Self.least)
            #expect(checker.counts.contradictions > 0 && checker.counts.lies > 0 && checker.counts.rejections > 0)
            #expect(kills >= 4)
        }

        /// Jobs that are open, once there are none or the time is over.
        private func openJobs(_ routers: [Router], within seconds: Double) -> Double {
            let end = monotonicSeconds() + seconds
            while true {
                let open = routers.reduce(0) { $0 + $1.metric("spillway_open_jobs") }
                if open == 0 || monotonicSeconds() > end { return open }
                routers[0].process.pause(0.2)
            }
        }
    }
}
