import FoundationEssentials
import SpillwayCore
import SpillwayMessages
import Testing

/// Good records, changed at random. Whatever comes of it is taken or refused, never a crash.
@Suite(.timeLimit(.minutes(1))) struct FuzzTests {
    static let seed = UInt64.random(in: 0 ... .max)

    static let pieces: [[UInt8]] =
        [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "1e999", "null", "true", "\\u0061", "\\ud83d", "\\",
            "1.5",
            "\u{0}", "é", "😀", "[[[[[[[[", "{\"a\":", "\"type\"", "\"job_id\":1", ".", "e", "E+", "01",
        ].map { Array($0.utf8) }
        + [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xc2]]

    static func mutated(_ bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            let at = Int.random(in: 0...bytes.count, using: &numbers)
            let end = min(bytes.count, at + Int.random(in: 0...6, using: &numbers))
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: bytes.removeSubrange(at..<end)
            case 1: bytes.insert(contentsOf: self.pieces.randomElement(using: &numbers) ?? [], at: at)
            case 2: bytes.replaceSubrange(at..<end, with: self.pieces.randomElement(using: &numbers) ?? [])
            case 3: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &numbers) }
            default: bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &numbers))
            }
        }
        return bytes
    }

    @Test func `Changed events are taken or refused, and JSON is told from what isn't as another reader tells it`() {
        print("seed \(Self.seed)")
        var numbers = SeededNumbers(seed: Self.seed)
        var decoder = EventDecoder()
        var texts = EventTests.examples.map { Array($0.0.utf8) }
        texts.append(
            Array(job(#""x":[1,2.5,{"a":null,"b":[]}],"best_effort":true,"runtimes":["a"],"tenant":"\u00e9""#).utf8))
        var taken = 0
        for round in 0..<20_000 {
            let bytes = Self.mutated(texts[round % texts.count], &numbers)
            do throws(Refusal) {
                _ = try decoder.decode(value: bytes.raw, typeHeader: nil)
                taken += 1
                #expect(Self.isJSON(bytes) || Self.mayOverflow(bytes), "seed \(Self.seed), round \(round)")
            } catch {
                if error.reason == .notJSON {
                    #expect(
                        !Self.isJSON(bytes) || Self.isLenient(bytes),
                        "seed \(Self.seed), round \(round): \(error): \(String(decoding: bytes, as: UTF8.self))")
                }
                if error.reason == .notUTF8 { #expect(String(validating: bytes, as: UTF8.self) == nil) }
            }
        }
        #expect(taken > 100)
    }

    /// Any JSON, read to its last leaf: the decoder looks at a string or a number only when it is asked for.
    private struct Anything: Decodable {
        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            if let object = try? decoder.container(keyedBy: Key.self) {
                for key in object.allKeys where try !object.decodeNil(forKey: key) {
                    _ = try object.decode(Anything.self, forKey: key)
                }
            } else if var list = try? decoder.unkeyedContainer() {
                while !list.isAtEnd {
                    if try !list.decodeNil() { _ = try list.decode(Anything.self) }
                }
            } else {
                let value = try decoder.singleValueContainer()
                if value.decodeNil() || (try? value.decode(Bool.self)) != nil { return }
                if (try? value.decode(String.self)) == nil { _ = try value.decode(Double.self) }
            }
        }
    }

    /// What FoundationEssentials takes.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(Anything.self, from: Data(bytes))) != nil
    }

    /// Whether a number may be in it that no double holds, which is JSON all the same.
    private static func mayOverflow(_ bytes: [UInt8]) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 | 0x20 == UInt8(ascii: "e") && $1 < 0x3a }
    }

    /// Whether there is something in it that FoundationEssentials takes although it isn't JSON: a byte order mark, or
    /// a comma with nothing behind it.
    private static func isLenient(_ bytes: [UInt8]) -> Bool {
        let dense = bytes.filter { $0 > 0x20 }
        return bytes.starts(with: [0xef, 0xbb, 0xbf])
            || zip(dense, dense.dropFirst()).contains {
                $0 == UInt8(ascii: ",") && [UInt8(ascii: "}"), UInt8(ascii: "]")].contains($1)
            }
    }

    @Test func `Changed heartbeats, dispatches, state and views are taken or refused`() {
        print("seed \(Self.seed)")
        var numbers = SeededNumbers(seed: Self.seed ^ 1)
        var heartbeats = HeartbeatDecoder()
        var dispatches = DispatchDecoder()
        var state = StateDecoder()
        var views = ViewDecoder()
        var texts = [HeartbeatTests.example, DispatchTests.exampleText, FleetFileTests.capacity].map { Array($0.utf8) }
        texts += StateTests.records.map { record in Array(written { $0.encode(record) }.utf8) }
        texts += ViewTests.records.map { record in Array(written { $0.encode(record) }.utf8) }
        let keys = ["job/1 \"x\"", "job/1 \"x\"\t3\tw \"1\"/é", "drained/dc-a", "reserved/7", "dc-a/m1"].map {
            Array($0.utf8)
        }
        for round in 0..<6000 {
            let value = Self.mutated(texts[round % texts.count], &numbers)
            let key = round % 3 == 0 ? Self.mutated(keys[round % keys.count], &numbers) : keys[round % keys.count]
            _ = try? heartbeats.decode(value: value.raw, key: key.raw)
            _ = try? heartbeats.decode(value: nil, key: key.raw)
            _ = try? dispatches.decode(value: value.raw)
            _ = try? state.decode(key: key.raw, value: value.raw)
            _ = try? views.decode(key: key.raw, value: value.raw)
            _ = try? FleetFile.decode(value.raw)
        }
    }

    @Test func `Every beginning of a record is refused`() {
        let bytes = Array(job(#""x":{"a":[1.5e3,true,null,"\ud83d\ude00"]}"#).utf8)
        #expect(refusal(bytes) == nil)
        for count in 0..<bytes.count {
            #expect(refusal(Array(bytes[..<count]))?.reason == (count == 0 ? .empty : .notJSON))
        }
    }

    @Test func `Hostile records cost little: depth, keys that are many, keys with escapes, digits`() {
        let many = (0..<9000).map { "\"\($0)\":0" }.joined(separator: ",")
        let escaped = (0..<4000).map { "\"\\u0061\($0)\":0" }.joined(separator: ",")
        let digits = String(repeating: "9", count: 60_000)
        let clock = ContinuousClock()
        let time = clock.measure {
            #expect(refusal(String(repeating: "[", count: 65_000))?.reason == .tooDeep)
            #expect(refusal(job("\"x\":{\(many)}"))?.reason == .tooLarge)
            #expect(refusal(job("\"x\":{\(many.split(separator: ",").prefix(7000).joined(separator: ","))}")) == nil)
            #expect(refusal(job("\"x\":{\(escaped)}")) == nil)
            #expect(refusal(workflow("\"cores\":\(digits)"))?.reason == .outOfRange)
            #expect(refusal(workflow("\"cores\":1e\(digits)"))?.reason == .outOfRange)
            #expect(refusal(workflow("\"cores\":1e-\(digits)"))?.reason == .wrongType)
            #expect(refusal(workflow("\"duration\":\(digits)"))?.reason == .outOfRange)
            #expect(refusal(workflow("\"duration\":0.\(digits)")) == nil)
        }
        #expect(time < .seconds(5))
    }
}
