import Settings

/// What a command line asks for.
enum Options: Sendable {
    case help(String)
    case version
    case run(RunOptions)
    case agent(AgentOptions)
    case demo(DemoOptions)
    case decide(DecideOptions)
    case explain(ExplainOptions)
    case check(CheckOptions)
    case bench(BenchOptions)

    /// Reads a command line, less the program's name.
    ///
    /// - Throws: wrong usage, with the flag's name in the message.
    static func parse(_ arguments: [String]) throws(CommandFailure) -> Options {
        guard let first = arguments.first else {
            throw .usage(
                "a command is missing: \(CommandHelp.all.map(\.name).joined(separator: ", ")) (see: spillway --help)")
        }
        let rest = Array(arguments.dropFirst())
        switch first {
        case "--help", "-h": return try Self.only(first, rest) ?? .help(CommandHelp.overview)
        case "--version": return try Self.only(first, rest) ?? .version
        case "help": return try Self.help(rest)
        case "replay", "simulate": throw .notBuilt(first)
        default: break
        }
        guard let help = CommandHelp.all.first(where: { $0.name == first }) else {
            let shown = SettingsNode.shown(first, quotes: false)
            if first.hasPrefix("-") { throw .usage("unknown flag \(shown) (see: spillway --help)") }
            let near = Similarity.nearest(to: first, among: CommandHelp.all.map(\.name))
            let advice = near.map { "; did you mean \($0)?" } ?? ""
            throw .usage("unknown command \(shown)\(advice) (see: spillway --help)")
        }
        if Self.asksForHelp(rest) { return .help(help.text) }
        return try Self.command(help, rest)
    }

    private static func command(_ help: CommandHelp, _ arguments: [String]) throws(CommandFailure) -> Options {
        switch help.name {
        case "bench": return .bench(try BenchOptions(arguments))
        case "run": return .run(try RunOptions(OptionsReader(help.name, arguments, help.options)))
        case "agent": return .agent(try AgentOptions(OptionsReader(help.name, arguments, help.options)))
        case "demo": return .demo(try DemoOptions(OptionsReader(help.name, arguments, help.options)))
        case "decide": return .decide(try DecideOptions(OptionsReader(help.name, arguments, help.options)))
        case "explain": return .explain(try ExplainOptions(OptionsReader(help.name, arguments, help.options)))
        default: return .check(try CheckOptions(OptionsReader(help.name, arguments, help.options)))
        }
    }

    private static func help(_ arguments: [String]) throws(CommandFailure) -> Options {
        guard let name = arguments.first else { return .help(CommandHelp.overview) }
        guard let help = CommandHelp.all.first(where: { $0.name == name }) else {
            throw .usage("unknown command \(SettingsNode.shown(name, quotes: false)) (see: spillway --help)")
        }
        return .help(help.text)
    }

    /// Whether help is asked for before anything that ends the flags.
    private static func asksForHelp(_ arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    }

    private static func only(_ flag: String, _ rest: [String]) throws(CommandFailure) -> Options? {
        guard let extra = rest.first else { return nil }
        throw .usage("\(flag) stands alone, without \(SettingsNode.shown(extra, quotes: false))")
    }
}

/// How results are printed.
enum OutputFormat: String, CaseIterable, Sendable {
    /// For people.
    case text
    /// An object a line.
    case json
}
