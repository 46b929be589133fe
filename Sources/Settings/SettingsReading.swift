/// What reading one value needs from around it, and what it leaves behind: the reasons for which it was refused.
package struct SettingsReading {
    /// A reason, and the keys below the setting that it is about.
    package struct Refusal: Hashable, Sendable {
        package var path: [String]
        package var line: Int?
        package var reason: String
    }

    package let environment: [String: String]
    package private(set) var refusals: [Refusal] = []
    /// Names that a value of the form `env:NAME` mentions.
    package private(set) var mentionedNames: Set<String> = []

    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// Refuses what stands at a node, or below the setting at `path`.
    package mutating func refuse(_ node: SettingsNode?, at path: [String] = [], _ reason: String) {
        self.refusals.append(Refusal(path: path, line: node?.line, reason: reason))
    }

    /// Refuses a key of a mapping, at the key's own line.
    package mutating func refuse(_ entry: SettingsNode.Entry, at path: [String], _ reason: String) {
        self.refusals.append(Refusal(path: path, line: entry.line, reason: reason))
    }

    mutating func append(_ refusal: Refusal) {
        self.refusals.append(refusal)
    }

    mutating func mention(_ names: Set<String>) {
        self.mentionedNames.formUnion(names)
    }

    /// A secret from its text: `file:PATH` is read from there, less one newline at its end, `env:NAME` is taken from the
    /// environment, anything else is the secret itself.
    package mutating func resolve(_ text: String, node: SettingsNode?, at path: [String] = []) -> Secret? {
        if text.hasPrefix("file:") {
            let file = String(text.dropFirst(5))
            switch SettingsFile.contents(of: file, mostBytes: 65_536) {
            case .failure(let failure):
                self.refuse(node, at: path, "the file \(SettingsNode.shown(file)) \(failure.reason)")
                return nil
            case .success(var bytes):
                if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
                if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
                guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
                    self.refuse(node, at: path, "the file \(SettingsNode.shown(file)) is no text")
                    return nil
                }
                return Secret(text)
            }
        }
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst(4))
            self.mentionedNames.insert(name)
            guard let value = self.environment[name] else {
                self.refuse(node, at: path, "the environment has no \(SettingsNode.shown(name, quotes: false))")
                return nil
            }
            return Secret(value)
        }
        return Secret(text)
    }
}
