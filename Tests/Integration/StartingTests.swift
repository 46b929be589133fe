import KafkaClient
import Testing

extension IntegrationTests {
    /// What ends a start, and what it waits for (contract: "Starting and standing").
    @Suite(.serialized, .timeLimit(.minutes(5)), onBroker) struct StartingTests {
        @Test func `Topics that are missing and may not be created end the start, and are named`() throws {
            var setup = Setup("missing", bootstrap: try #require(Environment.bootstrap))
            setup.createTopics = false
            try setup.makeTopics(besides: ["decisions", "state"])
            let router = try Router(setup)
            #expect(router.process.exitCode(within: 30) == 1, "\(router.lastWords)")
            let word = router.process.lines.last ?? ""
            #expect(word.contains(setup.topic("decisions")) && word.contains(setup.topic("state")), "\(word)")
            #expect(!word.contains(setup.topic("events")), "\(word)")
            #expect(word.contains("kafka.create_topics"), "\(word)")
        }

        @Test func `Unequal partitions of events and state end the start, and are named`() throws {
            var setup = Setup("unequal", bootstrap: try #require(Environment.bootstrap))
            setup.createTopics = false
            try setup.makeTopics(partitions: ["state": 4])
            let router = try Router(setup)
            #expect(router.process.exitCode(within: 30) == 1, "\(router.lastWords)")
            let word = router.process.lines.last ?? ""
            #expect(word.contains(setup.topic("events")) && word.contains(setup.topic("state")), "\(word)")
        }

        @Test(arguments: ["no-such-host.invalid:9092", "127.0.0.1:1"])
        func `A broker that can't be found is waited for, alive but not ready`(address: String) throws {
            var setup = Setup("absent", bootstrap: address)
            setup.metricsPort = HTTP.freePort()
            let router = try Router(setup)
            #expect(router.seconds(until: "/health/live", answers: 200, within: 10) != nil, "\(router.lastWords)")
            let said = router.process.wait(20) { $0.lines.contains { $0.contains("kafka.bootstrap_servers") } }
            #expect(said, "\(router.lastWords)")
            #expect(router.status("/health/ready") == 503)
            // Once, not with each attempt.
            router.process.pause(5)
            #expect(router.process.isRunning, "\(router.lastWords)")
            let count = router.log.count { $0.message.contains("kafka.bootstrap_servers") || $0.event == "Trouble" }
            #expect(count <= 1, "\(router.lastWords)")
            #expect(router.status("/health/live") == 200)
            #expect(router.stop(within: 10) == 0, "\(router.lastWords)")
        }
    }
}
