import Spillway

#if canImport(Glibc)
    import Glibc
#endif

/// The executable `spillway`.
@main struct Spillway_cli {
    static func main() async {
        // A reader that went away is an error of that write, not the end of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        exit(await Self.run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Carries out a command line and answers with the exit code.
    static func run(_ arguments: [String]) async -> Int32 {
        do throws(CommandFailure) {
            switch try Options.parse(arguments) {
            case .help(let text): return try Console.result(text)
            case .version: return try Console.result("spillway \(SpillwayVersion.current)\n")
            case .run(let options): return try await RunCommand(options: options).run()
            case .agent(let options): return try await AgentCommand(options: options).run()
            case .demo(let options): return try await DemoCommand(options: options).run()
            case .decide(let options): return try await DecideCommand(options: options).run()
            case .explain(let options): return try await ExplainCommand(options: options).run()
            case .check(let options): return try await CheckCommand(options: options).run()
            case .bench(let options): return try await BenchCommand(options: options).run()
            }
        } catch {
            Console.note("spillway: \(error.message)\n")
            return error.exitCode
        }
    }
}
