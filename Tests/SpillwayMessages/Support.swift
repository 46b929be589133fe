import SpillwayCore
import SpillwayMessages

/// Reads a text as a record of `events`.
func event(
    _ text: String, header: String? = nil, limits: RecordLimits = RecordLimits()
) throws(Refusal) -> Event {
    try event(Array(text.utf8), header: header, limits: limits)
}

/// Reads bytes as a record of `events`.
func event(
    _ value: [UInt8]?, header: String? = nil, limits: RecordLimits = RecordLimits()
) throws(Refusal) -> Event {
    var decoder = EventDecoder(limits: limits)
    let header = header.map { Array($0.utf8) }
    return try decoder.decode(value: value?.raw, typeHeader: header?.raw)
}

/// Reads a text as a submission.
func submission(_ text: String, limits: RecordLimits = RecordLimits()) throws -> JobSubmission {
    guard case .jobSubmitted(let submission) = try event(text, header: "job.submitted", limits: limits) else {
        throw Unexpected()
    }
    return submission
}

/// Reads a text as a record of `heartbeats`.
func heartbeat(_ text: String?, key: String? = nil) throws(Refusal) -> HeartbeatRecord {
    var decoder = HeartbeatDecoder()
    let value = text.map { Array($0.utf8) }
    let key = key.map { Array($0.utf8) }
    return try decoder.decode(value: value?.raw, key: key?.raw)
}

/// Why a text is refused as a record of `events`. `nil`: it isn't.
func refusal(_ text: String, header: String? = nil) -> Refusal? { refusal(Array(text.utf8), header: header) }

/// Why bytes are refused as a record of `events`. `nil`: they aren't.
func refusal(_ value: [UInt8]?, header: String? = nil) -> Refusal? {
    do throws(Refusal) {
        _ = try event(value, header: header)
        return nil
    } catch {
        return error
    }
}

/// Why a text is refused as a record of `heartbeats`. `nil`: it isn't.
func heartbeatRefusal(_ text: String?, key: String? = nil) -> Refusal? {
    do throws(Refusal) {
        _ = try heartbeat(text, key: key)
        return nil
    } catch {
        return error
    }
}

/// What a closure writes, as text.
func written(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(capacity: 64)
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

/// A submission with one more field.
func job(_ field: String) -> String {
    #"{"type":"job.submitted","job_id":"j","workflows":[{}],"# + field + "}"
}

/// A submission whose workflow has one field.
func workflow(_ field: String) -> String {
    #"{"type":"job.submitted","job_id":"j","workflows":[{"# + field + "}]}"
}

/// An outcome with one more field.
func outcome(_ type: String, _ field: String = #""x":1"#) -> String {
    #"{"type":"\#(type)","task_id":"j/0/w1","attempt":1,"lease_token":"5.1.0","routing_key":"j","# + field + "}"
}

/// A heartbeat with one more field.
func beat(_ field: String = #""x":1"#) -> String {
    #"{"manager_id":"m1","datacenter_id":"dc-a","worker_count":8,"healthy_worker_count":7,"total_cores":64,"#
        + #""available_cores":12,"# + field + "}"
}

/// Something else came than what the test is about.
struct Unexpected: Error {}

/// A generator whose numbers follow from its seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
