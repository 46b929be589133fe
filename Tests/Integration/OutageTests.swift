import KafkaClient
import Testing

extension IntegrationTests {
    /// A broker that stands still or dies.
    @Suite(.serialized, .timeLimit(.minutes(10)), onFaultyBroker) struct OutageTests {
        enum Outage: String, CaseIterable {
            case frozenFor20Seconds, killedAndRestarted

            func begin() throws { try Broker.node(self == .killedAndRestarted ? "kill" : "pause") }
            func end() throws { try Broker.node(self == .killedAndRestarted ? "start" : "resume") }
        }

        /// Looks at both health pages until the time is over.
        ///
        /// - Returns: after how many seconds it was first not ready.
        private func watch(_ router: Router, for seconds: Double, _ findings: inout Findings) -> Double? {
            let start = monotonicSeconds()
            var unready: Double?
            while monotonicSeconds() - start < seconds {
                let live = router.status("/health/live")
                findings.need(live == 200, "not live", "\(live ?? -1) after \(monotonicSeconds() - start) s")
                if unready == nil, router.status("/health/ready") == 503 { unready = monotonicSeconds() - start }
                findings.need(router.process.isRunning, "the router ended", router.lastWords)
                router.process.pause(0.2)
            }
            return unready
        }

        @Test(arguments: Outage.allCases)
        func `The router lives through an outage, says that it isn't ready, and goes on`(outage: Outage) throws {
            print("seed \(Environment.seed) (SPILLWAY_TEST_SEED), \(outage)")
            var setup = Setup("outage", bootstrap: try #require(Environment.bootstrap))
            setup.logLevel = "debug"
            let total = Environment.submissions
            let router = try Router(setup)
            #expect(router.line("ViewRead", within: 60) != nil, "\(router.lastWords)")
            let fleet = try Fleet(setup)
            defer { fleet.stop() }
            try router.ready()
            #expect(router.hasDatacenters(4, within: 20), "\(router.lastWords)")
            let pid = router.process.pid

            // Still fed when it happens, and while it lasts.
            let feed = Feed(setup, Array(0..<total), perSecond: total / 10)
            let progress = try Progress(setup, "decisions")
            #expect(try progress.wait(for: total / 5, within: 30), "\(progress.count) \(router.lastWords)")
            var findings = Findings()
            var unready: Double?
            try outage.begin()
            do {
                // Whatever fails below, the next test needs the broker.
                defer { do { try outage.end() } catch { Issue.record("\(error)") } }
                unready = self.watch(router, for: 20, &findings)
            }
            #expect((unready ?? .infinity) <= 10, "503 within 10 s\n\(router.lastWords)")
            let back = router.seconds(until: "/health/ready", answers: 200, within: 30)
            #expect(
                back != nil,
                "200 within 30 s, is \(HTTP.get("/health/ready", port: router.port)?.body ?? "")\n\(router.lastWords)")
            print("\(outage): not ready after \(unready ?? -1) s, ready \(back ?? -1) s after it was back")

            try feed.finish(within: 200)
            #expect(try Drain.wait(setup, within: 90), "not all was taken\n\(router.lastWords)")
            #expect(
                try progress.wait(for: Job.slots(of: 0..<total), within: 60), "\(progress.count) \(router.lastWords)")
            #expect(router.status("/health/live") == 200)
            #expect(router.process.isRunning && router.process.pid == pid)
            #expect(router.stop() == 0, "\(router.lastWords)")
            findings.report()
            var checker = try Checker(setup, jobs: Array(0..<total))
            checker.check()
        }

        @Test
        func `Told to end while the broker is frozen, the router is gone within ten seconds, and nothing is lost`()
            throws
        {
            let setup = Setup("frozen", bootstrap: try #require(Environment.bootstrap))
            let total = 2_000
            var router = try Router(setup)
            #expect(router.line("ViewRead", within: 60) != nil, "\(router.lastWords)")
            let fleet = try Fleet(setup)
            defer { fleet.stop() }
            try router.ready()
            #expect(router.hasDatacenters(4, within: 20), "\(router.lastWords)")
            let feed = Feed(setup, Array(0..<total), perSecond: 1_000)
            let progress = try Progress(setup, "decisions")
            #expect(try progress.wait(for: total / 4, within: 30), "\(progress.count) \(router.lastWords)")
            try Broker.node("pause")
            do {
                defer { do { try Broker.node("resume") } catch { Issue.record("\(error)") } }
                // Long enough for a commit to be waited for.
                router.process.pause(1)
                let start = monotonicSeconds()
                #expect(router.stop(within: 10) == 0, "\(router.lastWords)")
                print("gone after \(monotonicSeconds() - start) s")
            }
            router = try Router(setup)
            try router.ready()
            try feed.finish()
            #expect(try Drain.wait(setup, within: 60), "not all was taken\n\(router.lastWords)")
            #expect(
                try progress.wait(for: Job.slots(of: 0..<total), within: 30), "\(progress.count) \(router.lastWords)")
            #expect(router.stop() == 0, "\(router.lastWords)")
            var checker = try Checker(setup, jobs: Array(0..<total))
            checker.check()
        }
    }
}
