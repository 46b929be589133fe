public import Settings

/// Settings that can't be used, with everything that is wrong with them.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// Each of them names its source, line and key. There is at least one.
    public let problems: [SettingsProblem]

    /// Collects problems.
    package init(problems: [SettingsProblem]) {
        self.problems = problems
    }

    /// The problems, one a line.
    public var description: String {
        self.problems.map(\.description).joined(separator: "\n")
    }
}
