import KafkaClient

/// A record, copied out of its batch.
struct Record: Sendable {
    struct Header: Equatable, Sendable {
        var name: String
        var value: [UInt8]?
    }

    var topic: String
    var partition: Int32
    var offset: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [Header] = []

    init(_ view: RecordView) {
        self.topic = view.topicName
        self.partition = view.partition
        self.offset = view.offset
        self.key = Self.copy(view.key)
        self.value = Self.copy(view.value)
        var headers: [Header] = []
        view.forEachHeader { header in headers.append(Header(name: header.nameText, value: Self.copy(header.value))) }
        self.headers = headers
    }

    private static func copy(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }

    /// `<topic>/<partition>/<offset>`, as Spillway's headers name a record.
    var place: String { "\(self.topic)/\(self.partition)/\(self.offset)" }

    var keyText: String? { self.key.map { String(decoding: $0, as: UTF8.self) } }

    func header(_ name: String) -> String? {
        self.headers.last { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What its producer gave it, without what Spillway appended.
    var ownHeaders: [Header] { self.headers.filter { !$0.name.hasPrefix("spillway_") } }
}

extension Producer {
    /// Sends bytes, after waiting for room.
    func send(
        _ value: [UInt8]?, key: String?, to topic: Topic, partition: Int32? = nil, headers: HeaderList = HeaderList()
    ) throws(KafkaError) {
        let key = key.map { Array($0.utf8) }
        while true {
            do throws(KafkaError) {
                return try self.sendNow(value, key, topic, partition, headers)
            } catch  where error.reason == .queueFull {
                try self.serve(timeout: .milliseconds(100))
            }
        }
    }

    private func sendNow(
        _ value: [UInt8]?, _ key: [UInt8]?, _ topic: Topic, _ partition: Int32?, _ headers: HeaderList
    ) throws(KafkaError) {
        // `Span.bytes` counts as unsafe because a span's elements may have padding; bytes have none.
        try unsafe self.send(
            value?.span.bytes, key: key?.span.bytes, to: topic, partition: partition, headers: headers)
    }

    /// Waits until everything has arrived.
    func finish(within seconds: Int = 120) throws {
        guard try self.flush(timeout: .seconds(seconds)), self.failedCount == 0 else {
            throw Trouble("\(self.failedCount) records could not be delivered, \(self.outstanding) are on their way")
        }
        self.close()
    }
}
