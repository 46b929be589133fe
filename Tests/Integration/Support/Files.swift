import FoundationEssentials
import Glibc

extension Feed {
    static func isThere(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

    /// Lends a file with this text.
    static func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/spillway-test-\(UInt64.random(in: 0...UInt64.max))"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { unsafe unlink(path) }
        try body(path)
    }
}
