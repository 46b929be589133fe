import KafkaClient
import Testing

extension IntegrationTests {
    /// The ways in which a job ends beside its work's own, and the circuits that keep it from where work fails.
    @Suite(.serialized, .timeLimit(.minutes(5)), onBroker) struct LifeEndsTests {
        /// A router, two datacenters whose managers do as they are told, and what becomes of jobs.
        private struct Stage {
            let setup: Setup
            let router: Router
            let fleet: LifeFleet
            let results: LifeResults

            init(_ name: String, _ manners: [LifeManners], lines: [String]) throws {
                var setup = Setup(name, bootstrap: try #require(Environment.bootstrap))
                setup.lines = lines
                try setup.makeTopics(besides: ["state", "views", "control"])
                self.setup = setup
                self.router = try Router(setup)
                self.fleet = try LifeFleet(
                    setup, zip(["dc-a", "dc-b"], manners).map { LifeSite($0, cores: 40, manners: $1) })
                self.results = try LifeResults(setup)
                try self.router.ready()
                #expect(self.router.hasDatacenters(2, within: 20), "\(self.router.lastWords)")
            }

            func submit(_ jobs: [PlainJob]) throws { try LifeFeed(self.setup, jobs.map(\.item)).finish() }

            /// Ends it all and checks what every life has to satisfy.
            func finish(_ jobs: [PlainJob]) throws -> LifeLedger {
                #expect(self.router.stop() == 0, "\(self.router.lastWords)")
                self.fleet.stop()
                let ledger = try LifeLedger(self.setup)
                var checker = LifeChecker(ledger)
                checker.check(jobs)
                return ledger
            }
        }

        @Test func `A circuit opens after failures in a row, lets one probe through, and closes when that succeeds`()
            throws
        {
            let stage = try Stage(
                "circuit", [.fails(after: 0.05), .completes(after: 0.05)], lines: ["circuit_breaker: { cool_down: 2s }"]
            )
            defer { stage.fleet.stop() }
            func state(_ name: String) -> String {
                "spillway_circuit_state{datacenter_id=\"dc-a\",runtime=\"shell\",state=\"\(name)\"}"
            }
            let router = stage.router
            var jobs = (0..<6).map { PlainJob(id: "fails-\($0)", datacenter: "dc-a") }
            try stage.submit(jobs)
            #expect(router.waits(15, for: state("open")) { $0 == 1 }, "\(router.lastWords)")
            let avoids = PlainJob(id: "avoids", datacenter: "dc-a")
            try stage.submit([avoids])
            jobs.append(avoids)
            #expect(try stage.results.have(jobs, within: 20), "\(stage.results.byJob.keys) \(router.lastWords)")
            // A failed probe opens it again.
            #expect(router.waits(10, for: state("half_open")) { $0 == 1 }, "\(router.lastWords)")
            let probes = ["probe", "probe-again"].map { PlainJob(id: $0, datacenter: "dc-a") }
            jobs += probes
            try stage.submit([probes[0]])
            #expect(router.waits(10, for: state("open")) { $0 == 1 }, "\(router.lastWords)")
            stage.fleet.order(.manners("dc-a", .completes(after: 0.05)))
            #expect(router.waits(10, for: state("half_open")) { $0 == 1 }, "\(router.lastWords)")
            try stage.submit([probes[1]])
            #expect(router.waits(10, for: state("closed")) { $0 == 1 }, "\(router.lastWords)")
            #expect(try stage.results.have(jobs, within: 20), "\(stage.results.byJob.keys) \(router.lastWords)")

            let ledger = try stage.finish(jobs)
            let refused = ledger.decisions[avoids.id]?.first?.body
            #expect(refused?.excluded.contains { $0.datacenter == "dc-a" && $0.why == "circuit_open" } == true)
            #expect(refused?.chosen == ["dc-b"])
            #expect(ledger.attempts["probe/0/w"]?.map(\.dispatch.body.datacenter) == ["dc-a", "dc-b"])
            #expect(ledger.attempts["probe-again/0/w"]?.map(\.dispatch.body.datacenter) == ["dc-a"])
        }

        @Test func `Cancellations, deadlines and the bound of open jobs end jobs once, and the sites hear of what ran`()
            throws
        {
            let stage = try Stage("ends", [.keeps, .keeps], lines: ["limits: { open_jobs: 20 }"])
            defer { stage.fleet.stop() }
            let (results, router) = (stage.results, stage.router)
            let cancelled = PlainJob(id: "cancelled", datacenter: "dc-a", isCancelled: true)
            let late = PlainJob(id: "late", datacenter: "dc-b", deadline: 1)
            try stage.submit([cancelled, late])
            #expect(stage.fleet.wait(15) { $0["dc-a"]?.held == 1 }, "\(stage.fleet.lastWords)")
            try LifeFeed(stage.setup, [LifeFeed.cancellation(of: cancelled.id)]).finish()
            #expect(try results.have([cancelled, late], within: 15), "\(router.lastWords)")
            // The sites were told: nothing runs any more.
            #expect(stage.fleet.wait(15) { $0["dc-a"]?.held == 0 && $0["dc-b"]?.held == 0 }, "\(stage.fleet.lastWords)")
            #expect(results[cancelled]?.status == "cancelled" && results[cancelled]?.reason == "cancelled")
            #expect(results[cancelled]?.tasks.map(\.status) == ["cancelled"])
            #expect(results[late]?.status == "failed" && results[late]?.reason == "deadline")
            #expect(results[late]?.tasks.map(\.status) == ["pending"])

            let many = (0..<25).map { PlainJob(id: "many-\($0)", datacenter: "dc-a") }
            try stage.submit(many)
            #expect(try results.wait(15) { $0.count == 7 }, "\(results.byJob.count)\n\(router.lastWords)")
            #expect(router.metric("spillway_open_jobs") == 20)
            #expect(stage.fleet.wait(15) { $0["dc-a"]?.held == 20 }, "\(stage.fleet.lastWords)")
            stage.fleet.order(.finish("dc-a"))
            #expect(try results.have(many, within: 15), "\(results.byJob.count)\n\(router.lastWords)")
            #expect(router.waits(5, for: "spillway_open_jobs") { $0 == 0 })

            let ledger = try stage.finish([cancelled, late] + many)
            let refused = many.filter { results[$0]?.reason == "too_many_open_jobs" }
            #expect(refused.count == 5 && refused.allSatisfy { results[$0]?.status == "failed" })
            for job in refused {
                #expect(ledger.decisions[job.id]?.map(\.body.reason) == ["too_many_open_jobs"])
                #expect(ledger.attempts[job.taskIDs[0]] == nil)
            }
            for job in [cancelled, late] {
                #expect(ledger.attempts[job.taskIDs[0]]?.map(\.cancellations.count) == [1], "\(job.id)")
            }
        }

        @Test func `A late result of a best-effort job is merged into a new revision where that is the policy`() throws
        {
            let stage = try Stage(
                "update", [.keeps, .completes(after: 0.1)],
                lines: ["best_effort: { late_result_policy: update_result }"])
            defer { stage.fleet.stop() }
            let (results, router) = (stage.results, stage.router)
            let job = PlainJob(id: "updated", datacenter: "dc-a", slots: 2, isBestEffort: true)
            try stage.submit([job])
            #expect(try results.have([job], within: 15), "\(router.lastWords)")
            #expect(
                results[job]?.revision == 0 && results[job]?.status == "partial" && results[job]?.reason == "min_dcs")
            #expect(results[job]?.datacenters == ["dc-a": "pending", "dc-b": "completed"])
            #expect(stage.fleet.wait(15) { $0["dc-a"]?.held == 1 }, "\(stage.fleet.lastWords)")
            stage.fleet.order(.finish("dc-a"))
            #expect(try results.wait(15) { $0[job.id]?.count == 2 }, "\(router.lastWords)")
            let revised = results[job]
            #expect(revised?.revision == 1 && revised?.final == true && revised?.status == "partial")
            #expect(revised?.datacenters == ["dc-a": "completed", "dc-b": "completed"])
            #expect(revised?.finished_at == results.byJob[job.id]?.first?.finished_at)
            #expect(router.waits(5, for: "spillway_open_jobs") { $0 == 0 })
            #expect(router.stop() == 0, "\(router.lastWords)")
            let finals = try TopicReader.all(stage.setup, ["results"])["results"] ?? []
            #expect(finals.count == 2 && finals.allSatisfy { $0.keyText == job.id })
        }
    }
}
