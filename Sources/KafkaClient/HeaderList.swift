/// Headers for records that are to be sent.
///
/// Make one, and fill it anew for each record after ``removeAll()``: it keeps its memory, so that this allocates
/// nothing once it's warm. Sending copies it. Names end at their first zero byte.
public struct HeaderList: Sendable {
    struct Entry {
        var name: Int
        var value: Int
        /// -1 for null.
        var valueCount: Int
    }

    /// Names, each with a zero behind it, and values.
    private(set) var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []

    /// No headers.
    public init() {}

    /// How many headers there are.
    public var count: Int { self.entries.count }

    /// Whether there are none.
    public var isEmpty: Bool { self.entries.isEmpty }

    /// Takes all headers out, and keeps the memory.
    public mutating func removeAll() {
        self.bytes.removeAll(keepingCapacity: true)
        self.entries.removeAll(keepingCapacity: true)
    }

    /// Adds a header whose value is these bytes, or null.
    public mutating func append(_ name: StaticString, _ value: RawSpan?) {
        let start = self.bytes.count
        unsafe self.bytes.append(
            contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        self.finish(name: start, value)
    }

    /// Adds a header whose value is a text.
    public mutating func append(_ name: StaticString, _ value: String) {
        let start = self.bytes.count
        unsafe self.bytes.append(
            contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        self.finish(name: start, text: value)
    }

    /// Adds a header whose name is known only now.
    public mutating func append(named name: String, _ value: RawSpan?) {
        let start = self.bytes.count
        self.bytes.append(contentsOf: name.utf8)
        self.finish(name: start, value)
    }

    /// Adds a header whose name is known only now and whose value is a text.
    public mutating func append(named name: String, _ value: String) {
        let start = self.bytes.count
        self.bytes.append(contentsOf: name.utf8)
        self.finish(name: start, text: value)
    }

    /// Adds a copy of another record's header.
    public mutating func append(_ header: HeaderView) {
        let start = self.bytes.count
        Self.append(header.name, to: &self.bytes)
        self.finish(name: start, header.value)
    }

    /// Adds a copy of each of a record's headers, in their order.
    public mutating func append(contentsOf record: RecordView) {
        record.forEachHeader { header in self.append(header) }
    }

    /// Adds a copy of each header of another list, in their order.
    public mutating func append(contentsOf other: HeaderList) {
        let start = self.bytes.count
        self.bytes.append(contentsOf: other.bytes)
        for entry in other.entries {
            self.entries.append(
                Entry(name: start + entry.name, value: start + entry.value, valueCount: entry.valueCount))
        }
    }

    private mutating func finish(name: Int, _ value: RawSpan?) {
        self.bytes.append(0)
        let start = self.bytes.count
        guard let value else {
            self.entries.append(Entry(name: name, value: start, valueCount: -1))
            return
        }
        Self.append(value, to: &self.bytes)
        self.entries.append(Entry(name: name, value: start, valueCount: value.byteCount))
    }

    private mutating func finish(name: Int, text: String) {
        self.bytes.append(0)
        let start = self.bytes.count
        self.bytes.append(contentsOf: text.utf8)
        self.entries.append(Entry(name: name, value: start, valueCount: self.bytes.count - start))
    }

    private static func append(_ span: RawSpan, to bytes: inout [UInt8]) {
        unsafe span.withUnsafeBytes { buffer in unsafe bytes.append(contentsOf: buffer) }
    }
}
