import FoundationEssentials
import SpillwayMessages
import Testing

@Suite struct JSONWriterTests {
    @Test(arguments: [
        (0.0, "0.0"), (-0.0, "0.0"), (1, "1.0"), (-1, "-1.0"), (90, "90.0"), (0.5, "0.5"), (0.001, "0.001"),
        (-12.25, "-12.25"), (1_795_229_700.75, "1795229700.75"), (1_795_229_700.751, "1795229700.751"),
        (0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"), (0.000_001, "0.000001"), (1e-7, "1e-07"), (0.05, "0.05"),
        (1.005, "1.005"), (310.042, "310.042"), (123_456.000_001, "123456.000001"), (1e12, "1000000000000.0"),
        (4e12, "4000000000000.0"), (1e15, "1000000000000000.0"), (9_007_199_254_740_992, "9007199254740992.0"),
        (1e17, "100000000000000000.0"), (1e22, "1e+22"), (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
        (1_795_229_700.123_456_7, "1795229700.1234567"),
    ])
    func `Doubles are short, decimal where that is short, and never what JSON has no word for`(
        value: Double, text: String
    ) {
        #expect(written { $0.write(value) } == text)
    }

    @Test func `Every double reads back as itself and is no longer than the standard library's text`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var numbers = SeededNumbers(seed: seed)
        for round in 0..<20_000 {
            let value: Double
            switch round % 4 {
            case 0: value = Double(bitPattern: numbers.next())
            case 1: value = Double(Int.random(in: 0...2_000_000_000_000, using: &numbers)) / 1000
            case 2: value = Double.random(in: 0...2e9, using: &numbers)
            default: value = Double(Int.random(in: 0...4_000_000_000_000_000, using: &numbers)) / 1e6
            }
            guard value.isFinite else { continue }
            let text = written { $0.write(value) }
            #expect(Double(text) == value)
            if value.magnitude > 1e-4, value.magnitude < 1e15 { #expect(text.count <= value.description.count) }
        }
    }

    @Test(arguments: [
        Int64.min, Int64.max, 0, 1, -1, 9, 10, 99, 100, 999_999_999_999_999_999, 1_000_000_000_000_000_000,
    ])
    func `Integers are written whole`(value: Int64) {
        #expect(written { $0.write(value) } == value.description)
    }

    @Test(arguments: [
        "", "a", "abcdefgh", "abcdefghi\"", "\"", "\\", "/", "\u{0}", "\u{1f}", "\n\r\t\u{8}\u{c}", "\u{7f}", "é", "😀",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u{2028}", "0123456\"89abcdef\\",
    ])
    func `Strings read back as themselves`(text: String) throws {
        let json = written { $0.write(list: [text, text]) }
        #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [text, text])
        #expect(!json.utf8.contains { $0 < 0x20 })
    }

    @Test func `Several records stand one behind the other, and storage grows as it must`() {
        var writer = JSONWriter(capacity: 1)
        for index in 0..<1000 {
            let start = writer.count
            writer.write(quoted: "record")
            writer.write(index)
            #expect(writer.count == start + 8 + index.description.count)
        }
        #expect(writer.bytes.count == writer.count)
        #expect(writer.span.count == writer.count)
        writer.truncate(to: 8)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"record\"")
        writer.removeAll()
        #expect(writer.bytes.isEmpty)
    }

    @Test func `A span to a millionth leaves out the noise of doubles`() {
        #expect(written { $0.write(millionths: 1_795_229_700.75 - 1_795_229_699.55) } == "1.2")
        #expect(written { $0.write(millionths: 0) } == "0.0")
        #expect(written { $0.write(millionths: .infinity) } == "null")
    }
}
