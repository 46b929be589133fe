import CRdKafka

/// A header that a record lends.
@safe public struct HeaderView: ~Escapable {
    // Safe: the record that lends this view owns both, and outlives it.
    private let nameStart: UnsafePointer<CChar>
    private let nameCount: Int
    private let valueStart: UnsafeRawPointer?
    private let valueCount: Int

    @_lifetime(immortal)
    init(name: UnsafePointer<CChar>, nameCount: Int, value: UnsafeRawPointer?, valueCount: Int) {
        unsafe self.nameStart = unsafe name
        self.nameCount = nameCount
        unsafe self.valueStart = unsafe value
        self.valueCount = valueCount
    }

    /// The header at an index, or nil behind the last.
    @_lifetime(immortal)
    init?(_ headers: OpaquePointer, _ index: Int) {
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        let code = unsafe rd_kafka_header_get_all(headers, index, &name, &value, &size)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let start = unsafe name else { return nil }
        var count = 0
        while unsafe start[count] != 0 { count += 1 }
        unsafe self.init(name: start, nameCount: count, value: value, valueCount: size)
    }

    /// The name's bytes. librdkafka ends them at the first zero.
    public var name: RawSpan {
        @_lifetime(copy self)
        get {
            let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(self.nameStart), byteCount: self.nameCount)
            return unsafe _overrideLifetime(bytes, copying: self)
        }
    }

    /// The name as text. This allocates where it's longer than 15 bytes.
    public var nameText: String { unsafe String(cString: self.nameStart) }

    /// The value's bytes, or nil where it's null. An empty value is not null.
    public var value: RawSpan? {
        @_lifetime(copy self)
        get {
            guard let start = unsafe self.valueStart else { return nil }
            let bytes = unsafe RawSpan(_unsafeStart: start, byteCount: self.valueCount)
            return unsafe _overrideLifetime(bytes, copying: self)
        }
    }

    /// Whether the name is this one.
    public func isNamed(_ name: StaticString) -> Bool {
        guard self.nameCount == name.utf8CodeUnitCount else { return false }
        for index in 0..<self.nameCount
        where unsafe UInt8(bitPattern: self.nameStart[index]) != name.utf8Start[index] {
            return false
        }
        return true
    }
}
