#if canImport(Glibc)
    import Glibc
#endif

/// Reads what a flag names.
enum InputFile {
    /// The most that is read: more is a mistake, not a fleet.
    private static let limit = 1 << 30

    /// The bytes of a file, or of standard input for `-`.
    ///
    /// - Throws: a failure that names the path and the reason.
    static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        let descriptor = unsafe path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            // Safe: the pointer is used within the closure only, and the count is that of what lies behind it.
            let count = unsafe part.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            guard bytes.count + count <= Self.limit else { throw .failed("\(path): is larger than 1 GiB") }
            bytes += part[..<count]
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        .failed("\(path): \(unsafe String(cString: strerror(errno)))")
    }
}
