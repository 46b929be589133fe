extension SettingType where Value == Bool {
    /// `true` or `false`.
    package static var boolean: SettingType {
        SettingType(
            read: { node, reading in
                if case .scalar(let text, let style) = node.content, style != .quoted {
                    // YAML 1.1 would take yes, no, on and off as well, and surprise whoever meant a text.
                    switch text.lowercased() {
                    case "true": return true
                    case "false": return false
                    default: break
                    }
                }
                reading.refuse(node, "must be true or false, is \(node.quoted)")
                return nil
            }, show: { .boolean($0) })
    }
}

extension SettingType where Value == Int {
    /// A whole number within a range.
    package static func integer(in range: ClosedRange<Int>) -> SettingType {
        SettingType(
            read: { node, reading in
                if let number = node.number {
                    if let value = Int(number) { return value }
                    // "4.0" is 4, as in records; "1e3" is a number, and no way to write a setting.
                    if !number.contains(where: { "eE".contains($0) }),
                        let value = Double(number).flatMap(Int.init(exactly:))
                    {
                        return value
                    }
                }
                reading.refuse(node, "must be a whole number, is \(node.quoted)")
                return nil
            },
            check: { value, reading in
                guard !range.contains(value) else { return }
                reading.refuse(nil, SettingType<Int>.outOfRange(range, value))
            }, show: { .integer($0) })
    }

    private static func outOfRange(_ range: ClosedRange<Int>, _ value: Int) -> String {
        range.upperBound == .max
            ? "must be at least \(range.lowerBound), is \(value)"
            : "must be from \(range.lowerBound) to \(range.upperBound), is \(value)"
    }
}

extension SettingType where Value == Double {
    /// A finite number within a range.
    package static func number(in range: ClosedRange<Double>) -> SettingType {
        SettingType(
            read: { node, reading in
                if let value = node.number.flatMap(Double.init) { return value }
                reading.refuse(node, "must be a number, is \(node.quoted)")
                return nil
            },
            check: { value, reading in
                guard !range.contains(value) else { return }
                let (low, high, given) = (
                    SettingsTree.number(range.lowerBound).json, SettingsTree.number(range.upperBound).json,
                    SettingsTree.number(value).json
                )
                reading.refuse(nil, "must be from \(low) to \(high), is \(given)")
            }, show: { .number($0) })
    }
}

extension SettingType where Value == Duration {
    /// A duration within a range: a number of seconds, or a text such as `1m30s`.
    package static func duration(in range: ClosedRange<Duration>) -> SettingType {
        SettingType(
            read: { node, reading in
                if case .scalar(let text, _) = node.content, let value = DurationText.parse(text) { return value }
                reading.refuse(node, "must be a duration such as 90s, 1m30s or 500ms, is \(node.quoted)")
                return nil
            },
            check: { value, reading in
                guard !range.contains(value) else { return }
                let (low, high) = (DurationText.format(range.lowerBound), DurationText.format(range.upperBound))
                reading.refuse(nil, "must be from \(low) to \(high), is \(DurationText.format(value))")
            }, show: { .text(DurationText.format($0)) })
    }
}

extension SettingType where Value == String {
    /// A text that passes a rule; the rule answers with what is wrong.
    package static func text(_ rule: @escaping @Sendable (String) -> String? = { _ in nil }) -> SettingType {
        SettingType(
            read: { node, reading in
                if let text = node.word { return text }
                let advice = node.number != nil || node.isBoolean ? "; put it in quotes if it is meant as one" : ""
                reading.refuse(node, "must be a text, is \(node.quoted)\(advice)")
                return nil
            },
            check: { value, reading in
                if let reason = rule(value) { reading.refuse(nil, reason) }
            }, show: { .text($0) })
    }
}

extension SettingType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One word of a few.
    package static var word: SettingType {
        SettingType(
            read: { node, reading in
                if let text = node.word, let value = Value(rawValue: text) { return value }
                let words = Value.allCases.map(\.rawValue)
                let list = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
                reading.refuse(node, "must be \(list), is \(node.quoted)")
                return nil
            }, show: { .text($0.rawValue) })
    }
}

extension SettingType where Value == Secret {
    /// A text that is never shown, given as it is, as `file:PATH` or as `env:NAME`.
    ///
    /// - Parameter orNumber: whether a bare number or boolean is taken for its text.
    package static func secret(orNumber: Bool = false) -> SettingType {
        SettingType(
            read: { node, reading in
                guard let text = orNumber ? node.scalar : node.word else {
                    // What stands there isn't quoted: it is a secret in the wrong form.
                    reading.refuse(node, "must be a text; put it in quotes")
                    return nil
                }
                return reading.resolve(text, node: node)
            }, show: { $0.isEmpty ? .text("") : .hidden })
    }
}

extension SettingsNode {
    /// The digits of what may be taken for a number: JSON's form, without an exponent's sign games, never a quoted text.
    package var number: String? {
        guard case .scalar(let text, let style) = self.content, style != .quoted else { return nil }
        var rest = Substring(text)
        if rest.first == "-" { rest.removeFirst() }
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        guard !whole.isEmpty, whole.count == 1 || whole.first != "0" else { return nil }
        if rest.first == "." {
            let fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        if let mark = rest.first, "eE".contains(mark) {
            rest.removeFirst()
            if let sign = rest.first, "+-".contains(sign) { rest.removeFirst() }
            guard !rest.isEmpty, rest.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
            rest = ""
        }
        guard rest.isEmpty, let value = Double(text), value.isFinite else { return nil }
        return text
    }

    /// Whether a bare word is YAML's true or false.
    var isBoolean: Bool {
        guard case .scalar(let text, .plain) = self.content else { return false }
        return ["true", "false"].contains(text.lowercased())
    }

    /// What may be taken for a text: not a bare number, boolean or nothing.
    package var word: String? {
        guard case .scalar(let text, let style) = self.content else { return nil }
        return style == .plain && (self.isNull || self.isBoolean || self.number != nil) ? nil : text
    }

    /// Any scalar as it was written: a text, a number or a boolean.
    package var scalar: String? {
        guard case .scalar(let text, _) = self.content, !self.isNull else { return nil }
        return text
    }
}
