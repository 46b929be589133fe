/// Ids, names and texts.
extension RecordReader {
    /// Bytes that an id may have.
    static let maxIDBytes = 256
    /// Bytes that a task's name may have: a job id, a slot, a workflow id and two slashes.
    static let maxTaskIDBytes = 520

    /// An id that has to be there.
    mutating func id(
        _ fields: Fields, _ field: WireField, maxBytes: Int = RecordReader.maxIDBytes
    ) -> String {
        guard self.need(fields, field) else { return "" }
        return self.optionalID(fields, field, maxBytes: maxBytes) ?? ""
    }

    /// An id that may be absent.
    mutating func optionalID(
        _ fields: Fields, _ field: WireField, maxBytes: Int = RecordReader.maxIDBytes
    ) -> String? {
        let index = self.token(fields, field)
        guard index != 0 else { return nil }
        guard let what = self.badID(index, maxBytes: maxBytes) else { return self.text(index) }
        self.refuse(what.reason, fields, field, what.text)
        return nil
    }

    /// A datacenter's or runtime's name that has to be there.
    mutating func name(_ fields: Fields, _ field: WireField) -> String {
        guard self.need(fields, field) else { return "" }
        return self.optionalName(fields, field) ?? ""
    }

    /// A datacenter's or runtime's name that may be absent.
    mutating func optionalName(_ fields: Fields, _ field: WireField) -> String? {
        let index = self.token(fields, field)
        guard index != 0 else { return nil }
        guard let what = self.badName(index) else { return self.text(index) }
        self.refuse(what.reason, fields, field, what.text)
        return nil
    }

    /// A list of names. `nil` if it is absent.
    mutating func names(_ fields: Fields, _ field: WireField) -> [String]? {
        let index = self.token(fields, field)
        guard index != 0 else { return nil }
        let list = self.tokens[index]
        guard list.kind == .array else {
            self.refuse(.wrongType, fields, field, "must be a list")
            return nil
        }
        var names: [String] = []
        var element = index + 1
        var number = 0
        while element < Int(list.next) {
            if let what = self.badName(element) {
                self.refuse(what.reason, fields, field, element: number, what.text)
            } else {
                names.append(self.text(element))
            }
            element = Int(self.tokens[element].next)
            number += 1
        }
        return names
    }

    /// Any text, if it is there.
    mutating func optionalText(_ fields: Fields, _ field: WireField) -> String? {
        let index = self.token(fields, field)
        guard index != 0 else { return nil }
        guard self.tokens[index].kind == .string else {
            self.refuse(.wrongType, fields, field, "must be a string")
            return nil
        }
        return self.text(index)
    }

    /// What is wrong with an id. `nil`: nothing.
    private func badID(_ index: Int, maxBytes: Int) -> (reason: RefusalReason, text: String)? {
        let token = self.tokens[index]
        guard token.kind == .string else { return (.wrongType, "must be a string") }
        if token.isPlain { return Self.isID(self.bytes.extracting(token.range), maxBytes) ? nil : Self.idRule }
        var text: [UInt8] = []
        JSONText.unescape(self.bytes, token.range, into: &text)
        return Self.isID(text.span, maxBytes) ? nil : Self.idRule
    }

    private static var idRule: (reason: RefusalReason, text: String) {
        (.badName, "must be 1 to 256 bytes without control characters")
    }

    /// What is wrong with a name. `nil`: nothing.
    private func badName(_ index: Int) -> (reason: RefusalReason, text: String)? {
        let token = self.tokens[index]
        guard token.kind == .string else { return (.wrongType, "must be a string") }
        if token.isPlain { return Self.isName(self.bytes.extracting(token.range)) ? nil : Self.nameRule }
        var text: [UInt8] = []
        JSONText.unescape(self.bytes, token.range, into: &text)
        return Self.isName(text.span) ? nil : Self.nameRule
    }

    private static var nameRule: (reason: RefusalReason, text: String) {
        (.badName, "must match [A-Za-z0-9_-]{1,64}")
    }

    /// Whether UTF-8 is an id: not empty, not too long, no control character (C0, DEL, C1).
    static func isID(_ text: Span<UInt8>, _ maxBytes: Int = RecordReader.maxIDBytes) -> Bool {
        guard text.count >= 1, text.count <= maxBytes else { return false }
        for at in text.indices {
            let byte = text[at]
            if byte < 0x20 || byte == 0x7f { return false }
            if byte == 0xc2, at + 1 < text.count, text[at + 1] < 0xa0 { return false }
        }
        return true
    }

    /// Whether UTF-8 is a datacenter's or runtime's name.
    static func isName(_ text: Span<UInt8>) -> Bool {
        guard text.count >= 1, text.count <= 64 else { return false }
        for at in text.indices {
            switch text[at] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }
}
