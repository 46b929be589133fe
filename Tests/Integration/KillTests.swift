import KafkaClient
import Testing

extension IntegrationTests {
    /// `kill -9` of the router in the middle of its work.
    @Suite(.serialized, .timeLimit(.minutes(15)), onBroker) struct KillTests {
        @Test(arguments: ["exactly_once", "at_least_once"])
        func `Killed again and again, the router places every job, and what was submitted before has no second effect`(
            delivery: String
        ) throws {
            print("seed \(Environment.seed) (SPILLWAY_TEST_SEED), \(delivery)")
            var dice = Dice(Environment.seed)
            var setup = Setup("kill", bootstrap: try #require(Environment.bootstrap))
            setup.delivery = delivery
            let (total, kills) = (Environment.submissions, 4)
            var router = try Router(setup)
            #expect(router.line("ViewRead", within: 60) != nil, "\(router.lastWords)")
            // Held at first, for want of any datacenter; with at_least_once a replay may not hold again, so not there.
            let early = setup.delivery == "exactly_once" ? 100 : 0
            if early > 0 {
                try Feed(setup, Array(0..<early)).finish()
                let held = try Progress(setup, "decisions")
                #expect(try held.wait(for: early, within: 30), "held: \(held.count)\n\(router.lastWords)")
            }
            let fleet = try Fleet(setup)
            defer { fleet.stop() }
            try router.ready()
            #expect(router.hasDatacenters(4, within: 20), "\(router.lastWords)")

            let feed = Feed(setup, Array(early..<total), perSecond: total / 8)
            let progress = try Progress(setup, "decisions")
            var again: [Int] = []
            for kill in 1...kills {
                let isInTheMiddle = try progress.wait(for: total * kill / (kills + 2), within: 60)
                try #require(isInTheMiddle, "\(progress.count) \(router.lastWords)")
                // Anywhere in a transaction, which lasts 50 ms and more.
                try progress.follow(Double(dice.next() % 150) / 1000)
                router.process.kill()
                // Known for sure before the kill: they were decided.
                let some = (0..<50).map { _ in Int(dice.next() % UInt64(total / 10)) }
                try Feed.again(setup, some)
                again += some
                router = try Router(setup)
            }
            try feed.finish()
            try Feed.again(setup, [1, 2, 3])
            try router.ready()
            #expect(try Drain.wait(setup, within: 90), "not all was taken\n\(router.lastWords)")
            // What was held and killed before it was placed is placed with the next view.
            #expect(
                try progress.wait(for: Job.slots(of: 0..<total), within: 30), "\(progress.count) \(router.lastWords)")
            #expect(router.metric("spillway_events_duplicate_total") >= 3)
            #expect(router.metric("spillway_held_tasks") == 0)
            #expect(router.stop() == 0, "\(router.lastWords)")

            var checker = try Checker(setup, jobs: Array(0..<total))
            checker.check()
            print(
                "\(delivery): \(again.count + 3) came again; \(checker["events"].count) events, "
                    + "\(checker["decisions"].count) decisions")
        }
    }
}

extension Router {
    /// Waits until it has heard of so many datacenters.
    func hasDatacenters(_ count: Int, within seconds: Double) -> Bool {
        self.process.wait(seconds) { output in
            output.lines.count { $0.contains("\"event\":\"DatacenterAppeared\"") } >= count
        }
    }
}
