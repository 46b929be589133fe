import Glibc

/// A process of this executable that is measured from outside.
final class BenchChild {
    /// The process.
    let id: pid_t
    /// What its standard output says, as lines.
    private let output: Int32
    private var unread: [UInt8] = []
    /// Where its standard error goes.
    private let log: String
    private var status: Int32?

    /// Starts `spillway` with these arguments, and the environment of this process with these additions. Settings in
    /// that environment are left out: the child has all of them from its file.
    ///
    /// - Parameter log: the file that takes its standard error.
    init(_ arguments: [String], environment: [String] = [], log: String) throws(CommandFailure) {
        var pipes: [Int32] = [-1, -1]
        guard unsafe pipe(&pipes) == 0 else { throw .failed("no pipe to be had") }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipes[1]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var id = pid_t()
        let words = ["spillway"] + arguments
        let code = unsafe Self.withStrings(words) { words in
            unsafe Self.withStrings(Self.environment() + environment) { environment in
                unsafe posix_spawn(&id, "/proc/self/exe", &actions, nil, words, environment)
            }
        }
        guard code == 0 else {
            close(pipes[0])
            throw .failed("spillway \(arguments.first ?? "") can't be started (error \(code))")
        }
        self.id = id
        self.output = pipes[0]
        self.log = log
        _ = fcntl(pipes[0], F_SETFL, O_NONBLOCK)
    }

    deinit {
        if self.status == nil {
            kill(self.id, SIGKILL)
            self.reap(options: 0)
        }
        close(self.output)
    }

    /// Whether it still runs.
    var isRunning: Bool {
        if self.status == nil { self.reap(options: WNOHANG) }
        return self.status == nil
    }

    /// The next whole line of its standard output, if there is one.
    func line() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !self.unread.contains(UInt8(ascii: "\n")) {
            let count = unsafe Glibc.read(self.output, &buffer, buffer.count)
            guard count > 0 else { return nil }
            self.unread += buffer[..<count]
        }
        guard let end = self.unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { self.unread.removeFirst(end + 1) }
        return String(decoding: self.unread[..<end], as: UTF8.self)
    }

    /// Asks it to end, waits, and ends it by force after that.
    ///
    /// - Returns: whether it ended by itself with 0.
    func end(within seconds: Double = 20) -> Bool {
        if self.isRunning { kill(self.id, SIGTERM) }
        let deadline = BenchClock.monotonic() + seconds
        while self.isRunning {
            guard BenchClock.monotonic() < deadline else {
                kill(self.id, SIGKILL)
                self.reap(options: 0)
                return false
            }
            BenchClock.pause(0.01)
        }
        return self.status == 0
    }

    /// Seconds of user and system time so far.
    var cpu: Double { BenchClock.cpu(of: self.id) ?? 0 }

    /// The most memory that it has held, in bytes.
    var peakMemory: Int {
        let lines = BenchFile.read("/proc/\(self.id)/status").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
        return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    /// The last lines of its standard error.
    var lastWords: String {
        BenchFile.read(self.log).split(separator: "\n").suffix(8).map { line in
            line.count > 500 ? line.prefix(500) + "…" : line
        }.joined(separator: "\n")
    }

    private func reap(options: Int32) {
        var status: Int32 = 0
        guard unsafe waitpid(self.id, &status, options) == self.id else { return }
        self.status = status
    }

    private static func environment() -> [String] {
        var all: [String] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if !text.hasPrefix("SPILLWAY_") { all.append(text) }
            unsafe next += 1
        }
        return all
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies)
    }
}

/// Small files as text.
enum BenchFile {
    /// What is in a file; nothing where it can't be read.
    static func read(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(file, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// Writes a file that only its owner may read.
    static func write(_ text: String, to path: String) -> Bool {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        let bytes = Array(text.utf8)
        return unsafe Glibc.write(file, bytes, bytes.count) == bytes.count
    }
}
