package import SpillwayCore

/// What a record of `views` changes.
package enum ViewUpdate: Equatable, Sendable {
    /// It is so from now on.
    case set(ViewRecord)
    /// The datacenter takes new work again.
    case undrained(datacenterID: String)
    /// The partition has taken nothing.
    case released(partition: Int32)
}

/// Reads records of `views` back.
package struct ViewDecoder: ~Copyable {
    private var decoder = RecordDecoder()

    /// A decoder.
    package init() {}

    private enum Key {
        case drained(String)
        case reserved(Int32)
    }

    /// Reads a record; `nil` is a tombstone's value.
    ///
    /// - Returns: `nil` if its key is of a kind that this program doesn't know: tables may be added.
    /// - Throws: a refusal if this program can't have written it; `out_of_range` for `v` if a newer one has.
    package mutating func decode(key: RawSpan, value: RawSpan?) throws(Refusal) -> ViewUpdate? {
        guard let key = try Self.readKey(key) else { return nil }
        guard let value else {
            switch key {
            case .drained(let datacenterID): return .undrained(datacenterID: datacenterID)
            case .reserved(let partition): return .released(partition: partition)
            }
        }
        try self.decoder.open(value, maxBytes: .max)
        var reader = self.decoder.reader(of: value)
        let fields = reader.fields(of: 0, in: self.decoder.fields, place: .root)
        try reader.checkVersion(fields, newest: JSONWriter.stateVersion)
        switch key {
        case .drained(let datacenterID):
            guard reader.token(fields, .drained) != 0, reader.tokens[reader.token(fields, .drained)].kind == .object
            else {
                throw StateDecoder.unreadable(.drained)
            }
            let inner = reader.fields(of: reader.token(fields, .drained), in: self.decoder.fields, place: .drained)
            let reason = reader.optionalText(inner, .reason)
            let since = reader.seconds(inner, .since)
            try reader.check()
            return .set(.drained(datacenterID: datacenterID, reason: reason, since: since))
        case .reserved(let partition):
            guard let shares = reader.shares(fields) else { throw StateDecoder.unreadable(.reserved) }
            return .set(.reserved(ReservedView(partition: partition, datacenters: shares)))
        }
    }

    private static func readKey(_ key: RawSpan) throws(Refusal) -> Key? {
        let bytes = RecordDecoder.bytes(key)
        guard UTF8Check.isValid(bytes) else { throw Refusal(.notUTF8, "the key is not UTF-8", field: "key") }
        let text = RecordReader.string(bytes)
        if text.hasPrefix("drained/") { return .drained(String(text.dropFirst(8))) }
        guard text.hasPrefix("reserved/") else { return nil }
        guard let partition = Int32(text.dropFirst(9)), partition >= 0 else {
            throw Refusal(.badName, "the key names no partition", field: "key")
        }
        return .reserved(partition)
    }
}

extension RecordReader {
    fileprivate func shares(_ fields: Fields) -> [ReservedView.DatacenterShare]? {
        guard self.token(fields, .reserved) != 0, let rows = self.rows(fields, .reserved) else { return nil }
        var shares: [ReservedView.DatacenterShare] = []
        for index in rows {
            guard let row = self.row(index, atLeast: 3), let datacenterID = self.string(row[0]),
                let runningRows = self.row(row[1], atLeast: 0), let queuedRows = self.row(row[2], atLeast: 0)
            else { return nil }
            var running: [CoresUntil] = []
            for index in runningRows {
                guard let pair = self.row(index, atLeast: 2), let until = self.number(pair[0]),
                    let cores = self.whole(pair[1])
                else { return nil }
                running.append(CoresUntil(until: until, cores: cores))
            }
            var queued: [QueuedCores] = []
            for index in queuedRows {
                guard let pair = self.row(index, atLeast: 2), let cores = self.whole(pair[0]),
                    let duration = self.number(pair[1])
                else { return nil }
                queued.append(QueuedCores(cores: cores, durationSeconds: duration))
            }
            shares.append(.init(datacenterID: datacenterID, running: running, queued: queued))
        }
        return shares
    }
}
