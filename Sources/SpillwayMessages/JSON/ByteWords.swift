/// Reads bytes eight at a time, least significant first: most of a record is text that needs nothing but skipping.
extension Span where Element == UInt8 {
    /// The eight bytes from an offset on. All of them must be within the span.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= self.count)
        // The line above has checked the bounds, and every pattern of bits is an integer.
        return UInt64(
            littleEndian: unsafe self.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }

    /// Up to eight bytes from an offset on, with zeros for those that are missing.
    @inline(__always)
    func word(at offset: Int, count: Int) -> UInt64 {
        if count >= 8 { return self.word(at: offset) }
        if offset &+ 8 <= self.count {
            return self.word(at: offset) & (1 << (UInt64(truncatingIfNeeded: count) &* 8) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(self[offset &+ index]) << (UInt64(index) &* 8) }
        return word
    }
}

extension Span where Element == UInt8 {
    /// Whether the bytes are those of a text.
    @inline(__always)
    func isText(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard count == self.count else { return false }
        // A static string's bytes are there for good.
        let other = unsafe UnsafeRawBufferPointer(start: text.utf8Start, count: count)
        for at in 0..<count {
            let byte = unsafe other[at]
            if self[at] != byte { return false }
        }
        return true
    }

    /// Whether the bytes are the same as others.
    func isSame(as other: Span<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        var at = 0
        while at < self.count {
            let left = self.count &- at
            if self.word(at: at, count: left) != other.word(at: at, count: left) { return false }
            at &+= 8
        }
        return true
    }
}

/// Arithmetic on eight bytes at once.
enum ByteWord {
    /// The same byte eight times.
    @inline(__always)
    static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The high bit of each byte that is `"`, `\` or below a space. Correct up to and including the first such byte.
    @inline(__always)
    static func stringStops(_ word: UInt64) -> UInt64 {
        let ones = self.repeating(1)
        let highs = self.repeating(0x80)
        let quotes = word ^ self.repeating(UInt8(ascii: "\""))
        let backslashes = word ^ self.repeating(UInt8(ascii: "\\"))
        let isQuote = (quotes &- ones) & ~quotes
        let isBackslash = (backslashes &- ones) & ~backslashes
        let isControl = (word &- self.repeating(0x20)) & ~word
        return (isQuote | isBackslash | isControl) & highs
    }
}
