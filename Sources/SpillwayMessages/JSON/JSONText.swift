/// The grammar of strings, numbers and words.
enum JSONText {
    /// Goes from a string's opening quote to after its closing one. True if it holds no escape.
    @inline(__always)
    static func scanString(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal) -> Bool {
        let end = bytes.count
        var index = at &+ 1
        while index &+ 8 <= end {
            let stops = ByteWord.stringStops(bytes.word(at: index))
            if stops == 0 {
                index &+= 8
                continue
            }
            index &+= stops.trailingZeroBitCount >> 3
            if bytes[index] == UInt8(ascii: "\"") {
                at = index &+ 1
                return true
            }
            break
        }
        at = index
        return try self.scanRest(bytes, &at)
    }

    /// The same from any byte within a string on: near the text's end, and from the first escape on.
    private static func scanRest(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal) -> Bool {
        var isPlain = true
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return isPlain
            case UInt8(ascii: "\\"):
                isPlain = false
                at = try self.scanEscape(bytes, at)
            case 0..<0x20:
                throw Refusal(.notJSON, "a control character in a string, at byte \(at)")
            default:
                at += 1
            }
        }
        throw Refusal(.notJSON, "cut off within a string")
    }

    private static func scanEscape(_ bytes: Span<UInt8>, _ start: Int) throws(Refusal) -> Int {
        guard start + 1 < bytes.count else { throw Refusal(.notJSON, "cut off within a string") }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            let unit = try self.codeUnit(bytes, start)
            guard unit & 0xf800 == 0xd800 else { return start + 6 }
            guard unit < 0xdc00, start + 7 < bytes.count, bytes[start + 6] == UInt8(ascii: "\\"),
                bytes[start + 7] == UInt8(ascii: "u"), try self.codeUnit(bytes, start + 6) & 0xfc00 == 0xdc00
            else { throw Refusal(.notJSON, "a lone surrogate escape, at byte \(start)") }
            return start + 12
        default:
            throw Refusal(.notJSON, "an unknown escape, at byte \(start)")
        }
    }

    /// The four hexadecimal digits of the escape that starts at an offset.
    private static func codeUnit(_ bytes: Span<UInt8>, _ start: Int) throws(Refusal) -> UInt32 {
        var unit: UInt32 = 0
        for at in (start + 2)..<(start + 6) {
            guard at < bytes.count, let digit = self.hexDigit(bytes[at]) else {
                throw Refusal(.notJSON, "a bad escape, at byte \(start)")
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    /// Goes from a number's first byte to after its last. True if it is digits alone, after a sign if any.
    static func scanNumber(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal) -> Bool {
        let start = at
        var index = at
        if bytes[index] == UInt8(ascii: "-") { index &+= 1 }
        let digits = index
        index = self.skipDigits(bytes, index)
        guard index > digits, bytes[digits] != UInt8(ascii: "0") || index == digits &+ 1 else {
            throw Refusal(.notJSON, "a bad number, at byte \(start)")
        }
        var isPlain = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isPlain = false
            let fraction = index &+ 1
            index = self.skipDigits(bytes, fraction)
            guard index > fraction else { throw Refusal(.notJSON, "a bad number, at byte \(start)") }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isPlain = false
            index &+= 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index &+= 1
            }
            let exponent = index
            index = self.skipDigits(bytes, exponent)
            guard index > exponent else { throw Refusal(.notJSON, "a bad number, at byte \(start)") }
        }
        at = index
        return isPlain
    }

    @inline(__always)
    private static func skipDigits(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at &+= 1 }
        return at
    }

    /// Goes past one of JSON's three words.
    static func scanWord(_ word: String, _ bytes: Span<UInt8>, _ start: Int) throws(Refusal) -> Int {
        var at = start
        for byte in word.utf8 {
            guard at < bytes.count else { throw Refusal(.notJSON, "cut off at byte \(at)") }
            guard bytes[at] == byte else { throw Refusal(.notJSON, "unexpected byte at \(at)") }
            at += 1
        }
        return at
    }

    /// Appends a string's text without its escapes. The string must have been found good.
    static func unescape(_ bytes: Span<UInt8>, _ range: Range<Int>, into text: inout [UInt8]) {
        var at = range.lowerBound
        while at < range.upperBound {
            let byte = bytes[at]
            guard byte == UInt8(ascii: "\\"), at + 1 < range.upperBound else {
                text.append(byte)
                at += 1
                continue
            }
            let kind = bytes[at + 1]
            at += 2
            switch kind {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0c)
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "r"): text.append(0x0d)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): at = self.appendScalar(bytes, at - 2, into: &text)
            default: text.append(kind)
            }
        }
    }

    /// Appends the character of the `\u` escape, or pair of them, at an offset. Answers where it ends.
    private static func appendScalar(_ bytes: Span<UInt8>, _ start: Int, into text: inout [UInt8]) -> Int {
        guard let first = try? self.codeUnit(bytes, start) else { return start + 6 }
        var value = first
        var end = start + 6
        if first & 0xfc00 == 0xd800, let second = try? self.codeUnit(bytes, end) {
            value = 0x10000 + (first & 0x3ff) << 10 + (second & 0x3ff)
            end += 6
        }
        if let scalar = Unicode.Scalar(value) { text.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
        return end
    }
}
