import HTTPListener
import KafkaClient
public import Metrics
import SpillwayCore
import Synchronization

/// The router, as a part of a program: `run()` it in a task, cancel the task to drain it.
///
/// ```swift
/// let service = SpillwayService(configuration: configuration) { record in logger.log(record) }
/// try await service.run()
/// ```
/// `run()` is all that ServiceLifecycle's `Service` asks for, so a host that uses it conforms the type in a line. The
/// router has threads of its own and holds none of Swift's pool.
public final class SpillwayService: Sendable {
    private let configuration: Configuration
    private let log: RouterLog
    private let stop = StopSignal()
    private let health: RouterHealth
    private let catalogue: Result<Catalogue, MetricsError>
    private let ready = ReadyLatch()
    private let listener = Mutex<HTTPListener?>(nil)

    /// How long `run()` waits for the lanes after it was cancelled, in seconds.
    private static let drainLimit: Seconds = 9

    /// Prepares a router. Nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: Everything that can be set.
    ///   - log: Is given each log line, from any thread. It must not block.
    public init(configuration: Configuration, log: @escaping LogSink) {
        self.configuration = configuration
        self.log = RouterLog(sink: log, level: configuration.log.level)
        self.health = RouterHealth(lanes: configuration.lanes)
        do throws(MetricsError) {
            self.catalogue = .success(try Catalogue(jobSeries: configuration.metrics.jobSeries))
        } catch {
            self.catalogue = .failure(error)
        }
    }

    /// All metrics as values, without HTTP: what a host carries into its own metrics. May be called from any thread.
    public var metrics: [FamilySnapshot] {
        switch self.catalogue {
        case .success(let catalogue): catalogue.registry.snapshot()
        case .failure: []
        }
    }

    /// Whether `/health/ready` would answer 200.
    public var isReady: Bool { self.health.isReady }

    /// Whether `/health/live` would answer 200.
    public var isLive: Bool { self.health.isLive }

    /// Where `/metrics` and the health pages are served, with the port that was taken; `nil` if nowhere.
    public var metricsAddress: String? {
        guard let listener = self.listener.withLock({ $0 }), let address = self.configuration.http.metrics else {
            return nil
        }
        return Configuration.Address(host: address.host, port: listener.port).description
    }

    /// Returns once the router has become ready for the first time, or has ended.
    ///
    /// - Returns: The port of the metrics listener, or `nil` if there is none.
    public func whenReady() async -> Int? {
        await self.ready.wait()
        return self.listener.withLock { $0?.port }
    }

    /// Runs until its task is cancelled, then finishes what is open and returns, within 10 seconds.
    ///
    /// - Throws: What made it stop otherwise, in one sentence for the person who can mend it.
    public func run() async throws(SpillwayError) {
        defer { self.ready.open() }
        let catalogue: Catalogue
        switch self.catalogue {
        case .success(let declared): catalogue = declared
        case .failure(let error): throw SpillwayError(.configuration, "\(error)")
        }
        try self.listen(catalogue)
        defer { self.listener.withLock { $0 }?.close() }
        let outcome = Outcome()
        let main = WorkerThread { self.supervise(catalogue, outcome) }
        await withTaskCancellationHandler {
            await main.end()
        } onCancel: {
            self.stop.set()
        }
        if let error = outcome.error { throw error }
    }

    /// Metrics and health answer from the first moment to the last.
    private func listen(_ catalogue: Catalogue) throws(SpillwayError) {
        guard let address = self.configuration.http.metrics else { return }
        let pages = Pages(metrics: MetricsPage(catalogue.registry, reuse: .zero), health: self.health)
        let requests = catalogue.httpRequests
        do throws(HTTPListenerError) {
            let listener = try HTTPListener(
                address: address.description, routes: pages.routes,
                onEvent: { event in
                    if case .answered(let status, _, _) = event { requests["\(status)"].add() }
                })
            self.listener.withLock { $0 = listener }
        } catch {
            throw SpillwayError(.listener, "http.metrics: \(error)")
        }
    }

    /// The main thread of the router: waits for Kafka, starts the others, and waits for them.
    private func supervise(_ catalogue: Catalogue, _ outcome: Outcome) {
        let topics = TopicNames(prefix: self.configuration.kafka.topicPrefix)
        let setup = TopicSetup(
            configuration: self.configuration, topics: topics, health: self.health, stop: self.stop, log: self.log)
        do throws(SpillwayError) {
            guard let partitions = try setup.prepare() else { return }
            let instance = SharedInstance(
                Instance(
                    fleet: Fleet(
                        self.configuration.fleetSettings, self.configuration.placementSettings)))
            let context = LaneContext(
                configuration: self.configuration, topics: topics, instance: instance, catalogue: catalogue,
                health: self.health, stop: self.stop, log: self.log, refusedHeartbeats: RefusedHeartbeats(),
                ownership: Ownership(), deadLetterLimit: DeadLetterLimit(),
                wakers: LaneWakers(), partitions: partitions, configHash: self.configuration.configHash)
            let collector = FleetCollector(instance: instance, catalogue: catalogue, health: self.health)
            catalogue.registry.collect { collector.collect() }
            self.operate(context, setup, outcome)
        } catch {
            outcome.end(with: error)
        }
    }

    private func operate(_ context: LaneContext, _ setup: TopicSetup, _ outcome: Outcome) {
        let view = WorkerThread { Self.readFleet(context, outcome) }
        let probe = WorkerThread { BrokerProbe(context: context).run() }
        // Nobody waits for this: a broker may take its time to answer, and the default is safe.
        _ = WorkerThread {
            if let bytes = setup.deadLetterBytes() { context.deadLetterLimit.learn(maxMessageBytes: bytes) }
        }
        var lanes: [WorkerThread] = []
        // No input before heartbeats and views are read up to where they ended at the start (design section 2).
        if self.awaitView() {
            for number in 0..<self.configuration.lanes {
                lanes.append(WorkerThread { Self.runLane(number, context, outcome) })
            }
        }
        self.announceReady()
        let threads = lanes + [view, probe]
        while !(self.stop.isSet && threads.allSatisfy(\.isDone)) {
            if self.stop.isSet {
                guard self.stop.age < Self.drainLimit else {
                    self.log.warning("StopIncomplete", "threads still wait for the broker; leaving them behind")
                    return
                }
                threads.first { !$0.isDone }?.waitBriefly()
            } else {
                self.stop.wait(3600)
            }
        }
        self.log.info("Stopped", "all lanes have finished")
    }

    private func awaitView() -> Bool {
        while !self.stop.isSet {
            if self.health.isViewRead { return true }
            self.stop.wait(0.02)
        }
        return false
    }

    private func announceReady() {
        while !self.stop.isSet, !self.health.isReady { self.stop.wait(0.02) }
        guard !self.stop.isSet else { return }
        let port = self.metricsAddress
        self.log.info("ready", "serving", ("metrics", port ?? "off"))
        self.ready.open()
    }

    private static func readFleet(_ context: LaneContext, _ outcome: Outcome) {
        let reader: FleetReader
        do throws(KafkaError) {
            reader = try FleetReader(context: context)
        } catch {
            outcome.end(with: SpillwayError(.configuration, "kafka.properties: \(error)"))
            return context.stop.set()
        }
        reader.run()
    }

    private static func runLane(_ number: Int, _ context: LaneContext, _ outcome: Outcome) {
        do throws(SpillwayError) {
            try Lane(number: number, context: context).run()
        } catch {
            context.log.error("Ended", error.message)
            outcome.end(with: error)
            context.stop.set()
        }
    }
}
