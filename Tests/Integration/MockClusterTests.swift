import KafkaClient
import Testing

extension IntegrationTests {
    /// What librdkafka's own mock brokers can show, so that something is shown wherever the tests run.
    @Suite(.serialized, .timeLimit(.minutes(3))) struct MockClusterTests {
        @Test(arguments: ["exactly_once", "at_least_once"])
        func `Without any broker of one's own, jobs flow through the built program once each`(delivery: String) throws {
            let cluster = try TestCluster()
            var setup = Setup("mock", bootstrap: cluster.bootstrapServers)
            setup.createTopics = false
            setup.partitions = 4
            setup.delivery = delivery
            for topic in Setup.topics { try cluster.createTopic(setup.topic(topic), partitions: setup.partitions) }
            let total = 500
            let router = try Router(setup)
            #expect(router.line("ViewRead", within: 60) != nil, "\(router.lastWords)")
            let fleet = try Fleet(setup)
            defer { fleet.stop() }
            try router.ready()
            #expect(router.hasDatacenters(4, within: 20), "\(router.lastWords)")
            #expect(router.status("/health/live") == 200 && router.status("/health/ready") == 200)
            try Feed(setup, Array(0..<total)).finish()
            try Feed(setup, Array(0..<10)).finish()
            let progress = try Progress(setup, "decisions")
            #expect(
                try progress.wait(for: Job.slots(of: 0..<total), within: 30), "\(progress.count) \(router.lastWords)")
            // Forwarded ones are duplicates at home alone.
            let isCounted = router.value(of: "spillway_events_duplicate_total", reaches: 10, within: 20)
            #expect(isCounted, "\(router.metric("spillway_events_duplicate_total"))")
            #expect(router.stop() == 0, "\(router.lastWords)")
            var checker = try Checker(setup, jobs: Array(0..<total))
            checker.check()
        }
    }
}

extension Job {
    /// How many slots jobs have, which is how many decisions they need.
    static func slots(of numbers: Range<Int>) -> Int { numbers.reduce(0) { $0 + Job(number: $1).slots } }
}

extension Router {
    /// Looks at a counter again and again.
    func value(of metric: String, reaches value: Double, within seconds: Double) -> Bool {
        let end = monotonicSeconds() + seconds
        while self.metric(metric) < value {
            guard monotonicSeconds() < end, self.process.isRunning else { return false }
            self.process.pause(0.1)
        }
        return true
    }
}
