import KafkaClient
import Testing

extension IntegrationTests {
    /// A datacenter whose managers vanish all at once.
    @Suite(.serialized, .timeLimit(.minutes(5)), onBroker) struct LifeLossTests {
        static let lost = "dc-b"
        /// What the receivers have room for, of twice two hundred tasks.
        static let room = 300

        @Test
        func
            `A lost site's work is elsewhere within thirty seconds, normal before backfill, and its return changes nothing`()
            throws
        {
            let setup = Setup("loss", bootstrap: try #require(Environment.bootstrap))
            try setup.makeTopics(besides: ["state", "views", "control"])
            // Everything at its default: a heartbeat every five seconds, lost after four intervals.
            let router = try Router(setup)
            let fleet = try LifeFleet(
                setup,
                [
                    LifeSite("dc-a", cores: Self.room / 2, manners: .keeps, heartbeatInterval: 5),
                    LifeSite(Self.lost, cores: 800, manners: .keeps, heartbeatInterval: 5),
                    LifeSite("dc-c", cores: Self.room / 2, manners: .keeps, heartbeatInterval: 5),
                ])
            defer { fleet.stop() }
            try router.ready()
            #expect(router.hasDatacenters(3, within: 20), "\(router.lastWords)")
            let jobs = (0..<400).map {
                PlainJob(id: "loss-\($0)", datacenter: Self.lost, isBackfill: $0 % 2 == 0)
            }
            let results = try LifeResults(setup)
            try LifeFeed(setup, jobs.map(\.item)).finish()
            #expect(fleet.wait(20) { $0[Self.lost]?.held == 400 }, "\(fleet.lastWords)\n\(router.lastWords)")

            fleet.order(.silence(Self.lost))
            let target = Self.room * 95 / 100
            #expect(
                fleet.wait(45) { ($0["dc-a"]?.held ?? 0) + ($0["dc-c"]?.held ?? 0) >= target },
                "\(fleet.lastWords)\n\(router.lastWords)")
            // It comes back and has something to say of everything that it had.
            fleet.order(.revive(Self.lost, saying: true))
            for datacenter in ["dc-a", "dc-b", "dc-c"] { fleet.order(.manners(datacenter, .completes(after: 0.1))) }
            #expect(
                router.waits(20, for: "spillway_outcomes_ignored_total") { $0 >= Double(target) }, "\(router.lastWords)"
            )
            fleet.order(.finish("dc-a"), .finish("dc-c"))
            #expect(
                try results.have(jobs, within: 30), "\(results.byJob.count) \(fleet.lastWords)\n\(router.lastWords)")
            #expect(router.stop() == 0, "\(router.lastWords)")
            fleet.stop()

            let ledger = try LifeLedger(setup)
            var checker = LifeChecker(ledger)
            checker.check(jobs)
            checker.countChains()
            try self.check(ledger, jobs, silentFrom: try self.lastHeartbeat(setup))
            print("\(checker.counts)")
        }

        /// The broker's stamp of the last heartbeat before the longest silence.
        private func lastHeartbeat(_ setup: Setup) throws -> Double {
            var stamps: [Double] = []
            try TopicReader(setup, ["heartbeats"]).toEnd { view in
                if Record(view).keyText?.hasPrefix(Self.lost) == true {
                    stamps.append(Double(view.timestampMilliseconds) / 1000)
                }
            }
            stamps.sort()
            let gaps = zip(stamps, stamps.dropFirst())
            return try #require(gaps.max { $0.1 - $0.0 < $1.1 - $1.0 }).0
        }

        /// What moved, when, in which order, and whether the site was told.
        private func check(_ ledger: LifeLedger, _ jobs: [PlainJob], silentFrom: Double) throws {
            var findings = Findings()
            var late = 0
            var moved: [(at: Double, written: Double, isBackfill: Bool)] = []
            for job in jobs {
                let attempts = ledger.attempts[job.taskIDs[0]] ?? []
                guard attempts.count > 1, attempts[1].decision?.kind == "evacuate" else { continue }
                let move = attempts[1]
                moved.append((move.decision?.at ?? 0, move.dispatch.time, job.isBackfill))
                findings.need(attempts[0].cancellations.count == 1, "the lost site isn't told", job.id)
                findings.need(move.dispatch.body.datacenter != Self.lost, "moved to where it was lost", job.id)
                // What the lost site says before the new attempt has started counts still: the order at home decides.
                let word = attempts[0].outcomes.first { $0.body.type == "task.completed" }?.offset ?? .max
                let hasStarted = move.outcomes.contains { $0.body.type == "task.accepted" && $0.offset < word }
                if hasStarted, word < .max { late += 1 }
                let step = ledger.results[job.id]?.last?.body.tasks[0].fallback_chain.last
                findings.need(
                    !hasStarted || step?.attempt ?? 0 > 1 && step?.outcome == "completed",
                    "a late outcome had an effect",
                    "\(job.id): \(step.map { "\($0)" } ?? "")")
            }
            findings.need(late > 0, "no late outcome came", "")
            moved.sort { $0.written < $1.written }
            let inTime = moved.count { $0.written <= silentFrom + 30 }
            print(
                "\(moved.count) moved, \(inTime) of \(Self.room) within 30 s of the last heartbeat, the first after "
                    + "\((moved.first?.written ?? 0) - silentFrom) s")
            findings.need(
                inTime >= Self.room * 95 / 100, "too few moved in time",
                "\(inTime) of \(Self.room), \(moved.count) in all")
            // Within one instance, whatever partition a job belongs to.
            let normal = moved.filter { !$0.isBackfill }
            findings.need(normal.count == 200, "backfill took the place of normal work", "\(normal.count) normal moved")
            let first = moved.filter(\.isBackfill).map(\.at).min() ?? .infinity
            let overtaken = normal.count { $0.at > first + LifeChecker.millisecond }
            findings.need(overtaken == 0, "backfill before normal", "\(overtaken) of \(normal.count) were overtaken")
            findings.report()
        }
    }
}
