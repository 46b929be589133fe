import Dispatch
import Glibc
import Synchronization

/// The built executable as a process of its own: its standard output line by line, its standard error at the end.
final class ChildProcess {
    /// What is left when it has ended.
    struct Ending {
        /// The exit code, or 128 and the signal's number.
        var code: Int32
        var output: [String]
        var errors: String
    }

    private let pid: pid_t
    private let output: Int32
    private let errors: Int32
    private var unread: [UInt8] = []
    private var isOver = false
    private let watchdog: DispatchWorkItem
    private static let lock = Mutex(())

    /// Starts `spillway` with arguments.
    ///
    /// - Parameters:
    ///   - environment: what is set beside PATH.
    ///   - limit: it is killed after so many seconds, so that no test waits forever.
    init(_ arguments: [String], environment: [String] = [], limit: Double = 50) throws {
        let executable = try Self.executable()
        var pipes: [Int32] = [-1, -1]
        var name = Array("/tmp/spillway-test-XXXXXX".utf8CString)
        var pid: pid_t = 0
        // One at a time, so that no other child gets the ends of this one's pipe.
        let (code, errors) = Self.lock.withLock { _ -> (Int32, Int32) in
            guard unsafe pipe(&pipes) == 0 else { return (errno, -1) }
            let errors = unsafe mkstemp(&name)
            _ = unsafe unlink(name)
            for descriptor in pipes + [errors] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            var actions = unsafe posix_spawn_file_actions_t()
            unsafe posix_spawn_file_actions_init(&actions)
            defer { unsafe posix_spawn_file_actions_destroy(&actions) }
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            unsafe posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
            unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
            // The thread that starts it may be one of libdispatch's, which block signals.
            var attributes = posix_spawnattr_t()
            unsafe posix_spawnattr_init(&attributes)
            defer { unsafe posix_spawnattr_destroy(&attributes) }
            var mask = sigset_t()
            unsafe sigemptyset(&mask)
            unsafe posix_spawnattr_setsigmask(&attributes, &mask)
            unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
            // Safe: the copies live until the call has returned.
            let words = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
            let variables = unsafe (["PATH=/usr/bin:/bin"] + environment).map { unsafe strdup($0) } + [nil]
            defer { unsafe (words + variables).forEach { unsafe free($0) } }
            let code = unsafe posix_spawn(&pid, executable, &actions, &attributes, words, variables)
            close(pipes[1])
            return (code, errors)
        }
        guard code == 0, errors >= 0 else { throw ChildFailure(what: "\(executable) doesn't start: \(code)") }
        let child = pid
        self.pid = child
        self.output = pipes[0]
        self.errors = errors
        self.watchdog = DispatchWorkItem { kill(child, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: self.watchdog)
    }

    deinit {
        self.watchdog.cancel()
        if !self.isOver {
            kill(self.pid, SIGKILL)
            _ = waitpid(self.pid, nil, 0)
        }
        close(self.output)
        close(self.errors)
    }

    /// Runs it to its end.
    static func run(_ arguments: String..., environment: [String] = []) throws -> Ending {
        try ChildProcess(arguments, environment: environment).end()
    }

    /// Waits for the next line of standard output. `nil` at its end.
    func line() -> String? {
        while true {
            if let end = self.unread.firstIndex(of: 0x0a) {
                defer { self.unread.removeFirst(end + 1) }
                return String(decoding: self.unread[..<end], as: UTF8.self)
            }
            guard let part = Self.read(self.output), !part.isEmpty else {
                defer { self.unread = [] }
                return self.unread.isEmpty ? nil : String(decoding: self.unread, as: UTF8.self)
            }
            self.unread += part
        }
    }

    /// Sends it a signal.
    func signal(_ number: Int32) {
        kill(self.pid, number)
    }

    /// Waits for its end.
    func end() -> Ending {
        var lines: [String] = []
        while let line = self.line() { lines.append(line) }
        var status: Int32 = 0
        _ = unsafe waitpid(self.pid, &status, 0)
        self.isOver = true
        self.watchdog.cancel()
        let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
        return Ending(code: code, output: lines, errors: self.standardError())
    }

    /// What it has written to standard error so far.
    func standardError() -> String {
        lseek(self.errors, 0, SEEK_SET)
        var bytes: [UInt8] = []
        while let part = Self.read(self.errors), !part.isEmpty { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func read(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count >= 0 { return Array(buffer[..<count]) }
            guard errno == EINTR else { return nil }
        }
    }

    /// The executable stands beside the test bundle.
    private static func executable() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        var places = count > 0 ? [String(decoding: buffer[..<count], as: UTF8.self)] : []
        places += CommandLine.arguments.filter { $0.contains(".xctest") }
        for place in places {
            guard let slash = place.lastIndex(of: "/") else { continue }
            let path = String(place[..<slash]) + "/spillway"
            if unsafe access(path, X_OK) == 0 { return path }
        }
        throw ChildFailure(what: "no executable spillway beside the test bundle: \(places)")
    }
}

/// Why there is no child.
struct ChildFailure: Error, CustomStringConvertible {
    var what: String
    var description: String { self.what }
}
