#if canImport(Glibc)
    import Glibc
#endif

/// A settings file as it was read: its nodes, and what was wrong with it as a text.
package struct SettingsFile: Sendable {
    /// A file above this many bytes is no settings file.
    package static let mostBytes = 1 << 20

    /// The path as it was given.
    package let path: String
    package let root: SettingsNode?
    package let problems: [SettingsProblem]

    /// Reads a file. What is wrong is kept as problems.
    package init(path: String) {
        switch Self.contents(of: path, mostBytes: Self.mostBytes) {
        case .success(let bytes): self.init(path: path, contents: bytes)
        case .failure(let failure): self.init(path: path, problem: failure.reason)
        }
    }

    /// Reads a text as if it were the file at that path.
    package init(path: String, contents: [UInt8]) {
        let (root, failures) = YAMLParser.parse(contents)
        self.path = path
        self.root = root
        self.problems = failures.map {
            SettingsProblem(source: .file(path), line: $0.line, key: $0.key, reason: $0.reason)
        }
    }

    private init(path: String, problem: String) {
        self.path = path
        self.root = nil
        self.problems = [SettingsProblem(source: .file(path), key: "", reason: problem)]
    }

    /// Why a file could not be read.
    package struct Unreadable: Error {
        package let reason: String
    }

    /// The bytes of a file, up to a bound; a path of `-` is no exception.
    package static func contents(of path: String, mostBytes: Int) -> Result<[UInt8], Unreadable> {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(Unreadable(reason: "can't be read: \(Self.lastError())")) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= mostBytes {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return .success(bytes) }
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(Unreadable(reason: "can't be read: \(Self.lastError())"))
            }
            bytes.append(contentsOf: chunk.prefix(count))
        }
        return .failure(Unreadable(reason: "is longer than \(mostBytes) bytes"))
    }

    private static func lastError() -> String {
        unsafe String(cString: strerror(errno))
    }
}
