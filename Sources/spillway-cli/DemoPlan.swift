import Spillway
import SpillwayAgent
import SpillwayCore

/// The demo's little world: its datacenters, what they can do, and the jobs that come.
struct DemoPlan: Sendable {
    /// One datacenter.
    struct Datacenter: Sendable {
        var name: String
        var rttMilliseconds: Double
        var cores: Int
        var queueRoom: Int
    }

    /// The nearest first: it is every job's preference, and has too few cores for all of them.
    let datacenters: [Datacenter]
    let rate: Double
    let seed: UInt64

    static let runtime = "simulated"
    static let heartbeatInterval = Duration.seconds(1)
    /// Partitions of `events`, `state` and the job topics.
    static let partitions = 4

    private static let durations: ClosedRange<Seconds> = 1...4
    /// How many in a hundred need so many cores.
    private static let cores = [(share: 70, cores: 1), (share: 20, cores: 2), (share: 10, cores: 4)]
    /// Cores that so many jobs a second keep busy, on average.
    private static let busyCoresPerRate = 2.5 * 1.5

    /// A world for so many jobs a second.
    init(datacenters count: Int, rate: Double, seed: UInt64) {
        let demand = rate * Self.busyCoresPerRate
        self.rate = rate
        self.seed = seed
        self.datacenters = (0..<count).map { index in
            // The nearest can't hold a half of what asks for it; together they can hold a little more than all.
            let share = count == 1 ? 1.1 : index == 0 ? 0.4 : 0.75 / Double(count - 1)
            let cores = max(8, Int((demand * share).rounded()))
            return Datacenter(
                name: Self.name(index), rttMilliseconds: min(1 + 12 * Double(index), 95), cores: cores,
                queueRoom: max(4, cores / 8))
        }
    }

    /// `dc-a` to `dc-z`, then `dc-aa` and so on.
    private static func name(_ index: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let first = index < letters.count ? "" : String(letters[index / letters.count - 1])
        return "dc-" + first + String(letters[index % letters.count])
    }

    /// The job with a number: the same for the same seed.
    func job(_ number: Int) -> JobSubmission {
        var numbers = SeededNumbers(seed: self.seed, text: "job", number: number)
        let duration =
            Self.durations.lowerBound
            + numbers.unit() * (Self.durations.upperBound - Self.durations.lowerBound)
        var draw = Int(numbers.unit() * 100)
        var cores = 1
        for choice in Self.cores {
            cores = choice.cores
            if draw < choice.share { break }
            draw -= choice.share
        }
        var job = JobSubmission(
            jobID: DemoJobs.id(number),
            workflows: [
                Workflow(cores: cores, durationSeconds: (duration * 1000).rounded() / 1000, timeoutSeconds: 10)
            ])
        job.datacenters = [self.datacenters[0].name]
        job.priority = numbers.unit() < 0.1 ? .backfill : .normal
        job.tenant = "team-\(Int(numbers.unit() * 3) + 1)"
        return job
    }

    /// The router's settings: the user's, with what the demo is about.
    func configuration(from base: Configuration, bootstrapServers: String, metricsPort: Int) -> Configuration {
        var configuration = base
        configuration.kafka.bootstrapServers = bootstrapServers
        configuration.kafka.createTopics = false
        configuration.kafka.instanceID = "demo"
        configuration.kafka.properties = [:]
        configuration.kafka.secrets = [:]
        // A rebalance at the embedded broker takes as long as a session, a join three seconds.
        configuration.kafka.properties["session.timeout.ms"] = "6000"
        configuration.http.metrics = .init(host: "127.0.0.1", port: metricsPort)
        configuration.http.admin = nil
        configuration.runtimes.order = [Self.runtime]
        configuration.runtimes.taskTypes = [:]
        configuration.fleet.heartbeatInterval = Self.heartbeatInterval
        configuration.fleet.datacenters = [:]
        for datacenter in self.datacenters {
            configuration.fleet.datacenters[datacenter.name] = .init(
                rttMilliseconds: datacenter.rttMilliseconds, managers: 1)
        }
        // Jobs of seconds: a wait of a quarter of one is long enough.
        if base.spillover == .init() { configuration.spillover.maxWait = .milliseconds(250) }
        // The table is what the demo has to say; warnings are shown.
        if base.log == .init() { configuration.log.level = .warning }
        return configuration
    }

    /// The managers, one for each datacenter.
    func sites(incarnation: Int64) -> [Site] {
        self.datacenters.map { datacenter in
            var settings = SiteSettings(
                datacenterID: datacenter.name, managerID: "manager-1", cores: datacenter.cores)
            settings.workers = max(1, datacenter.cores / 8)
            settings.queueRoom = datacenter.queueRoom
            settings.runtimes = [Self.runtime]
            settings.incarnation = incarnation
            settings.heartbeatInterval = 1
            settings.behaviour.errorRate = 0.01
            settings.behaviour.seed = self.seed
            return Site(settings)
        }
    }
}

/// The names of the demo's jobs.
enum DemoJobs {
    private static let prefix = "demo-"

    static func id(_ number: Int) -> String {
        let digits = String(number)
        return self.prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// The number of one of its jobs, `nil` for somebody else's.
    static func number(_ id: String) -> Int? {
        guard id.hasPrefix(self.prefix) else { return nil }
        return Int(id.dropFirst(self.prefix.count))
    }
}
