/// Tells whether bytes are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF, nothing cut off.
enum UTF8Check {
    static func isValid(_ bytes: Span<UInt8>) -> Bool {
        let count = bytes.count
        var at = 0
        while at < count {
            if at &+ 8 <= count {
                if bytes.word(at: at) & ByteWord.repeating(0x80) == 0 {
                    at &+= 8
                    continue
                }
            }
            let lead = bytes[at]
            if lead < 0x80 {
                at &+= 1
                continue
            }
            guard let length = self.sequenceLength(bytes, at: at, lead: lead) else { return false }
            at &+= length
        }
        return true
    }

    /// The length of the sequence of more than one byte that starts at an offset. `nil` if it is none.
    private static func sequenceLength(_ bytes: Span<UInt8>, at start: Int, lead: UInt8) -> Int? {
        // The second byte's range is what rules out overlong forms, surrogates and what is too large.
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xbf
        switch lead {
        case 0xc2...0xdf: length = 2
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: length = 3
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: length = 4
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: return nil
        }
        guard start + length <= bytes.count, second.contains(bytes[start + 1]) else { return nil }
        for offset in 2..<max(2, length) where bytes[start + offset] & 0xc0 != 0x80 { return nil }
        return length
    }
}
