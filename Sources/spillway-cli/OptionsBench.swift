import Settings

/// `spillway bench`
struct BenchOptions: Sendable {
    /// What is measured.
    enum Subject: Sendable {
        /// Decisions per second with so many datacenters; nil: 16, 64, 256 and 1,024.
        case decisions(datacenters: Int?, seconds: Double)
        /// The whole router against a bare librdkafka loop.
        case pipeline(Pipeline)
        /// The wait rule, with so many active dispatches.
        case wait(active: Int)
        /// Heartbeats into the fleet view, with so many managers.
        case view(managers: Int)
    }

    /// The workload of `bench pipeline`.
    struct Pipeline: Hashable, Sendable {
        var bootstrap: String
        var jobs: Int
        var datacenters: Int
        var managers: Int
        /// Of each manager.
        var cores: Int
        var lanes: Int
        var runs: Int
        /// Jobs a second offered for the latency figures; empty: none.
        var offered: [Double]
        var offeredFor: Duration
    }

    var subject: Subject
    var format: OutputFormat
    /// Settings for the router that is measured.
    var settings: SettingsOptions

    init(_ arguments: [String]) throws(CommandFailure) {
        guard let name = arguments.first, !name.hasPrefix("-") else {
            throw .usage("bench: decisions, pipeline, wait or view is missing (see: spillway bench --help)")
        }
        guard let specs = Self.subjects.first(where: { $0.name == name })?.specs else {
            throw .usage(
                "bench: unknown subject \(SettingsNode.shown(name, quotes: false)) (see: spillway bench --help)")
        }
        let reader = try OptionsReader("bench", Array(arguments.dropFirst()), specs + Self.common)
        try reader.noOperands()
        switch name {
        case "decisions":
            self.subject = .decisions(
                datacenters: try reader.integer("datacenters", in: 1...4096),
                seconds: try reader.number("seconds", in: 0.01...3600) ?? 2)
        case "wait": self.subject = .wait(active: try reader.integer("active", in: 1...10_000_000) ?? 100_000)
        case "view": self.subject = .view(managers: try reader.integer("managers", in: 1...1_000_000) ?? 10_000)
        default: self.subject = .pipeline(try Self.pipeline(reader))
        }
        self.format = try reader.word("format", as: OutputFormat.self) ?? .text
        self.settings = try SettingsOptions(reader)
    }

    private static func pipeline(_ reader: OptionsReader) throws(CommandFailure) -> Pipeline {
        var offered: [Double] = []
        for word in try reader.text("offered")?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
            guard let rate = SettingsNode.untyped(String(word)).number.flatMap(Double.init), rate > 0, rate <= 1e6
            else {
                throw reader.wrong("--offered must be numbers of jobs a second with commas between them")
            }
            offered.append(rate)
        }
        return Pipeline(
            bootstrap: try reader.needed("bootstrap", "B"),
            jobs: try reader.integer("jobs", in: 1...1_000_000_000) ?? 1_000_000,
            datacenters: try reader.integer("datacenters", in: 1...4096) ?? 16,
            managers: try reader.integer("managers", in: 1...10_000) ?? 4,
            cores: try reader.integer("cores", in: 1...Int(Int32.max)) ?? 1_000_000,
            lanes: try reader.integer("lanes", in: 1...64) ?? 1,
            runs: try reader.integer("runs", in: 1...100) ?? 3,
            offered: offered,
            offeredFor: try reader.duration("offered-for") ?? .seconds(30))
    }

    /// The flags of each subject.
    static let subjects: [(name: String, specs: [OptionSpec])] = [
        (
            "decisions",
            [
                OptionSpec("datacenters", "N", "datacenters (16, 64, 256 and 1024)"),
                OptionSpec("seconds", "S", "time for each figure (2)"),
            ]
        ),
        (
            "pipeline",
            [
                OptionSpec("bootstrap", "B", "the broker, host:port (needed)"),
                OptionSpec("jobs", "N", "jobs that are preloaded (1000000)"),
                OptionSpec("datacenters", "D", "datacenters (16)"),
                OptionSpec("managers", "M", "managers of each (4)"),
                OptionSpec("cores", "N", "cores of each manager (1000000)"),
                OptionSpec("lanes", "N", "lanes of the router (1)"),
                OptionSpec("runs", "N", "runs that count, alternating (3)"),
                OptionSpec("offered", "N,N", "jobs a second to offer for latency figures (none)"),
                OptionSpec("offered-for", "T", "for how long each (30s)"),
            ]
        ),
        ("wait", [OptionSpec("active", "N", "dispatches under way (100000)")]),
        ("view", [OptionSpec("managers", "N", "managers that send heartbeats (10000)")]),
    ]

    private static let common = SettingsOptions.specs + [CommandHelp.format]
}
