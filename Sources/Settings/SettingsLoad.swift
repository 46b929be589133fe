/// A value of one setting behind a flag.
package struct SettingsFlag: Hashable, Sendable {
    /// The flag as it was written, for messages: `--metrics`.
    package let name: String
    /// The setting's key.
    package let key: String
    package let text: String

    package init(name: String, key: String, text: String) {
        self.name = name
        self.key = key
        self.text = text
    }
}

/// One reading of all sources: flags win over the environment, the environment over the file, the file over the defaults.
///
/// What is wrong anywhere is kept, and what is wrong in one place doesn't hide what is wrong in another. A value that is
/// overridden is checked all the same.
struct SettingsLoad<Root: Sendable> {
    /// Where the value in effect stands, for the rules about several settings.
    private struct Place {
        var source: SettingsProblem.Source
        var line: Int?
        var key: String
        var node: SettingsNode
    }

    private let schema: SettingsSchema<Root>
    private let environment: [String: String]
    private(set) var root: Root
    private(set) var problems: [SettingsProblem] = []
    private var places: [String: Place] = [:]
    private var mentionedNames: Set<String> = []

    init(schema: SettingsSchema<Root>, defaults: Root, environment: [String: String]) {
        self.schema = schema
        self.root = defaults
        self.environment = environment
    }

    mutating func read(_ file: SettingsFile) {
        self.problems += file.problems
        guard let node = file.root, !node.isNull else { return }
        self.section(node, path: [], file: .file(file.path))
        // By line, whatever order the checks have found them in.
        self.problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    private mutating func section(_ node: SettingsNode, path: [String], file: SettingsProblem.Source) {
        let key = path.joined(separator: ".")
        guard let entries = node.entries else {
            // An empty section is one whose settings are all commented out. The text isn't quoted: it may be a secret.
            if !node.isNull {
                self.problems.append(
                    SettingsProblem(source: file, line: node.line, key: key, reason: "must be a mapping"))
            }
            return
        }
        for entry in entries {
            let path = path + [entry.key]
            let key = path.joined(separator: ".")
            if let setting = self.schema.settings.first(where: { $0.path == path }) {
                let place = Place(source: file, line: entry.line, key: key, node: entry.value)
                if let assign = self.value(of: setting, place) { self.assign(assign, setting, place) }
            } else if self.schema.settings.contains(where: { $0.path.starts(with: path) }) {
                self.section(entry.value, path: path, file: file)
            } else {
                self.problems.append(
                    SettingsProblem(source: file, line: entry.line, key: key, reason: self.unknown(path)))
            }
        }
    }

    mutating func readEnvironment() {
        let prefix = self.schema.environmentPrefix
        var known: Set<String> = []
        for setting in self.schema.settings {
            let name = setting.environmentName(prefix: prefix)
            known.insert(name)
            var values: [(assign: @Sendable (inout Root) -> Void, shown: SettingsTree, place: Place)] = []
            for name in [name, setting.otherName].compactMap(\.self) {
                guard let text = self.environment[name] else { continue }
                guard let node = self.node(text, for: setting, name: name) else { continue }
                let place = Place(source: .environment, key: name, node: node)
                guard let assign = self.value(of: setting, place) else { continue }
                var copy = self.root
                assign(&copy)
                values.append((assign, setting.show(copy), place))
            }
            if let first = values.first, let second = values.last, first.shown != second.shown {
                let reason =
                    "is \(second.place.node.quoted), but \(first.place.key), which is the same setting, is \(first.place.node.quoted)"
                self.problems.append(
                    SettingsProblem(source: .environment, key: second.place.key, reason: reason))
            } else if let first = values.first {
                self.assign(first.assign, setting, first.place)
            }
        }
        let foreign = self.schema.foreignPrefixes
        for name in self.environment.keys.sorted() where name.hasPrefix(prefix) && !known.contains(name) {
            if foreign.contains(where: name.hasPrefix) || self.mentionedNames.contains(name) { continue }
            let mapping = self.schema.settings.first {
                $0.shape == .mapping && name.hasPrefix($0.environmentName(prefix: prefix) + "_")
            }
            let near = Similarity.nearest(to: name, among: known)
            var reason = "is no setting" + (near.map { "; \($0) is one" } ?? "")
            if let mapping { reason = "is no setting; \(mapping.key) is a mapping, which is set in the file alone" }
            self.problems.append(SettingsProblem(source: .environment, key: name, reason: reason))
        }
    }

    mutating func read(_ flags: [SettingsFlag]) {
        for flag in flags {
            guard let setting = self.schema.setting(flag.key) else {
                let path = flag.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                self.problems.append(
                    SettingsProblem(
                        source: .flag(flag.name), key: flag.name, reason: "\(flag.key) \(self.unknown(path))"))
                continue
            }
            var node = SettingsNode.untyped(flag.text)
            switch setting.shape {
            case .word: break
            case .words: node = Self.list(flag.text)
            case .mapping:
                let reason = "\(flag.key) is a mapping: it is set in the file alone"
                self.problems.append(SettingsProblem(source: .flag(flag.name), key: flag.name, reason: reason))
                continue
            }
            let place = Place(source: .flag(flag.name), key: "\(flag.name) \(flag.key)", node: node)
            if let assign = self.value(of: setting, place) { self.assign(assign, setting, place) }
        }
    }

    /// Looks at several settings together, once each of them is sound.
    mutating func checkRules() {
        guard self.problems.isEmpty else { return }
        for rule in self.schema.rules {
            for refusal in rule.check(self.root) {
                let place = self.places[rule.key]
                let key = ([place?.key ?? rule.key] + refusal.path).joined(separator: ".")
                let line = place?.line == nil ? nil : place?.node.line(of: refusal.path) ?? place?.line
                self.problems.append(
                    SettingsProblem(source: place?.source ?? .program, line: line, key: key, reason: refusal.reason))
            }
        }
    }

    private func node(_ text: String, for setting: Setting<Root>, name: String) -> SettingsNode? {
        switch setting.shape {
        case .word, .mapping: .untyped(text)
        case .words: Self.list(text)
        }
    }

    private static func list(_ text: String) -> SettingsNode {
        let words = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
        return SettingsNode(.list(words.map { .untyped(Self.trimmed($0)) }))
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private mutating func value(of setting: Setting<Root>, _ place: Place) -> (@Sendable (inout Root) -> Void)? {
        if setting.shape == .mapping, place.source == .environment {
            let reason = "is a mapping: it is set in the file alone"
            self.problems.append(SettingsProblem(source: place.source, key: place.key, reason: reason))
            return nil
        }
        if let name = setting.otherName, place.key == name, name.hasSuffix("_SECONDS"), place.node.number == nil {
            let reason = "must be a number of seconds, is \(place.node.quoted)"
            self.problems.append(SettingsProblem(source: place.source, key: place.key, reason: reason))
            return nil
        }
        var reading = SettingsReading(environment: self.environment)
        let assign = setting.read(place.node, &reading)
        for refusal in reading.refusals {
            let line = refusal.line ?? (place.line == nil ? nil : place.node.line(of: refusal.path)) ?? place.line
            let key = ([place.key] + refusal.path).joined(separator: ".")
            self.problems.append(
                SettingsProblem(source: place.source, line: line, key: key, reason: refusal.reason))
        }
        self.mentionedNames.formUnion(reading.mentionedNames)
        return assign
    }

    private mutating func assign(
        _ assign: @Sendable (inout Root) -> Void, _ setting: Setting<Root>, _ place: Place
    ) {
        assign(&self.root)
        self.places[setting.key] = place
    }

    private func unknown(_ path: [String]) -> String {
        let parent = Array(path.dropLast())
        let siblings = self.schema.settings.filter { $0.path.starts(with: parent) && $0.path.count > parent.count }
        let near = Similarity.nearest(to: path.last ?? "", among: Set(siblings.map { $0.path[parent.count] }))
        let nearKey = near.map { (parent + [$0]).joined(separator: ".") }
        return "is no setting" + (nearKey.map { "; \($0) is one" } ?? "")
    }
}

extension SettingsSchema {
    /// Reads all sources, and answers with what is in effect and all that is wrong. With problems the root is not to be used.
    ///
    /// - Parameters:
    ///   - defaults: what holds where no source says anything.
    ///   - file: the settings file, if there is one.
    ///   - environment: the whole environment.
    ///   - flags: values behind flags; a later one wins over an earlier one.
    package func load(
        defaults: Root, file: SettingsFile? = nil, environment: [String: String] = [:], flags: [SettingsFlag] = []
    ) -> (root: Root, problems: [SettingsProblem]) {
        var load = SettingsLoad(schema: self, defaults: defaults, environment: environment)
        if let file { load.read(file) }
        load.readEnvironment()
        load.read(flags)
        load.checkRules()
        return (load.root, load.problems)
    }
}
