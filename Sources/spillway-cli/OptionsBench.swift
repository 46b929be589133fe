import Settings

/// `spillway bench`
struct BenchOptions: Sendable {
    /// What is measured.
    enum Subject: Sendable {
        /// Decisions per second with so many datacenters.
        case decisions(datacenters: [Int], seconds: Double)
        /// The whole router against a bare librdkafka loop.
        case pipeline(Pipeline)
        /// The wait rule, with so many active dispatches.
        case wait(active: [Int], seconds: Double)
        /// Heartbeats into the fleet view, with so many managers.
        case view(managers: [Int], seconds: Double)
        /// The way of a submission through the router, step by step and without Kafka.
        case path(datacenters: Int, jobs: Int)
        /// The bare loop itself, which `pipeline` starts.
        case bareLoop(BareLoopOptions)
    }

    /// The workload of `bench pipeline`.
    struct Pipeline: Hashable, Sendable {
        var bootstrap: String
        var jobs: Int
        var datacenters: Int
        var managers: Int
        /// Of each manager.
        var cores: Int
        var lanes: [Int]
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
            throw .usage("bench: decisions, pipeline, wait, view or path is missing (see: spillway bench --help)")
        }
        guard let specs = (Self.subjects + [BareLoopOptions.subject]).first(where: { $0.name == name })?.specs else {
            throw .usage(
                "bench: unknown subject \(SettingsNode.shown(name, quotes: false)) (see: spillway bench --help)")
        }
        let reader = try OptionsReader("bench", Array(arguments.dropFirst()), specs + Self.common)
        try reader.noOperands()
        switch name {
        case "decisions":
            self.subject = .decisions(
                datacenters: try Self.integers("datacenters", in: 1...4096, reader) ?? [4, 16, 64, 256, 1024],
                seconds: try Self.seconds(reader))
        case "wait":
            self.subject = .wait(
                active: try Self.integers("active", in: 1...10_000_000, reader) ?? [10, 100, 1000, 10_000, 100_000],
                seconds: try Self.seconds(reader))
        case "view":
            self.subject = .view(
                managers: try Self.integers("managers", in: 1...1_000_000, reader) ?? [10, 100, 1000, 10_000],
                seconds: try Self.seconds(reader))
        case "path":
            self.subject = .path(
                datacenters: try reader.integer("datacenters", in: 1...4096) ?? 16,
                jobs: try reader.integer("jobs", in: 1...100_000_000) ?? 200_000)
        case BareLoopOptions.subject.name: self.subject = .bareLoop(try BareLoopOptions(reader))
        default: self.subject = .pipeline(try Self.pipeline(reader))
        }
        self.format = try reader.word("format", as: OutputFormat.self) ?? .text
        self.settings = try SettingsOptions(reader)
    }

    private static func seconds(_ reader: OptionsReader) throws(CommandFailure) -> Double {
        try reader.number("seconds", in: 0.01...3600) ?? 2
    }

    /// Whole numbers with commas between them.
    private static func integers(
        _ name: String, in range: ClosedRange<Int>, _ reader: OptionsReader
    ) throws(CommandFailure) -> [Int]? {
        guard let text = try reader.text(name) else { return nil }
        var numbers: [Int] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(word), range.contains(number) else {
                throw reader.wrong(
                    "--\(name) must be whole numbers from \(range.lowerBound) to \(range.upperBound) with commas "
                        + "between them, is \(SettingsNode.shown(text, quotes: false))")
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func pipeline(_ reader: OptionsReader) throws(CommandFailure) -> Pipeline {
        var offered: [Double] = reader.has("latency") ? [5000, 20_000] : []
        if reader.has("latency"), reader.has("offered") { throw reader.wrong("--offered stands for --latency") }
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
            lanes: try Self.integers("lanes", in: 1...64, reader) ?? [1],
            runs: try reader.integer("runs", in: 1...100) ?? 3,
            offered: offered,
            offeredFor: try reader.duration("offered-for") ?? .seconds(30))
    }

    /// The flags of each subject.
    static let subjects: [(name: String, specs: [OptionSpec])] = [
        (
            "decisions",
            [
                OptionSpec("datacenters", "N,N", "datacenters (4,16,64,256,1024)"), Self.secondsSpec,
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
                OptionSpec("lanes", "N,N", "lanes of the router, one after the other (1)"),
                OptionSpec("runs", "N", "runs that count, alternating, after one that doesn't (3)"),
                OptionSpec("latency", nil, "latency figures as well, at 5000 and 20000 jobs a second"),
                OptionSpec("offered", "N,N", "the same at other rates"),
                OptionSpec("offered-for", "T", "for how long each (30s)"),
            ]
        ),
        (
            "wait",
            [OptionSpec("active", "N,N", "dispatches under way (10,100,1000,10000,100000)"), Self.secondsSpec]
        ),
        (
            "view",
            [OptionSpec("managers", "N,N", "managers that send heartbeats (10,100,1000,10000)"), Self.secondsSpec]
        ),
        (
            "path",
            [
                OptionSpec("datacenters", "N", "datacenters (16)"),
                OptionSpec("jobs", "N", "submissions that are read, decided and written (200000)"),
            ]
        ),
    ]

    private static let secondsSpec = OptionSpec("seconds", "S", "time for each figure (2)")

    private static let common = SettingsOptions.specs + [CommandHelp.format]
}

/// `spillway bench bare-loop`: how much to write for each record.
struct BareLoopOptions: Sendable {
    var dispatchBytes: Int
    var decisionBytes: Int
    var stateBytes: Int
    var stateRecords: Int
    var mostInputs: Int

    init(_ reader: OptionsReader) throws(CommandFailure) {
        let bytes = 0...1_000_000
        self.dispatchBytes = try reader.integer("dispatch-bytes", in: bytes) ?? 350
        self.decisionBytes = try reader.integer("decision-bytes", in: bytes) ?? 650
        self.stateBytes = try reader.integer("state-bytes", in: bytes) ?? 200
        self.stateRecords = try reader.integer("state-records", in: 0...64) ?? 1
        self.mostInputs = try reader.integer("most-inputs", in: 1...1_000_000_000) ?? 1_000_000_000
    }

    static let subject: (name: String, specs: [OptionSpec]) = (
        "bare-loop",
        [
            OptionSpec("dispatch-bytes", "N", "bytes of the record on a job topic (350)"),
            OptionSpec("decision-bytes", "N", "bytes of the record in the ledger (650)"),
            OptionSpec("state-bytes", "N", "bytes of a record of the changelog (200)"),
            OptionSpec("state-records", "N", "records of the changelog for each job (1)"),
            OptionSpec("most-inputs", "N", "records read in one transaction, at most"),
        ]
    )
}
