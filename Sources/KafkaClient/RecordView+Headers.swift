import CRdKafka

extension RecordView {
    /// How many headers there are. They are read when this or another of these is first called, which librdkafka
    /// allocates for; a record whose headers nobody asks for costs nothing.
    public var headerCount: Int {
        guard let headers = unsafe self.headers else { return 0 }
        return unsafe rd_kafka_header_cnt(headers)
    }

    /// Lends each header in turn, in the record's order, repeated names included.
    public func forEachHeader<E: Error>(_ body: (HeaderView) throws(E) -> Void) throws(E) {
        guard let headers = unsafe self.headers else { return }
        var index = 0
        while let header = unsafe HeaderView(headers, index) {
            try body(header)
            index += 1
        }
    }

    /// The last header of this name, or nil where there is none.
    @_lifetime(copy self)
    public func headerView(named name: StaticString) -> HeaderView? {
        guard let headers = unsafe self.headers else { return nil }
        var value: UnsafeRawPointer?
        var size = 0
        let cName = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        let code = unsafe rd_kafka_header_get_last(headers, cName, &value, &size)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let view = unsafe HeaderView(name: cName, nameCount: name.utf8CodeUnitCount, value: value, valueCount: size)
        return unsafe _overrideLifetime(view, copying: self)
    }

    /// The value of the last header of this name, or nil where there is none or where it's null. To tell those two
    /// apart, take ``headerView(named:)``.
    @_lifetime(copy self)
    public func header(named name: StaticString) -> RawSpan? {
        guard let view = self.headerView(named: name), let value = view.value else { return nil }
        return unsafe _overrideLifetime(value, copying: self)
    }

    /// librdkafka's list, which the message owns.
    var headers: OpaquePointer? {
        var headers: OpaquePointer?
        // The message is only changed in that it remembers its headers.
        guard unsafe rd_kafka_message_headers(self.message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return unsafe headers
    }
}
