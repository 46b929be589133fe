import Settings
import Spillway

/// `spillway check`: validates, and shows what is in effect.
struct CheckCommand: Sendable {
    let options: CheckOptions

    /// Prints the effective settings, or every problem.
    ///
    /// - Returns: 0, or 1 where there is a problem.
    func run() async throws(CommandFailure) -> Int32 {
        let outcome = try self.outcome(of: self.options.settings.read())
        try Console.result(outcome.text)
        return outcome.exitCode
    }

    /// What is printed, and the exit code.
    ///
    /// - Throws: wrong usage, where what is wrong stands behind a flag.
    func outcome(
        of read: Result<Configuration, ConfigurationError>
    ) throws(CommandFailure) -> (text: String, exitCode: Int32) {
        var problems: [SettingsProblem] = []
        var configuration = Configuration()
        switch read {
        case .success(let read): configuration = read
        case .failure(let error): problems = error.problems
        }
        let wrongFlags = problems.filter { if case .flag = $0.source { true } else { false } }
        if !wrongFlags.isEmpty { throw SettingsOptions.failure(wrongFlags) }
        if let catalog = self.options.catalog { problems += Self.problems(ofCatalog: catalog) }
        return (self.report(configuration, problems), problems.isEmpty ? 0 : 1)
    }

    private func report(_ configuration: Configuration, _ problems: [SettingsProblem]) -> String {
        switch self.options.format {
        case .text where problems.isEmpty: configuration.effectiveYAML
        case .text: problems.map { "\($0)\n" }.joined()
        case .json where problems.isEmpty: #"{"ok":true,"effective":\#(configuration.effectiveJSON)}"# + "\n"
        case .json:
            SettingsTree.mapping([
                .init("ok", .boolean(false)), .init("problems", .list(problems.map(Self.tree))),
            ]).json + "\n"
        }
    }

    private static func tree(_ problem: SettingsProblem) -> SettingsTree {
        .mapping([
            .init("file", .text(problem.file)), .init("line", problem.line.map { .integer($0) } ?? .null),
            .init("key", .text(problem.key)), .init("reason", .text(problem.reason)),
        ])
    }

    private static func problems(ofCatalog path: String) -> [SettingsProblem] {
        let file = SettingsFile(path: path)
        let reason = "a catalog has no effect: events that create work are not built yet"
        return file.problems + [SettingsProblem(source: .file(path), key: "", reason: reason)]
    }
}
