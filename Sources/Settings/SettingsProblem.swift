/// One thing that is wrong with the settings, by the name and at the place where its author wrote it.
public struct SettingsProblem: Hashable, Sendable {
    /// Where a value came from.
    public enum Source: Hashable, Sendable {
        /// A file, by the path that was given.
        case file(String)
        /// The environment.
        case environment
        /// A flag of the command line, by its name.
        case flag(String)
        /// The program itself: a value that was set in code.
        case program
    }

    /// Where it was written.
    public var source: Source

    /// The line in the file, from 1.
    public var line: Int?

    /// The key, in the words of the source: `a.b.c` in a file, `SPILLWAY_A_B_C` in the environment. Empty where the whole is meant.
    public var key: String

    /// What is wrong, as the end of a sentence that the key begins. It never contains a secret.
    public var reason: String

    /// States a problem.
    public init(source: Source, line: Int? = nil, key: String, reason: String) {
        self.source = source
        self.line = line
        self.key = key
        self.reason = reason
    }

    /// The file's path, or `environment`, `command line` or `program`.
    public var file: String {
        switch self.source {
        case .file(let path): path
        case .environment: "environment"
        case .flag: "command line"
        case .program: "program"
        }
    }
}

extension SettingsProblem: CustomStringConvertible {
    /// `spillway.yaml:14: lanes: must be from 1 to 64, is 0`
    public var description: String {
        var place = self.file
        if let line = self.line { place += ":\(line)" }
        return self.key.isEmpty ? "\(place): \(self.reason)" : "\(place): \(self.key): \(self.reason)"
    }
}
