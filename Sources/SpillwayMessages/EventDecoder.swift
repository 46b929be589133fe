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
        var reader = self.decoder.reader(of: value)
        let fields = reader.fields(of: 0, in: self.decoder.fields, place: .root)
        let type = try Self.type(of: reader, fields, header: typeHeader)
        let event = reader.event(type, fields, self.decoder.fields, self.limits)
        try reader.check()
        guard let event else { throw Refusal(.missingField, "the record is incomplete") }
        return event
    }

    /// The header's type, else the body's, else `dataset.updated` if there is a dataset.
    private static func type(
        of reader: borrowing RecordReader, _ fields: Fields, header: RawSpan?
    ) throws(Refusal) -> EventType {
        let index = fields[.type]
        if let header {
            guard let type = EventType.named(RecordDecoder.bytes(header)) else {
                throw Refusal(.unknownType, "ce_type: is no type of an event", field: "ce_type")
            }
            guard index == 0 || reader.isText(index, type.rawValue) else {
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
        guard fields[.datasetUUID] != 0 else {
            throw Refusal(.unknownType, "type: neither ce_type nor type nor dataset_uuid is there", field: "type")
        }
        return .datasetUpdated
    }
}

extension EventType {
    /// The type with a name, without making a string of it.
    static func named(_ bytes: Span<UInt8>) -> EventType? {
        for type in EventType.allCases {
            let name = type.rawValue.utf8
            guard name.count == bytes.count else { continue }
            var at = 0
            for byte in name {
                guard bytes[at] == byte else { break }
                at &+= 1
            }
            if at == bytes.count { return type }
        }
        return nil
    }
}
