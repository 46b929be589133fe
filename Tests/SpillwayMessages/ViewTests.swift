import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct ViewTests {
    static func decode(key: String, value: String?) throws(Refusal) -> ViewUpdate? {
        var decoder = ViewDecoder()
        let key = Array(key.utf8)
        let value = value.map { Array($0.utf8) }
        return try decoder.decode(key: key.raw, value: value?.raw)
    }

    static let records: [ViewRecord] = [
        .drained(datacenterID: "dc-a", reason: "maintenance \"x\"", since: 1_795_229_700.5),
        .drained(datacenterID: "dc-a", reason: nil, since: 0),
        .reserved(ReservedView(partition: 7, datacenters: [])),
        .reserved(
            ReservedView(
                partition: 7,
                datacenters: [
                    .init(
                        datacenterID: "dc-a", running: [CoresUntil(until: 1_795_229_790.75, cores: 4)],
                        queued: [
                            QueuedCores(cores: 1, durationSeconds: 0.5), QueuedCores(cores: 2, durationSeconds: 60),
                        ]), .init(datacenterID: "dc-b", running: [], queued: []),
                ])),
    ]

    @Test(arguments: records)
    func `Every record comes back from what the writer wrote`(record: ViewRecord) throws {
        let key = written { $0.write(keyOf: record) }
        #expect(try Self.decode(key: key, value: written { $0.encode(record) }) == .set(record))
    }

    @Test func `A tombstone takes the entry back`() throws {
        #expect(written { $0.write(drainedKeyOf: "dc-a") } == "drained/dc-a")
        #expect(try Self.decode(key: "drained/dc-a", value: nil) == .undrained(datacenterID: "dc-a"))
        #expect(try Self.decode(key: "reserved/7", value: nil) == .released(partition: 7))
    }

    @Test func `A table that this program doesn't know is none of its business`() throws {
        #expect(try Self.decode(key: "versions/x", value: "not read") == nil)
    }

    @Test(arguments: [
        ("reserved/x", "{}"), ("reserved/-1", "{}"), ("reserved/1", "{}"), ("reserved/1", #"{"v":2,"reserved":[]}"#),
        ("reserved/1", #"{"v":1,"reserved":[["dc-a",[[1]],[]]]}"#), ("reserved/1", #"{"v":1,"reserved":[["dc-a"]]}"#),
        ("drained/a", #"{"v":1,"drained":[]}"#), ("drained/a", #"{"v":1,"drained":{}}"#), ("drained/a", ""),
    ])
    func `What this program can't have written is refused`(key: String, value: String) {
        #expect(throws: Refusal.self) { try Self.decode(key: key, value: value) }
    }
}
