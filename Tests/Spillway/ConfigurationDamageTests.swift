import FoundationEssentials
import Settings
import Spillway
import Testing

/// A generator whose numbers are the same for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct ConfigurationDamageTests {
    private static let pieces = [
        ":", "\n", "\t", "&a", "*a", "- ", "[", "]", "{", "}", "\"", "'", "#", "!!x ", "|", ">", "%", "\u{0}", "---\n",
        "?",
        "99999999999999999999", "-1", "1e999", "💥", "<<: ", "  ",
    ]

    @Test(arguments: 0..<UInt64(20))
    func `A damaged file is read or refused, and never more than that`(seed: UInt64) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let reference = try Data(contentsOf: root.appending(path: "Deploy/spillway.yaml"))
        var random = SplitMix(state: seed)
        for _ in 0..<20 {
            var bytes = Array(reference)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let start = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, start + Int.random(in: 0...40, using: &random))
                let piece = Self.pieces.randomElement(using: &random) ?? ""
                bytes.replaceSubrange(start..<end, with: Array(piece.utf8))
            }
            if Bool.random(using: &random) { bytes.append(UInt8.random(in: 0...255, using: &random)) }
            do throws(ConfigurationError) {
                let read = try Configuration.load(file: SettingsFile(path: "f", contents: bytes))
                try read.validate()
                #expect(
                    try Configuration.load(file: SettingsFile(path: "f", contents: Array(read.effectiveYAML.utf8)))
                        == read)
            } catch {
                #expect(!error.problems.isEmpty, "seed \(seed)")
                for problem in error.problems { #expect(problem.source == .file("f") || problem.source == .program) }
            }
        }
    }
}
