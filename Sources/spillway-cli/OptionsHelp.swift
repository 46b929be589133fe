/// What `--help` says of a command. The flags that it lists are the ones that the command takes.
struct CommandHelp: Sendable {
    let name: String
    /// What stands behind the name.
    let synopsis: String
    /// What it does, in a line.
    let summary: String
    /// More of it.
    var details = ""
    let options: [OptionSpec]
    let examples: [String]

    static let format = OptionSpec("format", "FORMAT", "text or json: one object a line (text)")
    private static let logFormat = OptionSpec("format", "FORMAT", "text or json, of the log (the setting log.format)")
    private static let metrics = OptionSpec("metrics", "ADDRESS", "host:port or off (the setting http.metrics)")

    static let all = [
        CommandHelp(
            name: "run", synopsis: "[--config FILE] [--create-topics]", summary: "the router",
            details: "The first SIGINT or SIGTERM drains and ends with 0, a second one ends at once.",
            options: SettingsOptions.specs + [
                OptionSpec("create-topics", nil, "create the topics that are missing"), metrics, logFormat,
            ],
            examples: ["spillway run --config spillway.yaml", "spillway run --create-topics --set lanes=2"]),
        CommandHelp(
            name: "agent", synopsis: "--datacenter NAME --cores N [--runtimes a,b]",
            summary: "a manager and its workers for one datacenter",
            options: [
                OptionSpec("datacenter", "NAME", "the datacenter that it is part of (needed)"),
                OptionSpec("cores", "N", "how many tasks run at once (needed)"),
                OptionSpec("runtimes", "a,b", "what it runs (shell)"),
                OptionSpec("manager-id", "ID", "its name (host name and process id)"), metrics, logFormat,
            ] + SettingsOptions.specs,
            examples: ["spillway agent --datacenter dc-a --cores 8 --metrics off --set agent.allow=/usr/bin/*"]),
        CommandHelp(
            name: "demo", synopsis: "[--duration 60s] [--datacenters 4] [--rate 200]",
            summary: "everything in one process, with an embedded broker",
            options: [
                OptionSpec("duration", "T", "how long jobs are submitted (until SIGINT)"),
                OptionSpec("datacenters", "N", "datacenters (4)"),
                OptionSpec("rate", "N", "jobs a second (200)"),
                OptionSpec("seed", "N", "what the random numbers begin with (1)"),
                OptionSpec("metrics-port", "PORT", "where /metrics is served (9464; 0: any)"),
                OptionSpec("shell", nil, "run real commands instead of simulated tasks"), format,
            ] + SettingsOptions.specs,
            examples: ["spillway demo", "spillway demo --duration 10s --rate 50 --format json"]),
        CommandHelp(
            name: "decide", synopsis: "--fleet FILE --job FILE [--config FILE] [--now UNIX]",
            summary: "one decision on files, without Kafka",
            details: "It ends with 0 also where the decision is to hold or to fail the job.",
            options: [
                OptionSpec("fleet", "FILE", "heartbeats or capacities, a JSON array or lines; - is standard input"),
                OptionSpec("job", "FILE", "the body of a job.submitted event; - is standard input"),
                OptionSpec("now", "UNIX", "the time in Unix seconds (the newest in the fleet)"), format,
            ] + SettingsOptions.specs,
            examples: ["spillway decide --fleet fleet.json --job job.json --format json"]),
        CommandHelp(
            name: "explain", synopsis: "JOB [--config FILE]", summary: "a job's decisions, attempts and result",
            options: [format] + SettingsOptions.specs,
            examples: ["spillway explain job-000001 --config spillway.yaml"]),
        CommandHelp(
            name: "check", synopsis: "[--config FILE] [--catalog FILE]",
            summary: "validate the settings and show what is in effect",
            details: "It ends with 1 where there is a problem, and names all of them. Secrets are shown as ***.",
            options: SettingsOptions.specs + [OptionSpec("catalog", "FILE", "a catalog to validate"), format],
            examples: ["spillway check --config spillway.yaml", "SPILLWAY_LANES=2 spillway check --format json"]),
        CommandHelp(
            name: "bench", synopsis: "decisions|pipeline|wait|view|path [flags]", summary: "measurements",
            details: "\n"
                + BenchOptions.subjects.map { "\($0.name):\n" + Self.table($0.specs) }.joined(separator: "\n"),
            options: SettingsOptions.specs + [format],
            examples: [
                "spillway bench decisions --datacenters 64",
                "spillway bench pipeline --bootstrap 127.0.0.1:9092 --jobs 100000 --format json",
            ]),
    ]

    /// The whole help of the command.
    var text: String {
        var text =
            "Usage: spillway \(self.name) \(self.synopsis)\n\n\(self.summary.prefix(1).uppercased())\(self.summary.dropFirst()).\n"
        if !self.details.isEmpty { text += self.details.hasSuffix("\n") ? self.details : "\(self.details)\n" }
        text += "\nFlags:\n" + Self.table(self.options + [OptionSpec("help", nil, "show this")])
        text += "\nExamples:\n" + self.examples.map { "  \($0)\n" }.joined()
        return text
    }

    /// The help of the program.
    static var overview: String {
        let width = Self.all.map(\.name.count).max() ?? 0
        let commands = Self.all.map { "  \(Self.padded($0.name, width))  \($0.summary)\n" }.joined()
        return """
            Usage: spillway COMMAND [flags]

            The gate in front of several datacenters: decides where each job runs, and follows it to its end.

            Commands:
            \(commands)
            spillway COMMAND --help shows a command's flags, spillway --version the version.
            Exit codes: 0 done; 1 the work failed or a problem was found; 2 wrong usage.

            Examples:
              spillway demo
              spillway check --config spillway.yaml
              spillway run --config spillway.yaml

            """
    }

    private static func table(_ options: [OptionSpec]) -> String {
        let flags = options.map { "--\($0.name)" + ($0.value.map { " \($0)" } ?? "") }
        let width = flags.map(\.count).max() ?? 0
        return zip(flags, options).map { "  \(Self.padded($0, width))  \($1.help)\n" }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
