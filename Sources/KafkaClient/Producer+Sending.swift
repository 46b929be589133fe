import CRdKafka

extension Producer {
    /// Sends a record. Its bytes are copied; nothing is kept of what is passed.
    ///
    /// - Parameters:
    ///   - value: The value, or nil for a tombstone.
    ///   - key: The key, or nil for none.
    ///   - topic: Where to.
    ///   - partition: Which partition, or nil to let the `partitioner` choose by the key.
    ///   - timestampMilliseconds: The record's time since 1970, or nil for now.
    ///   - ticket: A number that its delivery report will carry.
    /// - Throws: ``KafkaError/Reason/queueFull`` where there is no room: ``serve(timeout:)``, then send again.
    ///   ``KafkaError/Reason/unknownTopic`` for a partition that isn't there, ``KafkaError/Reason/tooLarge``,
    ///   ``KafkaError/Reason/wrongState`` outside of a transaction, and the fatal error.
    public func send(
        _ value: RawSpan?, key: RawSpan? = nil, to topic: Topic, partition: Int32? = nil,
        timestampMilliseconds: Int64? = nil, ticket: UInt64 = 0
    ) throws(KafkaError) {
        let handle = try self.opened()
        guard timestampMilliseconds == nil else {
            self.start(topic, partition, timestampMilliseconds, ticket, more: 2)
            return try self.finish(value, key, handle)
        }
        // Without headers and a time there is no need for the call that takes a list of arguments.
        try unsafe Self.withBytes(of: value) { value throws(KafkaError) in
            try unsafe Self.withBytes(of: key) { key throws(KafkaError) in
                let (start, flags) = unsafe self.place(value, handle)
                let code = unsafe rd_kafka_produce(
                    topic.pointer, partition ?? -1, flags, start, value?.count ?? 0,
                    key.map { unsafe $0.baseAddress ?? UnsafeRawPointer(self.arguments.values) }, key?.count ?? 0,
                    UnsafeMutableRawPointer(bitPattern: UInt(ticket)))
                guard code == -1 else { return }
                if flags == 0 { unsafe handle.payloads?.takeBack(value?.count ?? 0) }
                throw KafkaError(code: rd_kafka_last_error())
            }
        }
    }

    /// Sends a record with headers, which are copied as well.
    ///
    /// Its parameters and errors are those of ``send(_:key:to:partition:timestampMilliseconds:ticket:)``.
    public func send(
        _ value: RawSpan?, key: RawSpan? = nil, to topic: Topic, partition: Int32? = nil, headers: HeaderList,
        timestampMilliseconds: Int64? = nil, ticket: UInt64 = 0
    ) throws(KafkaError) {
        let handle = try self.opened()
        self.start(topic, partition, timestampMilliseconds, ticket, more: 2 + headers.count)
        try unsafe Self.withBytes(of: headers) { bytes throws(KafkaError) in
            for entry in headers.entries {
                let place = unsafe self.arguments.next(RD_KAFKA_VTYPE_HEADER)
                unsafe place.pointee.u.header.name = Self.name(entry, bytes)
                unsafe place.pointee.u.header.val = Self.value(entry, bytes)
                unsafe place.pointee.u.header.size = max(0, entry.valueCount)
            }
            try self.finish(value, key, handle)
        }
    }

    /// Sends a record with all headers of another, byte for byte and in their order, and some behind them.
    ///
    /// Its parameters and errors are those of ``send(_:key:to:partition:timestampMilliseconds:ticket:)``.
    public func send(
        _ value: RawSpan?, key: RawSpan? = nil, to topic: Topic, partition: Int32? = nil,
        headersOf record: RecordView, appending headers: HeaderList = HeaderList(),
        timestampMilliseconds: Int64? = nil, ticket: UInt64 = 0
    ) throws(KafkaError) {
        let handle = try self.opened()
        let source = unsafe record.headers
        guard let list = unsafe source.map({ unsafe rd_kafka_headers_copy($0) }) ?? rd_kafka_headers_new(8) else {
            return
        }
        // They become the record's on success only.
        var isTaken = false
        defer { if !isTaken { unsafe rd_kafka_headers_destroy(list) } }
        try unsafe Self.withBytes(of: headers) { bytes throws(KafkaError) in
            for entry in headers.entries {
                try unsafe KafkaError.check(
                    rd_kafka_header_add(
                        list, Self.name(entry, bytes), -1, Self.value(entry, bytes), max(0, entry.valueCount)))
            }
        }
        self.start(topic, partition, timestampMilliseconds, ticket, more: 3)
        let place = unsafe self.arguments.next(RD_KAFKA_VTYPE_HEADERS)
        unsafe place.pointee.u.headers = unsafe list
        try self.finish(value, key, handle)
        isTaken = true
    }

    private func start(_ topic: Topic, _ partition: Int32?, _ time: Int64?, _ ticket: UInt64, more: Int) {
        self.arguments.restart(5 + more)
        unsafe self.arguments.next(RD_KAFKA_VTYPE_RKT).pointee.u.rkt = topic.pointer
        unsafe self.arguments.next(RD_KAFKA_VTYPE_PARTITION).pointee.u.i32 = partition ?? -1
        unsafe self.arguments.next(RD_KAFKA_VTYPE_OPAQUE).pointee.u.ptr = UnsafeMutableRawPointer(
            bitPattern: UInt(ticket))
        if let time { unsafe self.arguments.next(RD_KAFKA_VTYPE_TIMESTAMP).pointee.u.i64 = time }
    }

    private func finish(_ value: RawSpan?, _ key: RawSpan?, _ handle: ClientHandle) throws(KafkaError) {
        try unsafe Self.withBytes(of: value) { value throws(KafkaError) in
            try unsafe Self.withBytes(of: key) { key throws(KafkaError) in
                let (start, flags) = unsafe self.place(value, handle)
                unsafe self.arguments.next(RD_KAFKA_VTYPE_MSGFLAGS).pointee.u.i = flags
                unsafe self.arguments.append(RD_KAFKA_VTYPE_VALUE, start, value?.count ?? 0)
                unsafe self.arguments.append(RD_KAFKA_VTYPE_KEY, key)
                do throws(KafkaError) {
                    try unsafe KafkaError.check(
                        rd_kafka_produceva(handle.pointer, self.arguments.values, self.arguments.count))
                } catch {
                    if flags == 0 { unsafe handle.payloads?.takeBack(value?.count ?? 0) }
                    throw error
                }
            }
        }
    }

    /// Where librdkafka finds a value, and whether it has to copy it: not what is kept until it is delivered.
    private func place(
        _ value: UnsafeRawBufferPointer?, _ handle: ClientHandle
    ) -> (start: UnsafeMutableRawPointer?, flags: Int32) {
        guard let value = unsafe value else { return (nil, RD_KAFKA_MSG_F_COPY) }
        if let payloads = handle.payloads, value.count <= PayloadMemory.largest {
            return unsafe (payloads.copy(value), 0)
        }
        // An empty span may have no address, but any will do.
        let start = unsafe value.baseAddress ?? UnsafeRawPointer(self.arguments.values)
        return unsafe (UnsafeMutableRawPointer(mutating: start), RD_KAFKA_MSG_F_COPY)
    }

    private static func name(_ entry: HeaderList.Entry, _ bytes: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
        unsafe bytes.map { unsafe ($0 + entry.name).assumingMemoryBound(to: CChar.self) }
    }

    private static func value(_ entry: HeaderList.Entry, _ bytes: UnsafeRawPointer?) -> UnsafeRawPointer? {
        unsafe entry.valueCount < 0 ? nil : bytes.map { unsafe $0 + entry.value }
    }

    private static func withBytes(
        of span: RawSpan?, _ body: (UnsafeRawBufferPointer?) throws(KafkaError) -> Void
    ) throws(KafkaError) {
        guard let span else { return try body(nil) }
        try unsafe span.withUnsafeBytes { bytes throws(KafkaError) in try unsafe body(bytes) }
    }

    private static func withBytes(
        of headers: HeaderList, _ body: (UnsafeRawPointer?) throws(KafkaError) -> Void
    ) throws(KafkaError) {
        try unsafe headers.bytes.span.bytes.withUnsafeBytes { bytes throws(KafkaError) in
            // Nil only where there are no headers, and so nobody looks.
            try unsafe body(bytes.baseAddress)
        }
    }
}
