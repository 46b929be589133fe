/// A JSON text taken apart once into tokens, in the order in which they stand, and found to be strictly RFC 8259.
///
/// It keeps its storage from record to record, so that after some of them nothing is allocated any more. The text
/// itself is not kept: whoever asks for a token's contents lends it again.
struct JSONTape: ~Copyable {
    /// Levels of arrays and objects that are taken, the root being level 1.
    static let maxDepth = 64
    /// How deep the router's own records may be: what an input record has at its deepest stands deeper in these.
    static let maxOwnDepth = 80
    /// Keys of one object that are compared with each other directly. With more of them a table is faster.
    static let linearKeys = 16

    /// What the root may be.
    enum Root { case object, any }

    var tokens: [JSONToken] = []
    /// Text of keys that were written with escapes, without them.
    var unescapedKeys: [UInt8] = []
    let hash: KeyHash

    /// Keys of the objects that are open, each object's in a row: the first ``openKeyCount`` of these.
    var openKeys: [OpenKey]
    var openKeyCount = 0
    /// The innermost array or object that is open, and those around it: the first ``depth`` of these.
    private var top = Frame()
    private var outer: [Frame]
    private var depth = 0
    private let maxDepth: Int
    /// Reused by the search for equal keys of large objects, and for unescaping.
    var slots: [UInt32] = []
    var scratch: [UInt8] = []

    /// A key of an object that isn't closed yet.
    struct OpenKey: BitwiseCopyable {
        var hash: UInt32
        var start: UInt32
        var end: UInt32
        var isPlain: Bool
    }

    private struct Frame: BitwiseCopyable {
        var token: UInt32 = 0
        var firstKey: UInt32 = 0
        /// A bit for each hash's last six bits: a key whose bit isn't set is new for certain.
        var seen: UInt64 = 0
        var isObject = false
    }

    init(hash: KeyHash = KeyHash(), maxDepth: Int = JSONTape.maxDepth) {
        self.hash = hash
        self.outer = Array(repeating: Frame(), count: maxDepth)
        self.maxDepth = maxDepth
        self.openKeys = Array(repeating: OpenKey(hash: 0, start: 0, end: 0, isPlain: true), count: 64)
        self.tokens.reserveCapacity(128)
    }

    /// Takes a text apart.
    ///
    /// - Throws: `not_json`, `too_deep`, `duplicate_key` or, if the root has to be one, `not_an_object`.
    mutating func parse(_ bytes: Span<UInt8>, root: Root) throws(Refusal) {
        guard bytes.count < Int(UInt32.max) else { throw Refusal(.tooLarge, "4 GiB or more") }
        self.tokens.removeAll(keepingCapacity: true)
        self.unescapedKeys.removeAll(keepingCapacity: true)
        self.openKeyCount = 0
        self.depth = 0
        try self.parseValues(bytes)
        if root == .object, self.tokens[0].kind != .object {
            throw Refusal(.notAnObject, "the record is no JSON object")
        }
    }

    private mutating func parseValues(_ bytes: Span<UInt8>) throws(Refusal) {
        let end = bytes.count
        var at = 0
        while true {
            // Here a value has to come.
            at = Self.skipSpace(bytes, at)
            guard at < end else { throw Self.cutOff(at) }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                let start = at &+ 1
                let isPlain = try JSONText.scanString(bytes, &at)
                self.push(.string, start, at &- 1, isPlain)
            case UInt8(ascii: "{"):
                try self.open(.object, at)
                at = Self.skipSpace(bytes, at &+ 1)
                guard at < end else { throw Self.cutOff(at) }
                if bytes[at] != UInt8(ascii: "}") {
                    try self.parseKey(bytes, &at)
                    continue
                }
                at &+= 1
                self.close(at)
            case UInt8(ascii: "["):
                try self.open(.array, at)
                at = Self.skipSpace(bytes, at &+ 1)
                guard at < end else { throw Self.cutOff(at) }
                if bytes[at] != UInt8(ascii: "]") { continue }
                at &+= 1
                self.close(at)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let start = at
                let isPlain = try JSONText.scanNumber(bytes, &at)
                self.push(.number, start, at, isPlain)
            case UInt8(ascii: "t"): try self.pushWord(.yes, "true", bytes, &at)
            case UInt8(ascii: "f"): try self.pushWord(.no, "false", bytes, &at)
            case UInt8(ascii: "n"): try self.pushWord(.null, "null", bytes, &at)
            default: throw Self.unexpected(at)
            }
            if try self.parseAfterValue(bytes, &at) { return }
        }
    }

    /// Goes on from the end of a value to where the next has to come. True at the end of the text.
    private mutating func parseAfterValue(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal) -> Bool {
        let end = bytes.count
        while true {
            at = Self.skipSpace(bytes, at)
            guard self.depth > 0 else {
                guard at == end else { throw Refusal(.notJSON, "text after the end, at byte \(at)") }
                return true
            }
            guard at < end else { throw Self.cutOff(at) }
            let byte = bytes[at]
            if byte == UInt8(ascii: ",") {
                at &+= 1
                guard self.top.isObject else { return false }
                at = Self.skipSpace(bytes, at)
                try self.parseKey(bytes, &at)
                return false
            }
            let isObject = self.top.isObject
            guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw Self.unexpected(at) }
            at &+= 1
            if isObject { try self.checkManyKeys(bytes, from: Int(self.top.firstKey)) }
            self.close(at)
        }
    }

    /// Reads a key and the colon after it.
    private mutating func parseKey(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal) {
        guard at < bytes.count else { throw Self.cutOff(at) }
        guard bytes[at] == UInt8(ascii: "\"") else { throw Self.unexpected(at) }
        var start = at &+ 1
        let isPlain = try JSONText.scanString(bytes, &at)
        var end = at &- 1
        let hash: UInt32
        if isPlain {
            hash = self.hash(bytes, from: start, to: end)
        } else {
            let range = start..<end
            start = self.unescapedKeys.count
            JSONText.unescape(bytes, range, into: &self.unescapedKeys)
            end = self.unescapedKeys.count
            hash = self.hash(self.unescapedKeys.span, from: start, to: end)
        }
        let key = OpenKey(hash: hash, start: UInt32(start), end: UInt32(end), isPlain: isPlain)
        try self.checkFewKeys(bytes, key)
        if self.openKeyCount < self.openKeys.count {
            self.openKeys[self.openKeyCount] = key
        } else {
            self.openKeys.append(key)
        }
        self.openKeyCount &+= 1
        self.tokens.append(
            JSONToken(kind: .key, isPlain: isPlain, start: key.start, end: key.end, next: hash))

        at = Self.skipSpace(bytes, at)
        guard at < bytes.count else { throw Self.cutOff(at) }
        guard bytes[at] == UInt8(ascii: ":") else { throw Self.unexpected(at) }
        at &+= 1
    }

    /// Compares a new key with those before it, as long as they are few.
    @inline(__always)
    private mutating func checkFewKeys(_ bytes: Span<UInt8>, _ key: OpenKey) throws(Refusal) {
        let bit: UInt64 = 1 << UInt64(key.hash & 63)
        let isNew = self.top.seen & bit == 0
        self.top.seen |= bit
        if !isNew { try self.compare(bytes, key) }
    }

    private func compare(_ bytes: Span<UInt8>, _ key: OpenKey) throws(Refusal) {
        let first = Int(self.top.firstKey)
        guard self.openKeyCount &- first <= Self.linearKeys else { return }
        for index in first..<self.openKeyCount where self.openKeys[index].hash == key.hash {
            if self.isSame(bytes, self.openKeys[index], key) { throw Self.duplicate(key) }
        }
    }

    private mutating func open(_ kind: JSONToken.Kind, _ at: Int) throws(Refusal) {
        guard self.depth < self.maxDepth else {
            throw Refusal(.tooDeep, "more than \(self.maxDepth) levels, at byte \(at)")
        }
        self.outer[self.depth] = self.top
        self.depth &+= 1
        self.top = Frame(
            token: UInt32(truncatingIfNeeded: self.tokens.count),
            firstKey: UInt32(truncatingIfNeeded: self.openKeyCount), seen: 0, isObject: kind == .object)
        self.push(kind, at, at, true)
    }

    private mutating func close(_ at: Int) {
        self.openKeyCount = Int(self.top.firstKey)
        let index = Int(self.top.token)
        self.tokens[index].end = UInt32(truncatingIfNeeded: at)
        self.tokens[index].next = UInt32(truncatingIfNeeded: self.tokens.count)
        self.depth &-= 1
        self.top = self.outer[self.depth]
    }

    @inline(__always)
    private mutating func push(_ kind: JSONToken.Kind, _ start: Int, _ end: Int, _ isPlain: Bool) {
        self.tokens.append(
            JSONToken(
                kind: kind, isPlain: isPlain, start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: end), next: UInt32(truncatingIfNeeded: self.tokens.count &+ 1)))
    }

    private mutating func pushWord(
        _ kind: JSONToken.Kind, _ word: String, _ bytes: Span<UInt8>, _ at: inout Int
    ) throws(Refusal) {
        let start = at
        at = try JSONText.scanWord(word, bytes, at)
        self.push(kind, start, at, true)
    }

    @inline(__always)
    private static func skipSpace(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { break }
            at &+= 1
        }
        return at
    }

    private static func cutOff(_ at: Int) -> Refusal { Refusal(.notJSON, "cut off at byte \(at)") }

    private static func unexpected(_ at: Int) -> Refusal { Refusal(.notJSON, "unexpected byte at \(at)") }

    static func duplicate(_ key: OpenKey) -> Refusal {
        Refusal(.duplicateKey, "a key of \(key.end - key.start) bytes stands twice in one object")
    }
}
