import Settings

/// A record as one line of text. Whatever the record contains, the line is one line, and its fields are the record's.
enum LogLine {
    /// The most characters of one text.
    private static let mostCharacters = 8192
    private static let ownNames: Set<String> = ["time", "level", "event", "message"]

    /// The line, without its end.
    static func format(_ record: LogRecord, as format: Configuration.Log.Format) -> String {
        switch format {
        case .text: Self.text(record)
        case .json: Self.json(record)
        }
    }

    private static func text(_ record: LogRecord) -> String {
        var line = "time=\(WallClock.iso8601(record.time)) level=\(record.level.rawValue)"
        line += " event=\(Self.bare(record.event)) message=\(Self.quoted(record.message))"
        for field in record.fields {
            line += " \(Self.name(field.name))="
            switch field.value {
            case .text(let value): line += Self.bare(value)
            case .integer(let value): line += String(value)
            case .number(let value): line += value.description
            case .boolean(let value): line += String(value)
            }
        }
        return line
    }

    private static func json(_ record: LogRecord) -> String {
        var line = "{\"time\":\"\(WallClock.iso8601(record.time))\",\"level\":\"\(record.level.rawValue)\""
        line += ",\"event\":\(Self.quoted(record.event)),\"message\":\(Self.quoted(record.message))"
        for field in record.fields {
            line += ",\"\(Self.name(field.name))\":"
            switch field.value {
            case .text(let value): line += Self.quoted(value)
            case .integer(let value): line += String(value)
            case .number(let value): line += SettingsTree.number(value).json
            case .boolean(let value): line += String(value)
            }
        }
        return line + "}"
    }

    /// A text that needs no quotes, or that text in quotes.
    private static func bare(_ text: String) -> String {
        let isBare =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "+")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "@"):
                    true
                default: false
                }
            }
        return isBare && text.utf8.count <= Self.mostCharacters ? text : Self.quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.count > Self.mostCharacters else { return SettingsTree.jsonText(text) }
        return SettingsTree.jsonText(String(text.unicodeScalars.prefix(Self.mostCharacters)) + "…")
    }

    /// A name of letters, digits, dots, hyphens and underscores that isn't one of the record's own.
    private static func name(_ name: String) -> String {
        let legal = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) ? $0 : Character("_") })
        return legal.isEmpty || Self.ownNames.contains(legal) ? legal + "_" : legal
    }
}
