import KafkaClient
import Testing

extension IntegrationTests {
    /// Reports that fail, which is not a fleet that fails.
    @Suite(.serialized, .timeLimit(.minutes(5)), onBroker) struct LifePanicTests {
        @Test
        func
            `When too few datacenters report, nothing is evacuated or spilled, it shows, and it ends with the reports`()
            throws
        {
            var setup = Setup("panic", bootstrap: try #require(Environment.bootstrap))
            setup.lines = ["fleet: { heartbeat_interval: 1s }"]
            try setup.makeTopics(besides: ["state", "views", "control"])
            let router = try Router(setup)
            let fleet = try LifeFleet(
                setup, ["dc-a", "dc-b", "dc-c"].map { LifeSite($0, cores: $0 == "dc-a" ? 10 : 60, manners: .keeps) })
            defer { fleet.stop() }
            try router.ready()
            #expect(router.hasDatacenters(3, within: 20), "\(router.lastWords)")
            let results = try LifeResults(setup)
            var jobs = (0..<9).map { PlainJob(id: "full-\($0)", datacenter: "dc-a") }
            jobs += (0..<30).map { PlainJob(id: "kept-\($0)", datacenter: "dc-b") }
            try LifeFeed(setup, jobs.map(\.item)).finish()
            #expect(fleet.wait(20) { $0["dc-a"]?.held == 9 && $0["dc-b"]?.held == 30 }, "\(fleet.lastWords)")
            // The view has what runs, and the managers' own pace.
            let heard = fleet.figures("dc-a").heartbeats
            #expect(fleet.wait(20) { $0["dc-a"]?.heartbeats ?? 0 >= heard + 3 })
            #expect(router.metric("spillway_panic") == 0)

            fleet.order(.silence("dc-b"), .silence("dc-c"))
            #expect(router.waits(15, for: "spillway_panic") { $0 == 1 }, "\(router.lastWords)")
            // One core is free in dc-a. Spillover would go to dc-c, of which the last known view says that it is empty.
            let spilled = PlainJob(id: "spilled", datacenter: "dc-a", cores: 2)
            try LifeFeed(setup, [spilled.item]).finish()
            // Twice as long as it takes to be lost.
            let then = fleet.figures("dc-a").heartbeats
            #expect(fleet.wait(20) { $0["dc-a"]?.heartbeats ?? 0 >= then + 9 })
            #expect(router.metric("spillway_panic") == 1)
            #expect(fleet.figures("dc-a").held == 9)

            fleet.order(.revive("dc-b", saying: false), .revive("dc-c", saying: false))
            #expect(router.waits(15, for: "spillway_panic") { $0 == 0 }, "\(router.lastWords)")
            for datacenter in ["dc-a", "dc-b", "dc-c"] {
                fleet.order(.manners(datacenter, .completes(after: 0.1)), .finish(datacenter))
            }
            jobs.append(spilled)
            #expect(
                try results.have(jobs, within: 30), "\(results.byJob.count) \(fleet.lastWords)\n\(router.lastWords)")
            #expect(router.stop() == 0, "\(router.lastWords)")
            fleet.stop()
            let ledger = try LifeLedger(setup)
            var checker = LifeChecker(ledger)
            checker.check(jobs)
            checker.countChains()
            #expect(checker.counts.losses == 0)
            for job in jobs where job.id != spilled.id { #expect(results[job]?.total_attempts == 1, "\(job.id)") }
            let placed = ledger.decisions[spilled.id]?.first { $0.body.kind == "place" }?.body
            #expect(placed?.reason == "capacity_stale" && placed?.chosen == ["dc-a"], "\(String(describing: placed))")
        }
    }
}
