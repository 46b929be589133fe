import Settings

extension OptionsReader {
    /// The value of a flag, if it was given.
    func text(_ name: String) throws(CommandFailure) -> String? {
        guard let text = self.values[name]?.last else { return nil }
        guard !text.isEmpty else { throw self.wrong("--\(name) is empty") }
        return text
    }

    /// The value of a flag that must be given.
    func needed(_ name: String, _ placeholder: String) throws(CommandFailure) -> String {
        guard let text = try self.text(name) else { throw self.wrong("--\(name) \(placeholder) is missing") }
        return text
    }

    /// A whole number within a range.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
        guard let text = try self.text(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            let shown = SettingsNode.shown(text, quotes: false)
            throw self.wrong(
                "--\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), is \(shown)")
        }
        return value
    }

    /// A number within a range.
    func number(_ name: String, in range: ClosedRange<Double>) throws(CommandFailure) -> Double? {
        guard let text = try self.text(name) else { return nil }
        guard let digits = SettingsNode.untyped(text).number, let value = Double(digits), range.contains(value) else {
            let (low, high) = (SettingsTree.number(range.lowerBound).json, SettingsTree.number(range.upperBound).json)
            throw self.wrong(
                "--\(name) must be a number from \(low) to \(high), is \(SettingsNode.shown(text, quotes: false))")
        }
        return value
    }

    /// A duration such as `90s`.
    func duration(_ name: String) throws(CommandFailure) -> Duration? {
        guard let text = try self.text(name) else { return nil }
        guard let value = DurationText.parse(text) else {
            let shown = SettingsNode.shown(text, quotes: false)
            throw self.wrong("--\(name) must be a duration such as 90s, 1m30s or 500ms, is \(shown)")
        }
        return value
    }

    /// One word of a few.
    func word<Word: RawRepresentable & CaseIterable>(_ name: String, as type: Word.Type) throws(CommandFailure) -> Word?
    where Word.RawValue == String {
        guard let text = try self.text(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: " or ")
            throw self.wrong("--\(name) must be \(words), is \(SettingsNode.shown(text, quotes: false))")
        }
        return word
    }

    /// Words with commas between them, at least one, none twice, each a name that topics may have.
    func names(_ name: String) throws(CommandFailure) -> [String]? {
        guard let text = try self.text(name) else { return nil }
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for word in words { try self.checkName(word, of: name) }
        guard Set(words).count == words.count else { throw self.wrong("--\(name) has a name twice") }
        return words
    }

    /// A datacenter or runtime: 1 to 64 letters, digits, - and _.
    func checkName(_ word: String, of name: String) throws(CommandFailure) {
        let isName =
            (1...64).contains(word.utf8.count)
            && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        guard isName else {
            let shown = SettingsNode.shown(word)
            throw self.wrong("--\(name) must be 1 to 64 letters, digits, - and _, is \(shown)")
        }
    }

    /// The single operand of a command.
    func operand(_ placeholder: String) throws(CommandFailure) -> String {
        guard let operand = self.operands.first, !operand.isEmpty else { throw self.wrong("\(placeholder) is missing") }
        guard self.operands.count == 1 else {
            throw self.wrong("one \(placeholder), not \(self.operands.count)")
        }
        return operand
    }

    /// Refuses operands of a command that takes none.
    func noOperands() throws(CommandFailure) {
        if let operand = self.operands.first {
            throw self.wrong("unexpected argument \(SettingsNode.shown(operand))")
        }
    }
}
