package import SpillwayCore

/// One entry of a fleet file (contract/cli.md, `decide --fleet`).
package enum FleetEntry: Equatable, Sendable {
    /// A manager's heartbeat, as in `heartbeats`.
    case heartbeat(ManagerHeartbeat, promisedBeyondBusyCores: Int)
    /// A datacenter's sum.
    case capacity(FleetCapacity)
}

/// A datacenter's sum as a fleet file has it.
package struct FleetCapacity: Equatable, Sendable {
    /// The figures. Those that the file leaves out are 0, but for managers and workers: one of each, and well.
    package var capacity: DatacenterCapacity
    /// The health that the file says, which wins over what the counts would say. `nil`: it says none.
    package var givenHealth: Health?
    /// When it was written. `nil`: the file doesn't say.
    package var lastUpdated: UnixSeconds?
}

/// Reads fleet files: a JSON array of heartbeats or capacities, or one of them a line.
package enum FleetFile {
    /// Reads a file.
    ///
    /// - Throws: a refusal that names the entry, from 1, and its field.
    package static func decode(_ bytes: RawSpan) throws(Refusal) -> [FleetEntry] {
        var decoder = RecordDecoder()
        let text = RecordDecoder.bytes(bytes)
        var start = 0
        while start < text.count, self.isSpace(text[start]) { start += 1 }
        guard start < text.count else { return [] }
        if text[start] == UInt8(ascii: "[") { return try self.decodeArray(bytes, &decoder) }
        do {
            // A single entry may be spread over lines.
            try decoder.open(bytes, maxBytes: .max)
            return [try self.entry(0, 1, bytes, decoder)]
        } catch let refusal where refusal.reason != .notJSON {
            throw refusal
        } catch {}
        return try self.decodeLines(bytes, &decoder)
    }

    private static func decodeArray(
        _ bytes: RawSpan, _ decoder: inout RecordDecoder
    ) throws(Refusal) -> [FleetEntry] {
        try decoder.open(bytes, maxBytes: .max, root: .any)
        var entries: [FleetEntry] = []
        var element = 1
        while element < Int(decoder.tape.tokens[0].next) {
            entries.append(try self.entry(element, entries.count + 1, bytes, decoder))
            element = Int(decoder.tape.tokens[element].next)
        }
        return entries
    }

    private static func decodeLines(
        _ bytes: RawSpan, _ decoder: inout RecordDecoder
    ) throws(Refusal) -> [FleetEntry] {
        let text = RecordDecoder.bytes(bytes)
        var entries: [FleetEntry] = []
        var start = 0
        while start < text.count {
            var end = start
            var isBlank = true
            while end < text.count, text[end] != 0x0a {
                if !self.isSpace(text[end]) { isBlank = false }
                end += 1
            }
            if !isBlank {
                let number = entries.count + 1
                let line = bytes.extracting(start..<end)
                do {
                    try decoder.open(line, maxBytes: .max)
                } catch { throw Refusal(error.reason, "entry \(number): \(error.message)", field: error.field) }
                entries.append(try self.entry(0, number, line, decoder))
            }
            start = end + 1
        }
        return entries
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    private static func entry(
        _ index: Int, _ number: Int, _ bytes: RawSpan, _ decoder: borrowing RecordDecoder
    ) throws(Refusal) -> FleetEntry {
        var reader = decoder.reader(of: bytes)
        guard reader.tokens[index].kind == .object else {
            throw Refusal(.notAnObject, "entry \(number): is no JSON object")
        }
        let fields = reader.fields(of: index, in: decoder.fields, place: .root)
        let entry: FleetEntry
        if reader.token(fields, .managerID) != 0 {
            var heartbeat = reader.heartbeat(fields, decoder.fields)
            let beyond = reader.refusal == nil ? heartbeat.leaveOutWhatIsNotBusy() : 0
            entry = .heartbeat(heartbeat, promisedBeyondBusyCores: beyond)
        } else {
            entry = .capacity(reader.capacity(fields))
        }
        do { try reader.check() } catch {
            throw Refusal(error.reason, "entry \(number): \(error.message)", field: error.field)
        }
        return entry
    }
}

extension RecordReader {
    fileprivate mutating func capacity(_ fields: Fields) -> FleetCapacity {
        var capacity = DatacenterCapacity(
            datacenterID: self.name(fields, .datacenterID), totalCores: self.count(fields, .totalCores),
            availableCores: self.count(fields, .availableCores))
        self.checkAvailable(capacity.availableCores, of: capacity.totalCores, fields)
        capacity.pendingWorkflowCount = self.optionalCount(fields, .pendingWorkflowCount) ?? 0
        capacity.pendingDurationSeconds = self.optionalSeconds(fields, .pendingDurationSeconds) ?? 0
        capacity.activeRemainingSeconds = self.optionalSeconds(fields, .activeRemainingSeconds) ?? 0
        capacity.freeingSchedule = self.schedule(fields, .coresFreeingSchedule)
        capacity.workerCount = self.optionalCount(fields, .workerCount) ?? 1
        capacity.healthyWorkerCount = self.optionalCount(fields, .healthyWorkerCount) ?? capacity.workerCount
        capacity.managerCount = self.optionalCount(fields, .managerCount) ?? 1
        capacity.aliveManagerCount = self.optionalCount(fields, .aliveManagerCount) ?? capacity.managerCount
        let lastUpdated = self.optionalSeconds(fields, .lastUpdated)
        capacity.lastUpdated = lastUpdated ?? 0
        let health = self.health(fields)
        if let health { capacity.health = health }
        return FleetCapacity(capacity: capacity, givenHealth: health, lastUpdated: lastUpdated)
    }

    /// A health bucket, in whatever case it is written.
    private mutating func health(_ fields: Fields) -> Health? {
        guard let word = self.optionalText(fields, .healthBucket)?.lowercased() else { return nil }
        for health in Health.allCases where health.word == word { return health }
        self.refuse(.outOfRange, fields, .healthBucket, "must be healthy, busy, degraded or unhealthy")
        return nil
    }
}
