/// Reads the fields of a record that has been taken apart, and remembers the first thing of the table that is wrong.
///
/// A field that is wrong reads as a stand-in: all of them are looked at before the record is refused, because the
/// reason has to be the first that fits, not the first that is met.
struct RecordReader: ~Copyable, ~Escapable {
    let bytes: Span<UInt8>
    let tokens: Span<JSONToken>
    let unescapedKeys: Span<UInt8>
    private(set) var refusal: Refusal?
    /// For each level that is looked at, where the fields stand. 0 is the root, which is nobody's field: absent.
    private var found: [UInt32]

    /// Room for fields of a level.
    static let maxFields = 88

    /// Room for all levels.
    static var emptyTables: [UInt32] { Array(repeating: 0, count: 3 * self.maxFields) }

    @_lifetime(copy bytes, copy tokens, copy unescapedKeys)
    init(bytes: Span<UInt8>, tokens: Span<JSONToken>, unescapedKeys: Span<UInt8>, tables: consuming [UInt32]) {
        self.found = tables.isEmpty ? Self.emptyTables : tables
        self.bytes = bytes
        self.tokens = tokens
        self.unescapedKeys = unescapedKeys
    }

    /// Gives back the storage that it was lent.
    mutating func takeTables() -> [UInt32] {
        var tables: [UInt32] = []
        swap(&tables, &self.found)
        return tables
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

    /// Finds the fields of the object at a token, in the table of its level. What is null counts as absent.
    mutating func fields(of object: Int, in table: borrowing FieldTable, place: Fields.Place) -> Fields {
        let base = place.level &* Self.maxFields
        let bytes = self.bytes
        let tokens = self.tokens
        let unescapedKeys = self.unescapedKeys
        var found = self.found.mutableSpan
        for slot in base..<(base &+ Self.maxFields) { found[slot] = 0 }
        let end = Int(tokens[object].next)
        var index = object &+ 1
        while index < end {
            let key = tokens[index]
            let value = tokens[index &+ 1]
            if value.kind != .null {
                let field =
                    key.isPlain
                    ? table.field(hash: key.next, bytes, key.range)
                    : table.field(hash: key.next, unescapedKeys, key.range)
                if let field { found[base &+ field] = UInt32(truncatingIfNeeded: index &+ 1) }
            }
            index = Int(value.next)
        }
        return Fields(base: base, place: place)
    }

    /// The token of a field's value, or 0 if it is absent or null.
    @inline(__always)
    func token(_ fields: Fields, _ field: WireField) -> Int {
        Int(self.found[fields.base &+ field.rawValue])
    }

    /// Whether a needed field is there.
    mutating func need(_ fields: Fields, _ field: WireField) -> Bool {
        if self.token(fields, field) != 0 { return true }
        self.refuse(.missingField, fields, field, "is missing")
        return false
    }

    /// The raw text of a field's value. `nil` if it is absent.
    func raw(_ fields: Fields, _ field: WireField) -> [UInt8]? {
        let index = self.token(fields, field)
        return index == 0 ? nil : self.raw(index)
    }

    /// The raw text of a value.
    func raw(_ index: Int) -> [UInt8] {
        let token = self.tokens[index]
        var range = token.range
        // A string's token leaves out the quotes.
        if token.kind == .string { range = (range.lowerBound - 1)..<(range.upperBound + 1) }
        let part = self.bytes.extracting(range)
        // The copy is made before the buffer's lifetime ends.
        return unsafe part.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Whether a token is a string with a given text.
    func isText(_ index: Int, _ text: StaticString) -> Bool {
        let token = self.tokens[index]
        guard token.kind == .string else { return false }
        if token.isPlain { return self.bytes.extracting(token.range).isText(text) }
        return self.text(index) == text.description
    }

    /// Whether a token is a string with a given text.
    func isText(_ index: Int, _ text: Span<UInt8>) -> Bool {
        let token = self.tokens[index]
        guard token.kind == .string else { return false }
        if token.isPlain { return self.bytes.extracting(token.range).isSame(as: text) }
        return self.text(index).utf8.span.isSame(as: text)
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

    /// Bytes as a string, if they are UTF-8.
    static func string(validating bytes: Span<UInt8>) -> String? {
        UTF8Check.isValid(bytes) ? self.string(bytes) : nil
    }
}
