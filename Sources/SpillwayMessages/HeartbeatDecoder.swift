package import SpillwayCore

/// What a record of `heartbeats` says.
package enum HeartbeatRecord: Equatable, Sendable {
    /// A manager's heartbeat. Cores that its schedule promised beyond those that are busy have been left out of it; how
    /// many they were stands beside it.
    case heartbeat(ManagerHeartbeat, promisedBeyondBusyCores: Int)
    /// The manager is gone.
    case tombstone(datacenterID: String, managerID: String)
}

/// Turns the bytes of a record of `heartbeats` into what it says, or into the reason why it can't be taken.
package struct HeartbeatDecoder: ~Copyable {
    private let limits: RecordLimits
    private var decoder = RecordDecoder()

    /// A decoder with limits, by default those of the settings.
    package init(limits: RecordLimits = RecordLimits()) {
        self.limits = limits
    }

    /// Reads a record. A heartbeat's body says whose it is; the key counts only where there is no body.
    ///
    /// - Throws: the first reason of the table that fits; `bad_name` for a null whose key isn't
    ///   `<datacenter>/<manager>`.
    package mutating func decode(value: RawSpan?, key: RawSpan?) throws(Refusal) -> HeartbeatRecord {
        guard let value else { return try Self.tombstone(key) }
        try self.decoder.open(value, maxBytes: self.limits.maxRecordBytes)
        var reader = self.decoder.reader(of: value)
        let fields = reader.fields(of: 0, in: self.decoder.fields, place: .root)
        var heartbeat = reader.heartbeat(fields, self.decoder.fields)
        try reader.check()
        let beyond = heartbeat.leaveOutWhatIsNotBusy()
        return .heartbeat(heartbeat, promisedBeyondBusyCores: beyond)
    }

    private static func tombstone(_ key: RawSpan?) throws(Refusal) -> HeartbeatRecord {
        let refusal = Refusal(.badName, "the key of a null must be <datacenter>/<manager>", field: "key")
        guard let key else { throw refusal }
        let bytes = RecordDecoder.bytes(key)
        guard UTF8Check.isValid(bytes) else { throw refusal }
        var slash = 0
        while slash < bytes.count, bytes[slash] != UInt8(ascii: "/") { slash += 1 }
        guard slash < bytes.count else { throw refusal }
        let datacenter = bytes.extracting(0..<slash)
        let manager = bytes.extracting((slash + 1)..<bytes.count)
        guard RecordReader.isName(datacenter), RecordReader.isID(manager) else { throw refusal }
        return .tombstone(datacenterID: RecordReader.string(datacenter), managerID: RecordReader.string(manager))
    }
}

extension ManagerHeartbeat {
    /// Cuts the schedule to the cores that are busy, as only those can come free. Answers how many it promised beyond.
    mutating func leaveOutWhatIsNotBusy() -> Int {
        var left = self.totalCores - self.availableCores
        var beyond = 0
        for index in self.freeingSchedule.indices {
            let cores = self.freeingSchedule[index].cores
            let kept = min(cores, left)
            left -= kept
            beyond += cores - kept
            self.freeingSchedule[index].cores = kept
        }
        if beyond > 0 { self.freeingSchedule.removeAll { $0.cores == 0 } }
        return beyond
    }
}
