package import SpillwayCore

/// Turns the bytes of a record of `events` into what it says, or into the reason why it can't be taken.
///
/// It keeps its storage from record to record: each lane has one.
package struct EventDecoder: ~Copyable {
    private let limits: RecordLimits
    private var decoder = RecordDecoder()

    /// A decoder with limits, by default those of the settings.
    package init(limits: RecordLimits = RecordLimits()) {
        self.limits = limits
    }

    /// Reads a record.
    ///
    /// - Parameters:
    ///   - value: the record's value, `nil` for a null.
    ///   - typeHeader: the value of the header `ce_type`, `nil` if there is none.
    /// - Throws: the first reason of the table that fits.
    package mutating func decode(value: RawSpan?, typeHeader: RawSpan?) throws(Refusal) -> Event {
        try self.decoder.open(value, maxBytes: self.limits.maxRecordBytes)
        guard let value else { throw Refusal(.empty, "the record has no value") }
        let tables = self.decoder.takeTables()
        var reader = self.decoder.reader(of: value, tables: tables)
        let fields = reader.fields(of: 0, in: self.decoder.fields, place: .root)
        let type = try Self.type(of: reader, fields, header: typeHeader)
        let event = reader.event(type, fields, self.decoder.fields, self.limits)
        try reader.check()
        self.decoder.tables = reader.takeTables()
        return event
    }

    /// The header's type, else the body's, else `dataset.updated` if there is a dataset.
    private static func type(
        of reader: borrowing RecordReader, _ fields: Fields, header: RawSpan?
    ) throws(Refusal) -> EventType {
        let index = reader.token(fields, .type)
        if let header {
            guard let type = EventType.named(RecordDecoder.bytes(header)) else {
                throw Refusal(.unknownType, "ce_type: is no type of an event", field: "ce_type")
            }
            guard index == 0 || reader.isText(index, RecordDecoder.bytes(header)) else {
                throw Refusal(.typeMismatch, "type: is not that of the header ce_type", field: "type")
            }
            return type
        }
        if index != 0 {
            let token = reader.tokens[index]
            if token.kind == .string, token.isPlain {
                if let type = EventType.named(reader.bytes.extracting(token.range)) { return type }
            } else if token.kind == .string, let type = EventType(rawValue: reader.text(index)) {
                return type
            }
            throw Refusal(.unknownType, "type: is no type of an event", field: "type")
        }
        guard reader.token(fields, .datasetUUID) != 0 else {
            throw Refusal(.unknownType, "type: neither ce_type nor type nor dataset_uuid is there", field: "type")
        }
        return .datasetUpdated
    }
}

extension EventType {
    /// The type with a name, without making a string of it.
    static func named(_ bytes: Span<UInt8>) -> EventType? {
        if bytes.isText("job.submitted") { return .jobSubmitted }
        if bytes.isText("task.accepted") { return .taskAccepted }
        if bytes.isText("task.completed") { return .taskCompleted }
        if bytes.isText("task.heartbeat") { return .taskHeartbeat }
        return EventType(rawValue: RecordReader.string(validating: bytes) ?? "")
    }
}
