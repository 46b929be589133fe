import KafkaClient
import Testing

extension IntegrationTests {
    /// SASL over TLS, with ACLs in force.
    @Suite(.serialized, .timeLimit(.minutes(10)), onSecureBroker) struct SecureBrokerTests {
        /// What the router's user must be allowed, and no more: the table in the README.
        struct Grant: Hashable, CustomTestStringConvertible {
            var operation: String
            /// `--topic`, `--group` or `--transactional-id`.
            var kind: String
            var name: String

            var testDescription: String { "\(self.operation) \(self.kind) \(self.name)" }

            static let all: [Grant] =
                ["events", "heartbeats", "views", "state"].map { Grant(operation: "Read", kind: "--topic", name: $0) }
                + ["events", "decisions", "results", "views", "state", "dead-letter"].map {
                    Grant(operation: "Write", kind: "--topic", name: $0)
                }
                + Job.datacenters.map { Grant(operation: "Write", kind: "--topic", name: "jobs.\($0).shell") }
                + [
                    Grant(operation: "Write", kind: "--topic", name: "control"),
                    Grant(operation: "Read", kind: "--group", name: ""),
                    Grant(operation: "Write", kind: "--transactional-id", name: "-a-0"),
                ]
        }

        private func allow(_ grants: [Grant], _ setup: Setup) throws {
            for operation in Set(grants.map(\.operation)) {
                var arguments = [
                    "acls", "--bootstrap-server", setup.bootstrap, "--add", "--allow-principal",
                    "User:\(Environment.secureUser)", "--operation", operation,
                ]
                for grant in grants where grant.operation == operation {
                    arguments += [
                        grant.kind, grant.kind == "--topic" ? setup.topic(grant.name) : setup.group + grant.name,
                    ]
                }
                _ = try Broker.tool(arguments)
            }
        }

        private func setup(_ name: String, mechanism: String = "PLAIN", password: String? = nil) throws -> Setup {
            var setup = Setup(name, bootstrap: try #require(Environment.bootstrap))
            setup.routerBootstrap = Environment.secureBootstrap
            setup.createTopics = false
            setup.metricsPort = HTTP.freePort()
            setup.kafkaLines = [
                "properties:", "  security.protocol: SASL_SSL", "  sasl.mechanism: \(mechanism)",
                "  sasl.username: \"\(Environment.secureUser)\"",
                "  ssl.ca.location: \"\(Environment.secureAuthority)\"",
                "secrets:", "  sasl.password: \"\(password ?? Environment.securePassword)\"",
            ]
            return setup
        }

        @Test func `With just the listed ACLs the router does all that it does without`() throws {
            let setup = try self.setup("secure")
            try setup.makeTopics()
            try self.allow(Grant.all, setup)
            let total = Environment.submissions / 5
            var router = try Router(setup)
            #expect(router.line("ViewRead", within: 60) != nil, "\(router.lastWords)")
            let fleet = try Fleet(setup)
            defer { fleet.stop() }
            try router.ready()
            #expect(router.hasDatacenters(4, within: 20), "\(router.lastWords)")
            let bad = try Producer(setup.client)
            var headers = HeaderList()
            headers.append("x-expect", "not_json")
            try bad.send(Array("{".utf8), key: "bad", to: bad.topic(named: setup.topic("events")), headers: headers)
            try bad.finish()
            let feed = Feed(setup, Array(0..<total), perSecond: total / 3)
            let progress = try Progress(setup, "decisions")
            #expect(try progress.wait(for: total / 3, within: 30), "\(progress.count) \(router.lastWords)")
            router.process.kill()
            router = try Router(setup)
            try feed.finish()
            try router.ready()
            #expect(try Drain.wait(setup, within: 60), "not all was taken\n\(router.lastWords)")
            #expect(
                try progress.wait(for: Job.slots(of: 0..<total), within: 30), "\(progress.count) \(router.lastWords)")
            #expect(router.stop() == 0, "\(router.lastWords)")
            var checker = try Checker(setup, jobs: Array(0..<total))
            checker.check()
            #expect(!router.process.lines.contains { $0.contains(Environment.securePassword) })
        }

        @Test(arguments: [
            Grant(operation: "Read", kind: "--topic", name: "heartbeats"),
            Grant(operation: "Read", kind: "--topic", name: "events"),
            Grant(operation: "Write", kind: "--topic", name: "decisions"),
            Grant(operation: "Write", kind: "--topic", name: "state"),
            Grant(operation: "Read", kind: "--group", name: ""),
            Grant(operation: "Write", kind: "--transactional-id", name: "-a-0"),
        ])
        func `A missing ACL is waited for, alive but not ready, and named`(missing: Grant) throws {
            let setup = try self.setup("acl")
            try setup.makeTopics()
            try self.allow(Grant.all.filter { $0 != missing }, setup)
            let name = missing.kind == "--topic" ? setup.topic(missing.name) : setup.group + missing.name
            let router = try Router(setup)
            let fleet = try Fleet(setup)
            defer { fleet.stop() }
            try Feed(setup, Array(0..<20)).finish()
            let said = router.process.wait(40) { output in
                output.lines.contains { $0.contains("ACL ") && $0.contains(name) }
            }
            #expect(said, "\(missing.testDescription) is not named\n\(router.lastWords)")
            #expect(router.seconds(until: "/health/ready", answers: 503, within: 10) != nil, "\(router.lastWords)")
            #expect(router.status("/health/live") == 200)
            try self.allow([missing], setup)
            #expect(
                router.seconds(until: "/health/ready", answers: 200, within: 40) != nil,
                "\(HTTP.get("/health/ready", port: router.port)?.body ?? "")\n\(router.lastWords)")
            #expect(try Drain.wait(setup, within: 40), "not all was taken\n\(router.lastWords)")
            let progress = try Progress(setup, "decisions")
            #expect(try progress.wait(for: 20, within: 30), "\(progress.count) \(router.lastWords)")
            #expect(router.stop() == 0, "\(router.lastWords)")
            var checker = try Checker(setup, jobs: Array(0..<20))
            checker.check()
        }

        @Test(arguments: ["password", "mechanism", "authority"])
        func `A login that the broker refuses ends the start in one sentence that names the setting`(wrong: String)
            throws
        {
            var setup = try self.setup(
                "login", mechanism: wrong == "mechanism" ? "SCRAM-SHA-256" : "PLAIN",
                password: wrong == "password" ? "not-the-password" : nil)
            if wrong == "authority" { setup.kafkaLines.removeAll { $0.contains("ssl.ca.location") } }
            let router = try Router(setup)
            #expect(router.process.exitCode(within: 30) == 1, "\(router.lastWords)")
            let word = router.process.lines.last ?? ""
            let setting = ["password": "sasl.password", "mechanism": "sasl.mechanism", "authority": "ssl.ca.location"]
            #expect(word.contains(setting[wrong] ?? "?"), "\(word)")
            #expect(
                !router.process.lines.contains {
                    $0.contains("not-the-password") || $0.contains(Environment.securePassword)
                })
        }
    }
}
