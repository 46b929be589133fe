/// Finds out which field a key is, with one look into a small table.
struct FieldTable: Sendable {
    private struct Entry {
        var hash: UInt32
        /// One more than the field's number. 0: free.
        var field: UInt16
    }

    private static let size = 256
    private var entries: [Entry]
    /// All spellings in a row, and where each begins; the last offset is the end.
    private var spellings: [UInt8] = []
    private var offsets: [Int] = [0]

    /// A table for keys with a hash's values.
    init(hash: KeyHash) {
        self.entries = Array(repeating: Entry(hash: 0, field: 0), count: Self.size)
        for (field, wireField) in WireField.allCases.enumerated() {
            let spelling = Array(wireField.spelling.utf8)
            self.spellings += spelling
            self.offsets.append(self.spellings.count)
            let value = hash(spelling.span, from: 0, to: spelling.count)
            var slot = Int(value) & (Self.size - 1)
            while self.entries[slot].field != 0 { slot = (slot + 1) & (Self.size - 1) }
            self.entries[slot] = Entry(hash: value, field: UInt16(field + 1))
        }
    }

    /// The number of the field with a key. `nil`: nobody asks for it.
    @inline(__always)
    func field(hash: UInt32, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var slot = Int(hash) & (Self.size &- 1)
        while true {
            let entry = self.entries[slot]
            if entry.field == 0 { return nil }
            if entry.hash == hash {
                let field = Int(entry.field) &- 1
                if self.isSame(field, bytes, range) { return field }
            }
            slot = (slot &+ 1) & (Self.size &- 1)
        }
    }

    @inline(__always)
    private func isSame(_ field: Int, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let start = self.offsets[field]
        let count = self.offsets[field &+ 1] &- start
        guard range.count == count else { return false }
        let spellings = self.spellings.span
        var at = 0
        while at < count {
            let left = spellings.word(at: start &+ at, count: count &- at)
            if left != bytes.word(at: range.lowerBound &+ at, count: count &- at) { return false }
            at &+= 8
        }
        return true
    }
}
