/// Reads the fields of a record that has been taken apart, and remembers the first thing of the table that is wrong.
///
/// A field that is wrong reads as a stand-in: all of them are looked at before the record is refused, because the
/// reason has to be the first that fits, not the first that is met.
struct RecordReader: ~Copyable, ~Escapable {
    let bytes: Span<UInt8>
    let tokens: Span<JSONToken>
    let unescapedKeys: Span<UInt8>
    private(set) var refusal: Refusal?

    @_lifetime(copy bytes, copy tokens, copy unescapedKeys)
    init(bytes: Span<UInt8>, tokens: Span<JSONToken>, unescapedKeys: Span<UInt8>) {
        self.bytes = bytes
        self.tokens = tokens
        self.unescapedKeys = unescapedKeys
    }

    /// Throws the first thing that was found wrong.
    func check() throws(Refusal) {
        if let refusal = self.refusal { throw refusal }
    }

    /// Remembers what is wrong, unless something was that comes first in the table.
    mutating func refuse(_ reason: RefusalReason, _ fields: Fields, _ field: WireField, _ what: String) {
        if let refusal = self.refusal, refusal.reason.rank <= reason.rank { return }
        let name = fields.place.name(field)
        self.refusal = Refusal(reason, "\(name): \(what)", field: name)
    }

    /// The same for an element of a list.
    mutating func refuse(
        _ reason: RefusalReason, _ fields: Fields, _ field: WireField, element: Int, _ what: String
    ) {
        if let refusal = self.refusal, refusal.reason.rank <= reason.rank { return }
        let name = "\(fields.place.name(field))[\(element)]"
        self.refusal = Refusal(reason, "\(name): \(what)", field: name)
    }

    /// Finds the fields of the object at a token. What is null counts as absent.
    func fields(of object: Int, in table: borrowing FieldTable, place: Fields.Place) -> Fields {
        var fields = Fields(place: place)
        let end = Int(self.tokens[object].next)
        var index = object &+ 1
        while index < end {
            let key = self.tokens[index]
            let value = self.tokens[index &+ 1]
            if value.kind != .null {
                let field =
                    key.isPlain
                    ? table.field(hash: key.next, self.bytes, key.range)
                    : table.field(hash: key.next, self.unescapedKeys, key.range)
                if let field { fields.set(field, index &+ 1) }
            }
            index = Int(value.next)
        }
        return fields
    }

    /// Whether a needed field is there.
    mutating func need(_ fields: Fields, _ field: WireField) -> Bool {
        if fields[field] != 0 { return true }
        self.refuse(.missingField, fields, field, "is missing")
        return false
    }

    /// The raw text of a field's value. `nil` if it is absent.
    func raw(_ fields: Fields, _ field: WireField) -> [UInt8]? {
        let index = fields[field]
        guard index != 0 else { return nil }
        let token = self.tokens[index]
        var range = token.range
        // A string's token leaves out the quotes.
        if token.kind == .string { range = (range.lowerBound - 1)..<(range.upperBound + 1) }
        let part = self.bytes.extracting(range)
        // The copy is made before the buffer's lifetime ends.
        return unsafe part.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Whether a token is a plain string with a given text.
    func isText(_ index: Int, _ text: String) -> Bool {
        let token = self.tokens[index]
        guard token.kind == .string else { return false }
        if !token.isPlain { return self.text(index) == text }
        let range = token.range
        guard range.count == text.utf8.count else { return false }
        var at = range.lowerBound
        for byte in text.utf8 {
            if self.bytes[at] != byte { return false }
            at &+= 1
        }
        return true
    }

    /// The text of a string's token, without escapes.
    func text(_ index: Int) -> String {
        let token = self.tokens[index]
        if token.isPlain { return Self.string(self.bytes.extracting(token.range)) }
        var text: [UInt8] = []
        JSONText.unescape(self.bytes, token.range, into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Bytes that are known to be UTF-8 as a string.
    @inline(__always)
    static func string(_ bytes: Span<UInt8>) -> String {
        // The record as a whole was found to be UTF-8, and strings begin and end at quotes.
        String(copying: unsafe UTF8Span(unchecked: bytes))
    }
}
