import FoundationEssentials
import Settings
import Spillway

/// The flags that say where settings come from.
struct SettingsOptions: Hashable, Sendable {
    static let specs = [
        OptionSpec("config", "FILE", "the settings file; without it environment and defaults hold"),
        OptionSpec("set", "KEY=VALUE", "one setting, as a.b.c=value; wins over environment and file", mayRepeat: true),
    ]

    /// The path of the settings file.
    var config: String?
    /// What flags set.
    var flags: [SettingsFlag]

    /// Reads `--config` and `--set`.
    ///
    /// - Parameter flags: what other flags of the command set.
    init(_ reader: OptionsReader, flags: [SettingsFlag] = []) throws(CommandFailure) {
        self.config = try reader.text("config")
        self.flags = flags
        for text in reader.values["set"] ?? [] {
            guard let equals = text.firstIndex(of: "=") else { throw reader.wrong("--set must be KEY=VALUE") }
            let key = String(text[..<equals])
            guard Configuration.hasSetting(key) else {
                throw reader.wrong("--set \(SettingsNode.shown(key, quotes: false)): is no setting")
            }
            self.flags.append(
                SettingsFlag(name: "--set", key: key, text: String(text[text.index(after: equals)...])))
        }
    }

    /// Reads the settings.
    ///
    /// - Throws: everything that is wrong, a line each: wrong usage where a flag is wrong, else a failure.
    func load() throws(CommandFailure) -> Configuration {
        let problems: [SettingsProblem]
        switch self.read() {
        case .success(let configuration): return configuration
        case .failure(let error): problems = error.problems
        }
        throw Self.failure(problems)
    }

    /// Reads the settings, or answers with everything that is wrong.
    func read(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Result<Configuration, ConfigurationError> {
        do throws(ConfigurationError) {
            return .success(
                try Configuration.load(
                    file: self.config.map { SettingsFile(path: $0) }, environment: environment, flags: self.flags,
                    propertyRule: ClientPropertyRule.problem))
        } catch {
            return .failure(error)
        }
    }

    /// The failure that problems with the settings are.
    static func failure(_ problems: [SettingsProblem]) -> CommandFailure {
        let isUsage = problems.contains { if case .flag = $0.source { true } else { false } }
        return CommandFailure(
            exitCode: isUsage ? 2 : 1, message: problems.map(\.description).joined(separator: "\nspillway: "))
    }
}
