import Settings
import Spillway

#if canImport(Glibc)
    import Glibc
#endif

/// `spillway run`
struct RunOptions: Sendable {
    /// Where the settings come from. `--create-topics`, `--metrics` and `--format` are among its flags.
    var settings: SettingsOptions

    init(_ reader: OptionsReader) throws(CommandFailure) {
        try reader.noOperands()
        var flags: [SettingsFlag] = []
        if reader.has("create-topics") {
            flags.append(SettingsFlag(name: "--create-topics", key: "kafka.create_topics", text: "true"))
        }
        flags += try reader.listenerFlags()
        self.settings = try SettingsOptions(reader, flags: flags)
    }
}

/// `spillway agent`
struct AgentOptions: Sendable {
    /// Where the settings come from. `--metrics` and `--format` are among its flags.
    var settings: SettingsOptions
    var datacenter: String
    var cores: Int
    var runtimes: [String]
    /// Given, or the host name and the process id.
    var managerID: String

    init(_ reader: OptionsReader) throws(CommandFailure) {
        try reader.noOperands()
        self.datacenter = try reader.needed("datacenter", "NAME")
        try reader.checkName(self.datacenter, of: "datacenter")
        guard let cores = try reader.integer("cores", in: 1...Int(Int32.max)) else {
            throw reader.wrong("--cores N is missing")
        }
        self.cores = cores
        self.runtimes = try reader.names("runtimes") ?? ["shell"]
        self.managerID = try reader.text("manager-id") ?? "\(Configuration.Kafka.hostName)-\(getpid())"
        let hasControls = self.managerID.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard self.managerID.utf8.count <= 256, !hasControls else {
            throw reader.wrong("--manager-id must be 1 to 256 bytes without control characters")
        }
        self.settings = try SettingsOptions(reader, flags: try reader.listenerFlags())
    }
}

/// `spillway demo`
struct DemoOptions: Sendable {
    var settings: SettingsOptions
    /// How long jobs are submitted. Without it, until a signal.
    var duration: Duration?
    var datacenters: Int
    /// Jobs a second.
    var rate: Double
    var seed: UInt64
    /// 0 lets the system choose.
    var metricsPort: Int
    /// Whether tasks are real commands.
    var shell: Bool
    var format: OutputFormat

    init(_ reader: OptionsReader) throws(CommandFailure) {
        try reader.noOperands()
        self.duration = try reader.duration("duration")
        self.datacenters = try reader.integer("datacenters", in: 1...64) ?? 4
        self.rate = try reader.number("rate", in: 0...1_000_000) ?? 200
        self.seed = UInt64(try reader.integer("seed", in: 0...Int.max) ?? 1)
        self.metricsPort = try reader.integer("metrics-port", in: 0...65_535) ?? 9464
        self.shell = reader.has("shell")
        self.format = try reader.word("format", as: OutputFormat.self) ?? .text
        self.settings = try SettingsOptions(reader)
    }
}

/// `spillway decide`
struct DecideOptions: Sendable {
    var settings: SettingsOptions
    /// A path, or `-` for standard input.
    var fleet: String
    /// A path, or `-` for standard input.
    var job: String
    /// Unix seconds. Without it, the newest timestamp of the fleet.
    var now: Double?
    var format: OutputFormat

    init(_ reader: OptionsReader) throws(CommandFailure) {
        try reader.noOperands()
        self.fleet = try reader.needed("fleet", "FILE")
        self.job = try reader.needed("job", "FILE")
        if self.fleet == "-", self.job == "-" {
            throw reader.wrong("--fleet and --job can't both be standard input")
        }
        self.now = try reader.number("now", in: 0...1e12)
        self.format = try reader.word("format", as: OutputFormat.self) ?? .text
        self.settings = try SettingsOptions(reader)
    }
}

/// `spillway explain`
struct ExplainOptions: Sendable {
    var settings: SettingsOptions
    var job: String
    var format: OutputFormat

    init(_ reader: OptionsReader) throws(CommandFailure) {
        self.job = try reader.operand("JOB")
        self.format = try reader.word("format", as: OutputFormat.self) ?? .text
        self.settings = try SettingsOptions(reader)
    }
}

/// `spillway check`
struct CheckOptions: Sendable {
    var settings: SettingsOptions
    /// The path of a catalog.
    var catalog: String?
    var format: OutputFormat

    init(_ reader: OptionsReader) throws(CommandFailure) {
        try reader.noOperands()
        self.catalog = try reader.text("catalog")
        self.format = try reader.word("format", as: OutputFormat.self) ?? .text
        self.settings = try SettingsOptions(reader)
    }
}

extension OptionsReader {
    /// What `--metrics` and `--format` set, where they are settings.
    fileprivate func listenerFlags() throws(CommandFailure) -> [SettingsFlag] {
        var flags: [SettingsFlag] = []
        if let address = try self.text("metrics") {
            flags.append(SettingsFlag(name: "--metrics", key: "http.metrics", text: address))
        }
        if let format = try self.word("format", as: OutputFormat.self) {
            flags.append(SettingsFlag(name: "--format", key: "log.format", text: format.rawValue))
        }
        return flags
    }
}
