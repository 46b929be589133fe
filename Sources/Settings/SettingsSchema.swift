/// All settings of a program: it reads them from a file, the environment and flags, and shows what is in effect.
package struct SettingsSchema<Root: Sendable>: Sendable {
    /// A rule about several settings: the key that it refuses, and what is wrong there or below.
    package struct Rule: Sendable {
        package let key: String
        package let check: @Sendable (Root) -> [SettingsReading.Refusal]

        package init(_ key: String, _ check: @escaping @Sendable (Root) -> String?) {
            self.key = key
            self.check = { root in check(root).map { [SettingsReading.Refusal(path: [], line: nil, reason: $0)] } ?? []
            }
        }

        package init(below key: String, _ check: @escaping @Sendable (Root) -> [(key: String, reason: String)]) {
            self.key = key
            self.check = { root in
                check(root).map { SettingsReading.Refusal(path: [$0.key], line: nil, reason: $0.reason) }
            }
        }
    }

    package let settings: [Setting<Root>]
    package let rules: [Rule]
    /// What the names in the environment begin with. Others that begin so are refused.
    package let environmentPrefix: String
    /// Beginnings of names that are none of the settings' business.
    package let foreignPrefixes: [String]

    package init(
        environmentPrefix: String, foreignPrefixes: [String] = [], settings: [Setting<Root>], rules: [Rule] = []
    ) {
        self.environmentPrefix = environmentPrefix
        self.foreignPrefixes = foreignPrefixes
        self.settings = settings
        self.rules = rules
    }

    /// The setting of a key.
    package func setting(_ key: String) -> Setting<Root>? {
        self.settings.first { $0.key == key }
    }

    /// What is in effect, nested like the file, without secrets.
    package func tree(of root: Root) -> SettingsTree {
        var tree = SettingsTree.mapping([])
        for setting in self.settings { tree.insert(setting.show(root), at: setting.path) }
        return tree
    }

    /// What the decisions depend on, one `key=value` a line.
    package func decisiveText(of root: Root) -> String {
        self.settings.filter(\.isDecisive).map { "\($0.key)=\($0.show(root).json)\n" }.joined()
    }

    /// What is wrong with values that were set in code.
    package func problems(of root: Root) -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        for setting in self.settings {
            var reading = SettingsReading(environment: [:])
            setting.check(root, &reading)
            for refusal in reading.refusals {
                let key = ([setting.key] + refusal.path).joined(separator: ".")
                problems.append(SettingsProblem(source: .program, key: key, reason: refusal.reason))
            }
        }
        if problems.isEmpty {
            for rule in self.rules {
                for refusal in rule.check(root) {
                    let key = ([rule.key] + refusal.path).joined(separator: ".")
                    problems.append(SettingsProblem(source: .program, key: key, reason: refusal.reason))
                }
            }
        }
        return problems
    }
}
