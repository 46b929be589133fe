import KafkaClient
import Settings
import Spillway
import SpillwayAgent

#if canImport(Glibc)
    import Glibc
#endif

/// `spillway demo`: everything in one process, on an embedded broker.
struct DemoCommand: Sendable {
    let options: DemoOptions

    /// Runs the router among simulated datacenters, and sums up at the end.
    ///
    /// - Returns: 0, also after a first signal.
    func run() async throws(CommandFailure) -> Int32 {
        if self.options.shell {
            throw .usage(
                "demo: --shell is not built yet: tasks are simulated; leave it out (see: spillway demo --help)")
        }
        let plan = DemoPlan(
            datacenters: self.options.datacenters, rate: self.options.rate, seed: self.options.seed)
        let base = try self.options.settings.load()
        let cluster = try Self.orFail { () throws(KafkaError) in try TestCluster() }
        let configuration = plan.configuration(
            from: base, bootstrapServers: cluster.bootstrapServers, metricsPort: self.options.metricsPort)
        let sites = try Self.orFail { () throws(KafkaError) in
            try Self.createTopics(plan, configuration, cluster)
            return try DemoSites(plan, configuration)
        }
        let exitCode = try await self.run(plan, configuration, sites)
        // The broker ends with its owner: everything that is connected to it has ended before.
        withExtendedLifetime(cluster) {}
        return exitCode
    }

    private func run(
        _ plan: DemoPlan, _ configuration: Configuration, _ sites: DemoSites
    ) async throws(CommandFailure) -> Int32 {
        let log = StandardErrorLog(level: configuration.log.level, format: configuration.log.format)
        defer { log.flush() }
        let service = SpillwayService(configuration: configuration, log: log.sink)
        let view = DemoView(self.options.format, plan, sites.watch, isTerminal: isatty(1) == 1)
        let desk = DemoDesk(plan: plan, configuration: configuration, duration: self.options.duration) {
            view.show($0, elapsed: $1, isLast: $2)
        }
        let signals = Signals { desk.stop() }
        defer { signals.end() }
        let running = Task { () -> SpillwayError? in
            do throws(SpillwayError) {
                try await service.run()
                return nil
            } catch {
                desk.stop()
                return error
            }
        }
        let atWork = Task { () -> KafkaError? in
            let error = await sites.run()
            if error != nil { desk.stop() }
            return error
        }
        let port = await service.whenReady()
        var counts: Result<DemoCounts, KafkaError> = .success(DemoCounts())
        if service.isReady {
            try Console.result(view.ready(configuration, port: port))
            counts = await desk.run()
        }
        running.cancel()
        let routerError = await running.value
        sites.stop()
        let siteError = await atWork.value
        if let routerError { throw .failed(routerError.message) }
        if let siteError { throw .failed("demo: the simulated datacenters: \(siteError)") }
        let summary = try Self.orFail { () throws(KafkaError) in try counts.get() }
        return try Console.result(view.summary(summary, configuration, DecisionTimes(service.metrics)))
    }

    /// The embedded broker creates topics for its owner alone.
    private static func createTopics(
        _ plan: DemoPlan, _ configuration: Configuration, _ cluster: TestCluster
    ) throws(KafkaError) {
        let topics = TopicNames(prefix: configuration.kafka.topicPrefix)
        for name in topics.fixed + plan.datacenters.map({ topics.jobs($0.name, DemoPlan.runtime) }) {
            try cluster.createTopic(name, partitions: DemoPlan.partitions)
        }
    }

    private static func orFail<Value>(_ body: () throws(KafkaError) -> Value) throws(CommandFailure) -> Value {
        do throws(KafkaError) {
            return try body()
        } catch {
            throw .failed("demo: \(error)")
        }
    }
}
