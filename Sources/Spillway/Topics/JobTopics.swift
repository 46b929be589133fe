import KafkaClient
import SpillwayCore

/// Sees to it that a datacenter's job topics exist before a decision can choose it: creates them if it may, else the
/// decisions are told that they are missing (`no_topic`). Used by the fleet reader's thread alone.
final class JobTopics {
    private let setup: TopicSetup
    private let instance: SharedInstance
    private let admin: Admin
    /// The runtimes that were looked for, by datacenter, and whether each has its topic.
    private var known: [String: [String: Bool]] = [:]
    /// Runtimes that somebody may ask for.
    private var runtimes: Set<String>
    /// Datacenters with a manager that runs everything.
    private var universal: Set<String> = []
    private var lookedAt: Seconds = 0

    /// Missing topics are looked for again this often.
    private static let interval: Seconds = 10

    init(setup: TopicSetup, instance: SharedInstance) throws(KafkaError) {
        self.setup = setup
        self.instance = instance
        let log = setup.log
        self.admin = try Admin(
            setup.configuration.clientSettings(for: .admin), onLog: { line in log.client(line) })
        let runtimes = setup.configuration.runtimes
        self.runtimes = Set(runtimes.order + runtimes.taskTypes.values.joined())
    }

    deinit { self.admin.close() }

    /// Looks for the topics that a heartbeat makes necessary, before it is taken. Waits for the broker's answer.
    func prepare(for heartbeat: ManagerHeartbeat) throws(KafkaError) {
        let datacenterID = heartbeat.datacenterID
        var wanted: Set<String>
        if let reported = heartbeat.runtimes {
            wanted = Set(reported.map(\.name))
            // A runtime that is new to all may be asked for wherever everything runs.
            for name in wanted where self.runtimes.insert(name).inserted {
                for other in self.universal { try self.look(for: [name], of: other) }
            }
        } else {
            wanted = self.runtimes
            self.universal.insert(datacenterID)
        }
        if let known = self.known[datacenterID] {
            guard known.count < wanted.count || !wanted.allSatisfy({ known[$0] != nil }) else { return }
            wanted.subtract(known.keys)
        }
        try self.look(for: wanted.sorted(), of: datacenterID)
    }

    /// Looks again for what was missing, now and then.
    func lookAgain() {
        let now = Clock.monotonic()
        guard now - self.lookedAt > Self.interval else { return }
        self.lookedAt = now
        for (datacenterID, runtimes) in self.known {
            let missing = runtimes.filter { !$0.value }.keys.sorted()
            guard !missing.isEmpty else { continue }
            do throws(KafkaError) {
                try self.look(for: missing, of: datacenterID)
            } catch {
                return
            }
        }
    }

    private func look(for runtimes: [String], of datacenterID: String) throws(KafkaError) {
        guard !runtimes.isEmpty else { return }
        let names = runtimes.map { self.setup.topics.jobs(datacenterID, $0) }
        var missing = try self.missing(names)
        if !missing.isEmpty, self.setup.configuration.kafka.createTopics {
            // What was just created may take a moment to show: the producer waits for it.
            let created = try self.setup.create(missing, self.admin)
            missing.removeAll { created.contains($0) }
        }
        for (runtime, name) in zip(runtimes, names) {
            let exists = !missing.contains(name)
            if self.known[datacenterID]?[runtime] != exists, !exists {
                self.setup.log.warning(
                    "TopicMissing", "datacenter \(datacenterID) gets no work for \(runtime): topic \(name) is missing",
                    ("topic", name))
            }
            self.known[datacenterID, default: [:]][runtime] = exists
            self.instance.lend { $0.fleet.setTopicExists(datacenterID, runtime: runtime, exists) }
        }
    }

    private func missing(_ names: [String]) throws(KafkaError) -> [String] {
        try self.admin.describeTopics(names, timeout: .seconds(5)).filter { $0.error != nil }.map(\.name)
    }
}
