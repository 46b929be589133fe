/// A value as it was written: in a file, in the environment or behind a flag.
package struct SettingsNode: Hashable, Sendable {
    /// How a scalar was written, which decides what it may be taken for.
    package enum Style: Hashable, Sendable {
        /// Bare: `3` is a number, `true` a boolean, the rest texts.
        case plain
        /// In quotes or as a block: a text, whatever it looks like.
        case quoted
        /// From the environment or a flag, where everything is text: it may be taken for any type.
        case untyped
    }

    /// What was written.
    package enum Content: Hashable, Sendable {
        case scalar(String, Style)
        case list([SettingsNode])
        case mapping([Entry])
    }

    /// A key of a mapping and what stands there.
    package struct Entry: Hashable, Sendable {
        package let key: String
        package let line: Int
        package let value: SettingsNode
    }

    package let content: Content
    /// The line in the file, from 1, if it is from a file.
    package let line: Int?

    package init(_ content: Content, line: Int? = nil) {
        self.content = content
        self.line = line
    }

    /// What the environment or a flag says, of which only the setting knows the type.
    package static func untyped(_ text: String) -> SettingsNode {
        SettingsNode(.scalar(text, .untyped))
    }

    /// Whether nothing was written: `key:`, `~` or `null`.
    package var isNull: Bool {
        guard case .scalar(let text, .plain) = self.content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The entries of a mapping.
    package var entries: [Entry]? {
        guard case .mapping(let entries) = self.content else { return nil }
        return entries
    }

    /// The line of the value that a path of keys leads to, or of the last of them that is there.
    package func line(of path: some Collection<String>) -> Int? {
        guard let key = path.first, let entry = self.entries?.first(where: { $0.key == key }) else { return self.line }
        return path.count == 1 ? entry.line : entry.value.line(of: path.dropFirst())
    }

    /// What was written, for a message: short, in quotes where it is a text, without characters that a terminal would obey.
    package var quoted: String {
        switch self.content {
        case .list: "a list"
        case .mapping: "a mapping"
        case .scalar where self.isNull: "empty"
        case .scalar(let text, .quoted): Self.shown(text, quotes: true)
        case .scalar(let text, .plain): Self.shown(text, quotes: false)
        case .scalar(let text, .untyped): Self.shown(text, quotes: text.isEmpty)
        }
    }

    /// A text for a message: cut to 60 characters, control characters replaced.
    package static func shown(_ text: String, quotes: Bool = true) -> String {
        var cut = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(60) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: cut.append("\u{FFFD}")
            default: cut.append(scalar)
            }
        }
        let end = text.unicodeScalars.count > 60 ? "…" : ""
        return quotes ? "\"\(String(cut))\(end)\"" : "\(String(cut))\(end)"
    }
}
