import SpillwayCore
import SpillwayMessages
import Testing

/// A record with several faults is refused with the first of the table.
@Suite struct RefusalOrderTests {
    @Test(arguments: [
        // Size before encoding, encoding before syntax, syntax before meaning.
        (RefusalReason.tooLarge, String(repeating: "\u{ff}", count: 65_536)),
        (.notJSON, #"{"type":"x","job_id":5"#), (.notJSON, #"{"workflows":5}x"#), (.notJSON, #"{"job_id":"",}"#),
        (.duplicateKey, #"{"type":"x","a":1,"a":2}"#),
        (.duplicateKey, #"{"type":"job.submitted","job_id":5,"b":{"c":1,"c":1}}"#),
        // Type before fields.
        (.unknownType, #"{"type":"x","job_id":5}"#), (.unknownType, #"{"job_id":""}"#),
        // Missing before wrong type before range before name, whatever stands first.
        (.missingField, #"{"type":"job.submitted","workflows":5}"#),
        (.missingField, #"{"type":"job.submitted","job_id":5}"#),
        (.missingField, #"{"type":"job.submitted","priority":"x","datacenters":[""],"workflows":[{"cores":1.5}]}"#),
        (.missingField, outcome("task.failed", #""datacenter":".""#).replacing(#""attempt":1,"#, with: "")),
        (.wrongType, #"{"type":"job.submitted","job_id":"","workflows":[],"best_effort":1}"#),
        (.wrongType, job(#""priority":"x","datacenters":[".",5]"#)),
        (.wrongType, job(#""datacenters":["."],"deadline_seconds":-1,"retry_budget":1.5"#)),
        (.outOfRange, job(#""datacenters":["."],"tenant":"","retry_budget":-1"#)),
        (.outOfRange, #"{"type":"job.submitted","job_id":"","workflows":[]}"#),
        (.outOfRange, #"{"type":"job.submitted","job_id":"","workflows":[{"workflow_id":""},{},{}]}"#),
        (.badName, #"{"type":"job.submitted","job_id":"","workflows":[{}]}"#),
    ])
    func `The first reason of the table wins`(reason: RefusalReason, text: String) {
        #expect(refusal(text)?.reason == reason)
    }

    @Test func `Bytes that are no UTF-8 come before bad JSON`() {
        #expect(refusal([UInt8(ascii: "{"), 0xff])?.reason == .notUTF8)
    }

    @Test func `An unknown type in the header comes before a body that disagrees`() {
        #expect(refusal(#"{"type":"job.submitted"}"#, header: "x")?.reason == .unknownType)
        #expect(refusal(#"{"type":"job.submitted"}"#, header: "")?.reason == .unknownType)
    }

    @Test(arguments: [
        #"{"type":"job.cancelled"}"#, #"{"type":"x"}"#, #"{"type":5}"#, #"{"type":"job.cancelled","job_id":5}"#,
    ])
    func `A body that disagrees with the header comes before its fields`(text: String) {
        #expect(refusal(text, header: "job.submitted")?.reason == .typeMismatch)
    }

    @Test(arguments: [#""type":null"#, #""x":1"#, #""type":"job.cancelled""#, #""type":"job.c\u0061ncelled""#])
    func `A header alone, or one that the body repeats, is the type`(field: String) throws {
        #expect(
            try event(#"{"job_id":"j",\#(field)}"#, header: "job.cancelled") == .jobCancelled(jobID: "j", reason: nil))
    }

    @Test func `A dataset without a type is an update`() throws {
        #expect(try event(#"{"dataset_uuid":"d","dataset_version":"v","cursor":-5}"#).type == .datasetUpdated)
        #expect(refusal(#"{"dataset_uuid":5,"dataset_version":"v","cursor":1}"#)?.reason == .wrongType)
        #expect(refusal(#"{"dataset_uuid":"d"}"#, header: "job.submitted")?.reason == .missingField)
    }
}
