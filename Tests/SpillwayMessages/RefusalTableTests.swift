import SpillwayCore
import SpillwayMessages
import Testing

/// The table at the head of contract/records.md, row by row.
@Suite struct RefusalTableTests {
    /// A text and the word that it is refused with.
    struct Row: Sendable, CustomTestStringConvertible {
        var reason: RefusalReason
        var text: String
        var field: String?

        init(_ reason: RefusalReason, _ text: String, _ field: String? = nil) {
            self.reason = reason
            self.text = text
            self.field = field
        }

        var testDescription: String { "\(self.reason.rawValue): \(self.text.prefix(120))" }
    }

    @Test func `Nothing and an empty value are empty`() {
        #expect(refusal(nil)?.reason == .empty)
        #expect(refusal([])?.reason == .empty)
    }

    @Test func `A record of exactly the limit is taken and one byte more is too large`() {
        let base = job(#""x":"""#)
        let filler = String(repeating: "a", count: 65_536 - base.utf8.count)
        #expect(refusal(job(#""x":"\#(filler)""#)) == nil)
        #expect(refusal(job(#""x":"\#(filler)a""#))?.reason == .tooLarge)
    }

    @Test(
        arguments: [
            [0xff], [0x80], [0xc0, 0xaf], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80],
            [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80],
            [0xf5, 0x80, 0x80, 0x80], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xe2, 0x28, 0xa1], [0xc3, 0xc3],
        ] as [[UInt8]])
    func `What is no UTF-8 is not_utf8, wherever it stands`(bytes: [UInt8]) {
        for padding in 0..<9 {
            let text = Array(job(#""x":""#).utf8) + Array(repeating: UInt8(ascii: "a"), count: padding)
            #expect(refusal(text + bytes + Array(#""}"#.utf8))?.reason == .notUTF8)
        }
        #expect(refusal(bytes)?.reason == .notUTF8)
    }

    @Test(arguments: [
        "é", "€", "😀", "\u{7ff}", "\u{800}", "\u{d7ff}", "\u{e000}", "\u{ffff}", "\u{10000}", "\u{10ffff}",
    ])
    func `Characters of every length are taken`(text: String) throws {
        #expect(try submission(job(#""task_type":"\#(text)""#)).taskType == text)
    }

    @Test(arguments: [
        "{", "}", "", " ", "nul", "tru", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}",
        "{'a':1}", "{a:1}", "[1,]", "[,1]", "[1", "{\"a\":[1}", "{\"a\":{]}", "{\"a\":NaN}", "{\"a\":Infinity}",
        "{\"a\":-Infinity}", "{\"a\":01}", "{\"a\":-01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":-}", "{\"a\":+1}",
        "{\"a\":1e}", "{\"a\":1e+}", "{\"a\":1.e1}", "{\"a\":0x1}", "{\"a\":\"\\x41\"}", "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800x\"}", "{\"a\":\"\\udc00\"}",
        "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\ud800\\ud800\"}", "{\"a\":\"\u{1}\"}", "{\"a\":\"\n\"}",
        "{\"a\":\"\t\"}", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":\"\\\"}", "\u{feff}{}", "{} {}", "{}x", "{}\u{0}",
        "{\"a\":1}//", "{\"a\":1/**/}", "{\"a\":True}", "{\"a\":truex}", "\u{a0}{}", "\u{c}{}", "{\"a\":1\u{b}}",
        "{\"\\ud800\":1}", "{\"a\" 1}", "{\"a\"::1}", "{1:2}", "{null:1}", "{\"a\":undefined}", "\"a", "-",
        "{\"a\":\u{7f}}",
    ])
    func `What is no JSON is not_json`(text: String) {
        #expect(refusal(text)?.reason == (text.isEmpty ? .empty : .notJSON))
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `64 levels are taken and 65 are too deep`(opening: String) {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ levels: Int) -> String {
            job("\"x\":" + String(repeating: opening, count: levels) + "1" + String(repeating: closing, count: levels))
        }
        #expect(refusal(nested(63)) == nil)
        #expect(refusal(nested(64))?.reason == .tooDeep)
        #expect(refusal(String(repeating: opening, count: 60_000 / opening.utf8.count))?.reason == .tooDeep)
    }

    @Test(arguments: ["[]", "[1,{}]", "1", "-0", "\"a\"", "true", "false", "null", " 1.5e3 "])
    func `JSON that is no object is not_an_object`(text: String) {
        #expect(refusal(text)?.reason == .notAnObject)
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#, #"{"\u0061":1,"\u0061":2}"#,
        #"{"x":{"b":1,"c":2,"b":3}}"#, #"{"x":[1,{"b":1,"b":2}]}"#, #"{"":1,"":2}"#, #"{"é":1,"\u00e9":2}"#,
        #"{"😀":1,"\ud83d\ude00":2}"#, #"{"/":1,"\/":2}"#, #"{"workflows":[{"payload":{"a":{"b":1,"b":1}}}]}"#,
        #"{"job_id":"a","job_id":"a"}"#, #"{"a":null,"a":null}"#, #"{"\n":1,"\u000a":2}"#,
    ])
    func `A key twice in one object is duplicate_key, after unescaping and at any level`(text: String) {
        #expect(refusal(text)?.reason == .duplicateKey)
    }

    @Test func `The same key in different objects is no duplicate`() {
        #expect(refusal(job(#""x":{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":1}},"y":{"a":1}"#)) == nil)
    }

    @Test(arguments: [2, 15, 16, 17, 18, 33, 64, 65, 500, 5000])
    func `A key twice among many is found, first or last, and none where there is none`(count: Int) {
        let keys = (0..<count).map { "\"k\($0)\":0" }
        #expect(refusal(job("\"x\":{" + keys.joined(separator: ",") + "}")) == nil)
        for twice in [0, count / 2, count - 1] {
            let more = keys + ["\"\\u006b\(twice)\":1"]
            #expect(refusal(job("\"x\":{" + more.joined(separator: ",") + "}"))?.reason == .duplicateKey)
        }
    }

    static let typeRows: [Row] = [
        Row(.unknownType, "{}", "type"), Row(.unknownType, #"{"type":null}"#, "type"),
        Row(.unknownType, #"{"type":"x"}"#, "type"), Row(.unknownType, #"{"type":""}"#, "type"),
        Row(.unknownType, #"{"type":5}"#, "type"), Row(.unknownType, #"{"type":"job.submitte"}"#),
        Row(.unknownType, #"{"type":"job.submitted "}"#), Row(.unknownType, #"{"type":"Job.Submitted"}"#),
        Row(.unknownType, #"{"job_id":"a","workflows":[{}]}"#, "type"),
        Row(.unknownType, #"{"dataset_uuid":null}"#, "type"),
    ]

    static let missingRows: [Row] = [
        Row(.missingField, #"{"type":"job.submitted","workflows":[{}]}"#, "job_id"),
        Row(.missingField, #"{"type":"job.submitted","job_id":null,"workflows":[{}]}"#, "job_id"),
        Row(.missingField, #"{"type":"job.submitted","job_id":"a"}"#, "workflows"),
        Row(.missingField, #"{"type":"job.submitted","job_id":"a","workflows":null}"#, "workflows"),
        Row(.missingField, #"{"type":"job.cancelled"}"#, "job_id"),
        Row(.missingField, #"{"type":"task.accepted","attempt":1,"lease_token":"a","routing_key":"a"}"#, "task_id"),
        Row(.missingField, #"{"type":"task.rejected","task_id":"a","lease_token":"a","routing_key":"a"}"#, "attempt"),
        Row(.missingField, #"{"type":"task.failed","task_id":"a","attempt":1,"routing_key":"a"}"#, "lease_token"),
        Row(.missingField, #"{"type":"task.completed","task_id":"a","attempt":1,"lease_token":"a"}"#, "routing_key"),
        Row(.missingField, #"{"dataset_uuid":"a","cursor":1}"#, "dataset_version"),
        Row(.missingField, #"{"dataset_uuid":"a","dataset_version":"b"}"#, "cursor"),
        Row(.missingField, #"{"type":"dataset.updated","dataset_version":"b","cursor":1}"#, "dataset_uuid"),
        Row(.missingField, #"{"dataset_uuid":"a","dataset_version":"b","partition_key":"c","end":1}"#, "start"),
        Row(.missingField, #"{"dataset_uuid":"a","dataset_version":"b","partition_key":"c","start":1}"#, "end"),
        Row(.missingField, #"{"dataset_uuid":"a","dataset_version":"b","start":1,"end":1}"#, "partition_key"),
        Row(.missingField, #"{"type":"dataset.version.set","dataset_uuid":"a"}"#, "dataset_version"),
        Row(.missingField, #"{"type":"source.heartbeat","job_definition":"a"}"#, "generation"),
        Row(.missingField, #"{"type":"source.heartbeat","generation":1}"#, "job_definition"),
        Row(.missingField, #"{"type":"task.requested"}"#, "job_definition"),
        Row(.missingField, #"{"type":"datacenter.drain","reason":"x"}"#, "datacenter"),
        Row(.missingField, #"{"type":"datacenter.undrain"}"#, "datacenter"),
    ]

    static let wrongTypeRows: [Row] = [
        Row(.wrongType, #"{"type":"job.submitted","job_id":5,"workflows":[{}]}"#, "job_id"),
        Row(.wrongType, #"{"type":"job.submitted","job_id":"a","workflows":{}}"#, "workflows"),
        Row(.wrongType, #"{"type":"job.submitted","job_id":"a","workflows":[{},1]}"#, "workflows[1]"),
        Row(.wrongType, #"{"type":"job.submitted","job_id":"a","workflows":[null]}"#, "workflows[0]"),
        Row(.wrongType, workflow(#""cores":1.5"#), "workflows[0].cores"), Row(.wrongType, workflow(#""cores":"4""#)),
        Row(.wrongType, workflow(#""cores":true"#)), Row(.wrongType, workflow(#""cores":1e-1"#)),
        Row(.wrongType, workflow(#""cores":99999999999999999999.5"#)), Row(.wrongType, workflow(#""workflow_id":1"#)),
        Row(.wrongType, workflow(#""duration":[]"#)), Row(.wrongType, workflow(#""timeout":false"#)),
        Row(.wrongType, job(#""tenant":1"#), "tenant"), Row(.wrongType, job(#""datacenters":"dc-a""#)),
        Row(.wrongType, job(#""datacenters":["dc-a",1]"#), "datacenters[1]"),
        Row(.wrongType, job(#""datacenters":[null]"#)), Row(.wrongType, job(#""runtimes":"shell""#)),
        Row(.wrongType, job(#""runtimes":[["shell"]]"#)), Row(.wrongType, job(#""priority":1"#), "priority"),
        Row(.wrongType, job(#""task_type":{}"#)), Row(.wrongType, job(#""best_effort":"true""#)),
        Row(.wrongType, job(#""best_effort":1"#)), Row(.wrongType, job(#""retry_budget":"3""#)),
        Row(.wrongType, job(#""retry_budget":0.5"#)), Row(.wrongType, job(#""datacenter_count":1.5"#)),
        Row(.wrongType, job(#""deadline_seconds":"1m""#)), Row(.wrongType, job(#""best_effort_min_dcs":[1]"#)),
        Row(.wrongType, outcome("task.accepted", #""started":"yes""#), "started"),
        Row(.wrongType, outcome("task.accepted", #""datacenter":1"#)),
        Row(.wrongType, outcome("task.accepted", #""timestamp":"now""#)),
        Row(.wrongType, outcome("task.heartbeat", #""progress":"half""#)),
        Row(.wrongType, outcome("task.rejected", #""reason":1"#)),
        Row(.wrongType, outcome("task.failed", #""error":"x""#)),
        Row(.wrongType, outcome("task.failed", #""error":{"retryable":"no"}"#), "error.retryable"),
        Row(.wrongType, outcome("task.failed", #""error":{"message":5}"#), "error.message"),
        Row(.wrongType, #"{"type":"job.cancelled","job_id":"a","reason":5}"#, "reason"),
        Row(.wrongType, #"{"dataset_uuid":5}"#.replacing("}", with: #","dataset_version":"a","cursor":1}"#)),
        Row(.wrongType, #"{"dataset_uuid":"a","dataset_version":"b","cursor":"12"}"#, "cursor"),
        Row(.wrongType, #"{"type":"source.heartbeat","job_definition":"a","generation":1.5}"#, "generation"),
    ]

    static let outOfRangeRows: [Row] = [
        Row(.outOfRange, #"{"type":"job.submitted","job_id":"a","workflows":[]}"#, "workflows"),
        Row(.outOfRange, workflow(#""cores":-1"#), "workflows[0].cores"),
        Row(.outOfRange, workflow(#""cores":2147483648"#)),
        Row(.outOfRange, workflow(#""cores":1e999"#)), Row(.outOfRange, workflow(#""cores":99999999999999999999"#)),
        Row(.outOfRange, workflow(#""duration":"1x""#)), Row(.outOfRange, workflow(#""duration":"""#)),
        Row(.outOfRange, workflow(#""duration":-1"#)), Row(.outOfRange, workflow(#""duration":1e999"#)),
        Row(.outOfRange, workflow(#""timeout":"-5s""#)), Row(.outOfRange, workflow(#""timeout":"1m 30s""#)),
        Row(.outOfRange, job(#""priority":"high""#), "priority"), Row(.outOfRange, job(#""priority":"""#)),
        Row(.outOfRange, job(#""priority":"Normal""#)), Row(.outOfRange, job(#""retry_budget":-1"#), "retry_budget"),
        Row(.outOfRange, job(#""retry_budget_per_workflow":-1"#)), Row(.outOfRange, job(#""datacenter_count":0"#)),
        Row(.outOfRange, job(#""datacenter_count":65"#)), Row(.outOfRange, job(#""datacenter_count":-1"#)),
        Row(.outOfRange, job(#""runtimes":[]"#), "runtimes"), Row(.outOfRange, job(#""best_effort_min_dcs":-1"#)),
        Row(.outOfRange, job(#""best_effort_deadline_seconds":-0.5"#)),
        Row(.outOfRange, job(#""deadline_seconds":-1"#)),
        Row(.outOfRange, job(#""deadline_seconds":1e400"#)), Row(.outOfRange, job(#""retry_budget":1e30"#)),
        Row(.outOfRange, #"{"type":"job.submitted","job_id":"a","workflows":[{},{}]}"#, "workflows[1]"),
        Row(.outOfRange, #"{"type":"job.submitted","job_id":"a","workflows":[{"workflow_id":"w1"},{}]}"#),
        Row(
            .outOfRange,
            #"{"type":"job.submitted","job_id":"a","workflows":[{"workflow_id":"x"},{"workflow_id":"\u0078"}]}"#),
        Row(.outOfRange, #"{"dataset_uuid":"a","dataset_version":"b","cursor":9223372036854775808}"#, "cursor"),
        Row(.outOfRange, #"{"dataset_uuid":"a","dataset_version":"b","cursor":-9223372036854775809}"#, "cursor"),
        Row(.outOfRange, outcome("task.heartbeat", #""progress":1e999"#)),
        Row(.outOfRange, #"{"type":"task.accepted","task_id":"a","attempt":0,"lease_token":"a","routing_key":"a"}"#),
    ]

    static let badNameRows: [Row] = [
        Row(.badName, #"{"type":"job.submitted","job_id":"","workflows":[{}]}"#, "job_id"),
        Row(.badName, #"{"type":"job.submitted","job_id":"\u0000","workflows":[{}]}"#, "job_id"),
        Row(.badName, #"{"type":"job.submitted","job_id":"a\tb","workflows":[{}]}"#),
        Row(.badName, "{\"type\":\"job.submitted\",\"job_id\":\"a\u{7f}\",\"workflows\":[{}]}"),
        Row(.badName, "{\"type\":\"job.submitted\",\"job_id\":\"a\u{80}\",\"workflows\":[{}]}"),
        Row(.badName, "{\"type\":\"job.submitted\",\"job_id\":\"a\u{9f}\",\"workflows\":[{}]}"),
        Row(.badName, #"{"type":"job.submitted","job_id":"a\u0085","workflows":[{}]}"#),
        Row(.badName, workflow(#""workflow_id":"""#), "workflows[0].workflow_id"), Row(.badName, job(#""tenant":"""#)),
        Row(.badName, job(#""datacenters":["dc.a"]"#), "datacenters[0]"), Row(.badName, job(#""datacenters":[""]"#)),
        Row(.badName, job(#""datacenters":["dc a"]"#)), Row(.badName, job(#""datacenters":["é"]"#)),
        Row(.badName, job(#""datacenters":["\#(String(repeating: "a", count: 65))"]"#)),
        Row(.badName, job(#""runtimes":["shell","a/b"]"#), "runtimes[1]"),
        Row(.badName, outcome("task.accepted", #""datacenter":"a.b""#)),
        Row(.badName, outcome("task.accepted", #""manager_id":"""#)),
        Row(.badName, #"{"type":"datacenter.drain","datacenter":"dc.a"}"#, "datacenter"),
        Row(.badName, #"{"type":"datacenter.undrain","datacenter":""}"#, "datacenter"),
        Row(.badName, #"{"type":"task.requested","job_definition":""}"#, "job_definition"),
        Row(.badName, #"{"type":"job.cancelled","job_id":"\#(String(repeating: "é", count: 129))"}"#, "job_id"),
    ]

    @Test(arguments: typeRows + missingRows)
    func `A record without a type or a needed field is refused by its name`(row: Row) { self.expect(row) }

    @Test(arguments: wrongTypeRows)
    func `A field of another type is wrong_type`(row: Row) { self.expect(row) }

    @Test(arguments: outOfRangeRows)
    func `A value outside its range is out_of_range`(row: Row) { self.expect(row) }

    @Test(arguments: badNameRows)
    func `A name that is none is bad_name`(row: Row) { self.expect(row) }

    private func expect(_ row: Row) {
        let refusal = refusal(row.text)
        #expect(refusal?.reason == row.reason)
        if let field = row.field { #expect(refusal?.field == field) }
        if let field = refusal?.field { #expect(refusal?.message.hasPrefix(field) == true) }
        #expect((refusal?.message.utf8.count ?? 0) < 200)
    }

    @Test func `An id of 256 bytes is taken and one of 257 is not`() throws {
        func cancelled(_ bytes: Int) -> String {
            #"{"type":"job.cancelled","job_id":"\#(String(repeating: "a", count: bytes))"}"#
        }
        #expect(refusal(cancelled(256)) == nil)
        #expect(refusal(cancelled(257))?.reason == .badName)
    }

    @Test func `The limits of workflows and tasks hold exactly`() {
        func job(workflows: Int, slots: Int) -> String {
            let list = (0..<workflows).map { #"{"workflow_id":"w\#($0)"}"# }.joined(separator: ",")
            return #"{"type":"job.submitted","job_id":"j","datacenter_count":\#(slots),"workflows":[\#(list)]}"#
        }
        #expect(refusal(job(workflows: 1000, slots: 2)) == nil)
        #expect(refusal(job(workflows: 1000, slots: 3))?.reason == .outOfRange)
        #expect(refusal(job(workflows: 1001, slots: 1))?.reason == .outOfRange)
    }
}
