import Glibc
import KafkaClient
import Settings
import Spillway

/// One run of one program: topics of its own, a fleet that sends heartbeats, and a load.
final class BenchRun {
    let topics: BenchTopics
    let group: String
    /// Settings that reach the broker.
    let settings: ClientSettings
    let admin: Admin
    /// A directory for the settings file and the log.
    let directory: String
    private let heartbeats: BenchHeartbeats
    private let environment: [String]

    private static let readyWithin = 60.0

    /// Creates the topics and starts the heartbeats.
    ///
    /// - Parameters:
    ///   - name: what tells the runs of this process apart.
    ///   - configuration: the user's settings, from which the measured ones follow.
    init(
        _ name: String, _ options: BenchOptions.Pipeline, _ configuration: Configuration, lanes: Int
    ) throws(CommandFailure) {
        let id = "\(getpid())-\(name)"
        self.group = "spillway-bench-\(id)"
        self.topics = BenchTopics(prefix: "bench-\(id).", datacenters: options.datacenters)
        var configuration = configuration
        configuration.kafka.bootstrapServers = options.bootstrap
        self.settings = configuration.clientSettings(for: .admin)
        do throws(KafkaError) {
            // Where a partition ends is asked for while its records are still invisible.
            self.admin = try Admin(self.settings.merging(["isolation.level": "read_uncommitted"]))
            try self.topics.create(self.admin)
        } catch {
            throw .failed("topics for the run: \(error)")
        }
        self.directory = try Self.makeDirectory()
        self.environment = configuration.kafka.secrets.sorted { $0.key < $1.key }.enumerated().map {
            "\(Self.variable($0.offset))=\($0.element.value.reveal())"
        }
        configuration = Self.measured(
            configuration, self.topics, self.group, managers: options.managers, lanes: lanes)
        guard BenchFile.write(Self.file(configuration), to: self.directory + "/spillway.yaml") else {
            throw .failed("\(self.directory)/spillway.yaml can't be written")
        }
        self.heartbeats = try BenchHeartbeats(
            self.settings, .init(topics: self.topics, managers: options.managers, cores: options.cores))
    }

    /// Ends the heartbeats and removes what the run has made.
    func end() {
        self.heartbeats.stop()
        self.topics.delete(self.admin)
        self.admin.close()
        for file in ["spillway.yaml", "log"] { unsafe unlink("\(self.directory)/\(file)") }
        unsafe rmdir(self.directory)
    }

    /// Starts the router and waits until it is ready.
    func startRouter() throws(CommandFailure) -> (child: BenchChild, scrape: BenchScrape) {
        let scrape = BenchScrape(port: try BenchScrape.freePort())
        let child = try self.start(["run", "--metrics", "127.0.0.1:\(scrape.port)"])
        try self.wait(for: child) { scrape.isReady }
        return (child, scrape)
    }

    /// Starts the bare loop and waits until it has its partitions.
    func startBareLoop(_ sizes: BenchSizes) throws(CommandFailure) -> BenchChild {
        let child = try self.start(["bench", "bare-loop"] + sizes.flags)
        try self.wait(for: child) { child.line() == "ready" }
        return child
    }

    /// Says what a child complained of.
    func failure(_ what: String, of child: BenchChild) -> CommandFailure {
        let words = child.lastWords
        return .failed(words.isEmpty ? what : "\(what); it said:\n\(words)")
    }

    private func start(_ arguments: [String]) throws(CommandFailure) -> BenchChild {
        try BenchChild(
            arguments + ["--config", "\(self.directory)/spillway.yaml"], environment: self.environment,
            log: "\(self.directory)/log")
    }

    private func wait(for child: BenchChild, until isReady: () -> Bool) throws(CommandFailure) {
        let deadline = BenchClock.monotonic() + Self.readyWithin
        while !isReady() {
            guard child.isRunning else { throw self.failure("the program that is measured has ended", of: child) }
            guard BenchClock.monotonic() < deadline else {
                throw self.failure("the program that is measured doesn't become ready", of: child)
            }
            BenchClock.pause(0.02)
        }
    }

    /// The settings of what is measured.
    private static func measured(
        _ configuration: Configuration, _ topics: BenchTopics, _ group: String, managers: Int, lanes: Int
    ) -> Configuration {
        var configuration = configuration
        configuration.kafka.topicPrefix = topics.names.prefix
        configuration.kafka.groupID = group
        configuration.kafka.instanceID = "bench"
        configuration.lanes = lanes
        configuration.http.admin = nil
        configuration.fleet.datacenters = [:]
        for (index, name) in topics.datacenters.enumerated() {
            configuration.fleet.datacenters[name] = .init(rttMilliseconds: Double(1 + index), managers: managers)
        }
        return configuration
    }

    /// The settings file of the children. Secrets aren't in it: it names variables of their environment.
    private static func file(_ configuration: Configuration) -> String {
        var tree = configuration.effective
        for (name, value) in configuration.kafka.properties {
            tree.insert(.text(value), at: ["kafka", "properties", name])
        }
        for (index, name) in configuration.kafka.secrets.keys.sorted().enumerated() {
            tree.insert(.text("env:\(Self.variable(index))"), at: ["kafka", "secrets", name])
        }
        tree.insert(.text(""), at: ["http", "admin_token"])
        return tree.yaml
    }

    private static func variable(_ index: Int) -> String { "BENCH_SECRET_\(index)" }

    private static func makeDirectory() throws(CommandFailure) -> String {
        var template = Array("/tmp/spillway-bench.XXXXXX".utf8CString)
        let name = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let start = buffer.baseAddress, let name = unsafe mkdtemp(start) else { return nil }
            return unsafe String(cString: name)
        }
        guard let name else { throw .failed("no temporary directory to be had") }
        return name
    }
}

/// How much the router has written for each job.
struct BenchSizes: Sendable, Equatable {
    var dispatchBytes: Int
    var decisionBytes: Int
    var stateBytes: Int
    var stateRecords: Int

    var flags: [String] {
        [
            "--dispatch-bytes", "\(self.dispatchBytes)", "--decision-bytes", "\(self.decisionBytes)", "--state-bytes",
            "\(self.stateBytes)", "--state-records", "\(self.stateRecords)",
        ]
    }
}
