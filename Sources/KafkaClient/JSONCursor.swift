/// Walks over a JSON text once, from front to back, and takes what it's asked for. Enough for what librdkafka writes.
struct JSONCursor {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    /// The text turned out not to be JSON, or nested too deeply. What was read since means nothing.
    private(set) var hasFailed = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Calls the body with each member's name. The body must take its value, or skip it.
    mutating func object(_ body: (inout JSONCursor, String) -> Void) {
        guard self.enter(UInt8(ascii: "{")) else { return self.fail() }
        var isFirst = true
        while !self.hasFailed, !self.take(UInt8(ascii: "}")) {
            if !isFirst, !self.take(UInt8(ascii: ",")) { return self.fail() }
            isFirst = false
            let name = self.text()
            guard self.take(UInt8(ascii: ":")) else { return self.fail() }
            body(&self, name)
        }
        self.depth -= 1
    }

    /// A number without its fraction. Anything else is skipped and is 0.
    mutating func integer() -> Int64 {
        self.skipSpace()
        let start = self.index
        while let byte = self.peek, byte.isPartOfNumber { self.index += 1 }
        guard self.index > start else {
            self.skip()
            return 0
        }
        let text = String(decoding: self.bytes[start..<self.index], as: UTF8.self)
        return Int64(text) ?? Double(text).flatMap { Int64(exactly: $0.rounded(.towardZero)) } ?? 0
    }

    /// A string, with its escapes undone.
    mutating func text() -> String {
        guard self.take(UInt8(ascii: "\"")) else {
            self.fail()
            return ""
        }
        var text: [UInt8] = []
        while let byte = self.peek {
            self.index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): self.escape(&text)
            default: text.append(byte)
            }
        }
        self.fail()
        return ""
    }

    /// Passes over a value of any kind.
    mutating func skip() {
        self.skipSpace()
        switch self.peek {
        case UInt8(ascii: "\""): _ = self.text()
        case UInt8(ascii: "{"): self.object { cursor, _ in cursor.skip() }
        case UInt8(ascii: "["): self.skipArray()
        case let byte? where byte.isPartOfNumber || byte.isLetter:
            while let byte = self.peek, byte.isPartOfNumber || byte.isLetter { self.index += 1 }
        default: self.fail()
        }
    }

    private mutating func skipArray() {
        guard self.enter(UInt8(ascii: "[")) else { return self.fail() }
        var isFirst = true
        while !self.hasFailed, !self.take(UInt8(ascii: "]")) {
            if !isFirst, !self.take(UInt8(ascii: ",")) { return self.fail() }
            isFirst = false
            self.skip()
        }
        self.depth -= 1
    }

    private mutating func escape(_ text: inout [UInt8]) {
        guard let byte = self.peek else { return self.fail() }
        self.index += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"):
            guard self.index + 4 <= self.bytes.count else { return self.fail() }
            let digits = String(decoding: self.bytes[self.index..<self.index + 4], as: UTF8.self)
            self.index += 4
            guard let value = UInt32(digits, radix: 16) else { return self.fail() }
            text.append(contentsOf: String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8)
        default: text.append(byte)
        }
    }

    private mutating func enter(_ byte: UInt8) -> Bool {
        self.depth += 1
        return self.depth < 32 && self.take(byte)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        self.skipSpace()
        guard self.peek == byte else { return false }
        self.index += 1
        return true
    }

    private var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private mutating func skipSpace() {
        while let byte = self.peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.index += 1 }
    }

    private mutating func fail() {
        self.hasFailed = true
        self.index = self.bytes.count
    }
}

extension UInt8 {
    fileprivate var isPartOfNumber: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || self == UInt8(ascii: "-") || self == UInt8(ascii: "+")
            || self == UInt8(ascii: ".") || self == UInt8(ascii: "e") || self == UInt8(ascii: "E")
    }

    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}
