extension SettingsTree {
    /// One line of JSON. The order is the tree's, so equal trees give equal texts.
    package var json: String {
        var out = ""
        self.writeJSON(&out)
        return out
    }

    private func writeJSON(_ out: inout String) {
        switch self {
        case .null: out += "null"
        case .boolean(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .number(let value): out += Self.digits(value)
        case .text(let value): out += Self.jsonText(value)
        case .hidden: out += "\"***\""
        case .list(let elements):
            out += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { out += "," }
                element.writeJSON(&out)
            }
            out += "]"
        case .mapping(let entries):
            out += "{"
            for (index, entry) in entries.enumerated() {
                if index > 0 { out += "," }
                out += Self.jsonText(entry.key) + ":"
                entry.value.writeJSON(&out)
            }
            out += "}"
        }
    }

    /// YAML in the form of the settings file, which can be read back, secrets aside.
    package var yaml: String {
        var out = ""
        self.writeYAML(&out, indent: 0)
        return out
    }

    private func writeYAML(_ out: inout String, indent: Int) {
        guard case .mapping(let entries) = self else {
            out += self.inlineYAML + "\n"
            return
        }
        for entry in entries {
            out += String(repeating: " ", count: indent) + Self.yamlText(entry.key) + ":"
            if case .mapping(let children) = entry.value, !children.isEmpty {
                out += "\n"
                entry.value.writeYAML(&out, indent: indent + 2)
            } else {
                out += " \(entry.value.inlineYAML)\n"
            }
        }
    }

    private var inlineYAML: String {
        switch self {
        case .null, .boolean, .integer, .number: self.json
        case .text(let value): Self.yamlText(value)
        case .hidden: "\"***\""
        case .list(let elements): "[" + elements.map(\.inlineYAML).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\(Self.yamlText($0.key)): \($0.value.inlineYAML)" }.joined(separator: ", ") + "}"
        }
    }

    /// A number as JSON and YAML both take it: 4, not 4.0.
    private static func digits(_ value: Double) -> String {
        if let whole = Int(exactly: value), abs(value) < 1e15 { return String(whole) }
        return value.isFinite ? value.description : "null"
    }

    /// A text as JSON. A JSON text is a quoted YAML text as well.
    package static func jsonText(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16)
                        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                default: out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }

    /// A text that is bare where nothing could take it for something else.
    private static func yamlText(_ text: String) -> String {
        let isWord = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789_-./".unicodeScalars.contains(scalar))
        }
        let isLetterFirst = text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "/" } ?? false
        let isDuration = DurationText.parse(text) != nil && Double(text) == nil
        let isTaken = ["true", "false", "null", "yes", "no", "on", "nan", "inf", "infinity"].contains(text.lowercased())
        return isWord && (isLetterFirst || isDuration) && !isTaken ? text : Self.jsonText(text)
    }
}
