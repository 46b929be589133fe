/// What all decoders share: the storage that they keep from record to record.
struct RecordDecoder: ~Copyable {
    var tape: JSONTape
    let fields: FieldTable
    /// Lent to each reader. One that ends in a refusal may keep it: the next gets new ones.
    var tables: [UInt32] = []

    init(maxDepth: Int = JSONTape.maxDepth) {
        let hash = KeyHash()
        self.tape = JSONTape(hash: hash, maxDepth: maxDepth)
        self.fields = FieldTable(hash: hash)
    }

    /// Checks a value's size and encoding and takes it apart: everything that the table has before its meaning.
    mutating func open(_ value: RawSpan?, maxBytes: Int, root: JSONTape.Root = .object) throws(Refusal) {
        guard let value, value.byteCount > 0 else { throw Refusal(.empty, "the record has no value") }
        guard value.byteCount <= maxBytes else {
            throw Refusal(.tooLarge, "\(value.byteCount) bytes, more than \(maxBytes)")
        }
        let bytes = Self.bytes(value)
        guard UTF8Check.isValid(bytes) else { throw Refusal(.notUTF8, "the value is not UTF-8") }
        try self.tape.parse(bytes, root: root)
    }

    /// Raw memory as bytes.
    @_lifetime(copy span)
    static func bytes(_ span: RawSpan) -> Span<UInt8> {
        Span<UInt8>(_bytes: span)
    }

    /// The storage for a reader's tables.
    mutating func takeTables() -> [UInt32] {
        var tables: [UInt32] = []
        swap(&tables, &self.tables)
        return tables
    }

    /// A reader of the value that was opened last.
    @_lifetime(copy value, borrow self)
    func reader(of value: RawSpan, tables: consuming [UInt32] = []) -> RecordReader {
        RecordReader(
            bytes: Self.bytes(value), tokens: self.tape.tokens.span, unescapedKeys: self.tape.unescapedKeys.span,
            tables: tables)
    }
}
