/// Bytes that grow at their end, with what JSON needs to be written fast.
///
/// It keeps its storage: a caller that empties it between records allocates nothing once it is large enough. Several
/// records can stand in it one behind the other: ``count`` before and after a record is its range.
///
/// Safe: `storage` has `capacity` bytes, of which the first `count` are initialized, and nothing is written before
/// ``reserve(_:)`` has made room for it; nobody else has the pointer for longer than a call.
@safe
package struct JSONWriter: ~Copyable {
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// How many bytes stand in it.
    package private(set) var count = 0

    /// An empty writer with room for so many bytes.
    package init(capacity: Int = 4096) {
        self.capacity = max(64, capacity)
        unsafe self.storage = .allocate(capacity: self.capacity)
    }

    deinit { unsafe self.storage.deallocate() }

    /// What stands in it.
    package var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span(_unsafeStart: self.storage, count: self.count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// A copy of what stands in it.
    package var bytes: [UInt8] { unsafe Array(UnsafeBufferPointer(start: self.storage, count: self.count)) }

    /// Empties it and keeps the storage.
    package mutating func removeAll() { self.count = 0 }

    /// Takes back what was written after it had so many bytes.
    package mutating func truncate(to count: Int) { self.count = min(self.count, max(0, count)) }

    /// Makes room for so many more bytes.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if self.capacity &- self.count < more { self.grow(more) }
    }

    private mutating func grow(_ more: Int) {
        let capacity = max(self.capacity * 2, self.count + more)
        let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        unsafe storage.update(from: self.storage, count: self.count)
        unsafe self.storage.deallocate()
        unsafe self.storage = storage
        self.capacity = capacity
    }

    /// Appends a byte.
    @inline(__always)
    package mutating func write(_ byte: UInt8) {
        self.reserve(1)
        unsafe self.storage[self.count] = byte
        self.count &+= 1
    }

    /// Appends text as it stands, such as `,"job_id":`.
    @inline(__always)
    package mutating func write(_ literal: StaticString) {
        let more = literal.utf8CodeUnitCount
        self.reserve(more)
        unsafe (self.storage + self.count).update(from: literal.utf8Start, count: more)
        self.count &+= more
    }

    /// Appends bytes as they stand.
    package mutating func write(_ bytes: Span<UInt8>) {
        let more = bytes.count
        self.reserve(more)
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe (self.storage + self.count).update(from: start, count: more)
        }
        self.count &+= more
    }

    /// Appends a text's bytes as they stand, without quotes.
    package mutating func write(unquoted text: String) { self.write(text.utf8.span) }

    /// Appends an integer.
    package mutating func write(_ value: Int64) {
        self.reserve(20)
        var magnitude = value.magnitude
        if value < 0 {
            unsafe self.storage[self.count] = UInt8(ascii: "-")
            self.count &+= 1
        }
        var digits = 1
        var limit: UInt64 = 10
        while magnitude >= limit {
            digits &+= 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        var at = self.count &+ digits
        self.count = at
        repeat {
            at &-= 1
            unsafe self.storage[at] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude % 10)
            magnitude /= 10
        } while magnitude > 0
    }

    /// Appends an integer.
    @inline(__always)
    package mutating func write(_ value: Int) { self.write(Int64(value)) }

    /// Appends a string with quotes and the escapes that it needs.
    package mutating func write(quoted text: String) {
        self.write(UInt8(ascii: "\""))
        self.write(escaped: text)
        self.write(UInt8(ascii: "\""))
    }

    /// Appends what stands between a string's quotes.
    mutating func write(escaped text: String) {
        let bytes = text.utf8.span
        if Self.isClean(bytes) {
            self.write(bytes)
        } else {
            for at in bytes.indices { self.write(escaped: bytes[at]) }
        }
    }

    /// Whether text needs no escapes.
    @inline(__always)
    private static func isClean(_ bytes: Span<UInt8>) -> Bool {
        var at = 0
        while at &+ 8 <= bytes.count {
            if ByteWord.stringStops(bytes.word(at: at)) != 0 { return false }
            at &+= 8
        }
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
            at &+= 1
        }
        return true
    }

    private mutating func write(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): self.write("\\\"")
        case UInt8(ascii: "\\"): self.write("\\\\")
        case 0x08: self.write("\\b")
        case 0x09: self.write("\\t")
        case 0x0a: self.write("\\n")
        case 0x0c: self.write("\\f")
        case 0x0d: self.write("\\r")
        case 0..<0x20:
            self.write("\\u00")
            self.write(Self.hexDigit(byte >> 4))
            self.write(Self.hexDigit(byte & 15))
        default: self.write(byte)
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
