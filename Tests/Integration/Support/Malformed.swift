/// Records that must be refused, at least one for each line of the contract's table of reasons, and the reasons that are
/// right (`|` between them where the contract leaves it open).
struct Malformed: Sendable {
    var reasons: String
    var value: [UInt8]?
    var typeHeader: String?

    init(_ reasons: String, _ value: [UInt8]?, typeHeader: String? = nil) {
        self.reasons = reasons
        self.value = value
        self.typeHeader = typeHeader
    }

    init(_ reasons: String, _ text: String, typeHeader: String? = nil) {
        self.init(reasons, Array(text.utf8), typeHeader: typeHeader)
    }

    /// A submission with something else in the place of a field, or behind all.
    private static func job(_ rest: String, workflows: String = "[{\"workflow_id\":\"w\"}]", id: String = "\"bad\"")
        -> String
    {
        "{\"type\":\"job.submitted\",\"job_id\":\(id),\"workflows\":\(workflows)\(rest.isEmpty ? "" : ",")\(rest)}"
    }

    private static func nested(_ depth: Int) -> String {
        Self.job("\"x\":" + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1))
    }

    private static func task(_ fields: String) -> String { "{\"type\":\"task.accepted\"\(fields)}" }

    /// A submission padded to so many bytes.
    static func padded(_ bytes: Int, id: String) -> [UInt8] {
        let start = "{\"type\":\"job.submitted\",\"job_id\":\"\(id)\",\"workflows\":[{\"workflow_id\":\"w0\"}],\"x\":\""
        return Array((start + String(repeating: "x", count: bytes - start.utf8.count - 2) + "\"}").utf8)
    }

    /// The same with raw bytes in a text.
    private static func raw(_ bytes: [UInt8]) -> [UInt8] {
        Array("{\"type\":\"job.submitted\",\"job_id\":\"".utf8) + bytes + Array("\"}".utf8)
    }

    static let events: [Malformed] = [
        Malformed("empty", nil as [UInt8]?), Malformed("empty", ""),
        Malformed("empty", "", typeHeader: "job.submitted"),
        Malformed("too_large", Self.padded(65_537, id: "large")),
        Malformed("too_large", Self.padded(300_000, id: "larger")),
        Malformed("too_large", [UInt8](repeating: 0, count: 890_000)),
        Malformed("not_utf8", Self.raw([0xff])), Malformed("not_utf8", Self.raw([0xc0, 0x80])),
        Malformed("not_utf8", Self.raw([0xed, 0xa0, 0x80])), Malformed("not_utf8", Self.raw([0xf4, 0x90, 0x80, 0x80])),
        Malformed("not_utf8", [0x1f, 0x8b, 0x08, 0x00, 0xff, 0xfe]),
        Malformed("not_json", String(Self.job("").dropLast())), Malformed("not_json", Self.job("\"x\":NaN")),
        Malformed("not_json", Self.job("\"x\":01")), Malformed("not_json", Self.job("\"x\":\"\\x41\"")),
        Malformed("not_json", Self.job("\"x\":\"\\ud800\"")), Malformed("not_json", Self.job("\"x\":\"a\nb\"")),
        Malformed("not_json", [0xef, 0xbb, 0xbf] + Array(Self.job("").utf8)),
        Malformed("not_json", Self.job("") + " x"),
        Malformed("not_json", Self.job("") + Self.job("")), Malformed("not_json", "hello"), Malformed("not_json", " "),
        Malformed("not_json", [0, 1, 2, 3]), Malformed("not_json", Self.job("\"x\":+1")),
        Malformed("not_json", Self.job("'x':1")),
        Malformed("not_json", "{\"type\":\"job.submitted\",}"), Malformed("not_json", Self.job("\"x\":.5")),
        Malformed("too_deep", Self.nested(65)), Malformed("too_deep", Self.nested(20_000)),
        Malformed("not_an_object", "[]"), Malformed("not_an_object", "\"x\""), Malformed("not_an_object", "12"),
        Malformed("not_an_object", "null"), Malformed("not_an_object", "[\(Self.job(""))]"),
        Malformed("duplicate_key", Self.job("\"job_id\":\"again\"")),
        Malformed("duplicate_key", Self.job("\"job\\u005fid\":\"again\"")),
        Malformed("duplicate_key", Self.job("\"x\":{\"a\":1,\"b\":{},\"a\":2}")),
        Malformed("unknown_type", "{}"), Malformed("unknown_type", "{\"type\":\"no.such\",\"job_id\":\"bad\"}"),
        Malformed("unknown_type", "{}", typeHeader: "no.such"), Malformed("unknown_type", "{\"type\":\"\"}"),
        Malformed("type_mismatch", Self.job(""), typeHeader: "job.cancelled"),
        Malformed("missing_field", "{\"type\":\"job.submitted\",\"job_id\":\"bad\"}"),
        Malformed("missing_field", Self.job("", id: "null")),
        Malformed("missing_field", "{\"type\":\"job.cancelled\"}"), Malformed("missing_field", Self.task("")),
        Malformed("missing_field", Self.task(",\"task_id\":\"bad/0/w\",\"attempt\":1,\"lease_token\":\"1\"")),
        Malformed("missing_field", "{\"dataset_uuid\":\"u\",\"cursor\":1}"),
        Malformed("missing_field", "{\"type\":\"source.heartbeat\",\"job_definition\":\"ticks\"}"),
        Malformed("wrong_type", Self.job("", workflows: "[{\"workflow_id\":\"w\",\"cores\":\"4\"}]")),
        Malformed("wrong_type", Self.job("", workflows: "[{\"workflow_id\":\"w\",\"cores\":1.5}]")),
        Malformed("wrong_type", Self.job("", id: "5")), Malformed("wrong_type", Self.job("", workflows: "{}")),
        Malformed("wrong_type", Self.job("", workflows: "[1]")), Malformed("wrong_type", Self.job("\"runtimes\":[1]")),
        Malformed("wrong_type", Self.job("\"best_effort\":\"yes\"")),
        Malformed("wrong_type", Self.job("\"datacenters\":\"dc-a\"")),
        Malformed("out_of_range", Self.job("", workflows: "[{\"workflow_id\":\"w\",\"cores\":-1}]")),
        Malformed("out_of_range", Self.job("", workflows: "[{\"workflow_id\":\"w\",\"cores\":2147483648}]")),
        Malformed("out_of_range", Self.job("\"deadline_seconds\":1e999")),
        Malformed("out_of_range", Self.job("\"deadline_seconds\":-1")),
        Malformed("out_of_range", Self.job("\"priority\":\"urgent\"")),
        Malformed("out_of_range", Self.job("\"retry_budget\":-1")),
        Malformed("out_of_range", Self.job("", workflows: "[{\"workflow_id\":\"w\",\"duration\":\"soon\"}]")),
        Malformed("out_of_range", Self.job("", workflows: "[]")),
        Malformed("out_of_range", Self.job("\"runtimes\":[]")),
        Malformed("out_of_range", Self.job("\"datacenter_count\":0")),
        Malformed("out_of_range", Self.job("\"datacenter_count\":65")),
        Malformed("out_of_range", Self.job("", workflows: "[{\"workflow_id\":\"w\"},{\"workflow_id\":\"w\"}]")),
        Malformed("out_of_range", Self.job("", workflows: Self.workflows(1_001))),
        Malformed("out_of_range", Self.job("\"datacenter_count\":64", workflows: Self.workflows(32))),
        Malformed("bad_name", Self.job("", id: "\"\"")), Malformed("bad_name", Self.job("", id: "\"a\\u0000b\"")),
        Malformed("bad_name", Self.job("", id: "\"\(String(repeating: "x", count: 257))\"")),
        Malformed("bad_name", Self.job("\"datacenters\":[\"a.b\"]")),
        Malformed("bad_name", Self.job("\"runtimes\":[\"a b\"]")),
        Malformed("bad_name", "{\"type\":\"datacenter.drain\",\"datacenter\":\"a/b\"}"),
    ]

    private static func workflows(_ count: Int) -> String {
        "[" + (0..<count).map { "{\"workflow_id\":\"w\($0)\"}" }.joined(separator: ",") + "]"
    }

    private static func heartbeat(_ rest: String, datacenter: String = "\"dc-x\"") -> String {
        "{\"manager_id\":\"m9\",\"datacenter_id\":\(datacenter),\"worker_count\":1,\"healthy_worker_count\":1\(rest)}"
    }

    static let heartbeats: [Malformed] = [
        Malformed("empty", ""), Malformed("too_large", Self.padded(65_537, id: "large")),
        Malformed("not_utf8", [0xff, 0xfe]),
        Malformed("not_json", "{"), Malformed("not_an_object", "[]"),
        Malformed("duplicate_key", Self.heartbeat(",\"total_cores\":1,\"total_cores\":2,\"available_cores\":1")),
        Malformed("missing_field", Self.heartbeat(",\"available_cores\":1")),
        Malformed("wrong_type", Self.heartbeat(",\"total_cores\":\"1\",\"available_cores\":1")),
        Malformed("out_of_range", Self.heartbeat(",\"total_cores\":1,\"available_cores\":2")),
        Malformed("out_of_range", Self.heartbeat(",\"total_cores\":1,\"available_cores\":1,\"state\":\"asleep\"")),
        Malformed(
            "out_of_range",
            Self.heartbeat(",\"total_cores\":9,\"available_cores\":1,\"cores_freeing_schedule\":[[5,1],[4,1]]")),
        Malformed("bad_name", Self.heartbeat(",\"total_cores\":1,\"available_cores\":1", datacenter: "\"a.b\"")),
    ]
}
