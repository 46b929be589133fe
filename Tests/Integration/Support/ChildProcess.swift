import Glibc
import Synchronization

/// A program in a process of its own, whose output is read line by line.
///
/// Whoever waits is woken by each line and by the end of the program, so that a child that ends early isn't waited for.
@safe final class ChildProcess: @unchecked Sendable {
    // Safe: everything that changes is guarded by the condition's lock.
    struct Output {
        var lines: [String] = []
        var status: Int32?
    }

    let pid: pid_t
    private let name: String
    private let gate = Gate<Output>(Output())

    /// Starts it. Its standard output and error come as lines, mixed as they come.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        self.name = path
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Trouble("pipe: errno \(errno)") }
        // Other children mustn't keep it open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        let inherited = ["PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH", "JAVA_HOME", "TMPDIR"]
        var variables = environment
        for name in inherited { if let value = Environment.value(name) { variables[name] = value } }
        var argv = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var envp = unsafe variables.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawn(&pid, path, &actions, nil, &argv, &envp)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw Trouble("\(path) can't be started: errno \(code)")
        }
        self.pid = pid
        let input = ends[0]
        Thread.start { [gate, pid] in
            Self.read(input) { line in gate.change { $0.lines.append(line) } }
            var status: Int32 = 0
            unsafe waitpid(pid, &status, 0)
            gate.change { $0.status = status }
        }
    }

    deinit {
        if self.gate.value.status == nil { Glibc.kill(self.pid, SIGKILL) }
    }

    private static func read(_ input: Int32, _ take: (String) -> Void) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe Glibc.read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest.append(contentsOf: buffer[0..<count])
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                take(String(decoding: rest[0..<end], as: UTF8.self))
                rest.removeSubrange(0...end)
            }
        }
        if !rest.isEmpty { take(String(decoding: rest, as: UTF8.self)) }
        close(input)
    }

    /// All that it has written so far.
    var lines: [String] { self.gate.value.lines }

    /// Whether it hasn't ended.
    var isRunning: Bool { self.gate.value.status == nil }

    func send(_ signal: Int32) { if self.isRunning { Glibc.kill(self.pid, signal) } }

    /// Waits until the condition holds of its output. False: it didn't in time, or the program ended before.
    @discardableResult
    func wait(_ seconds: Double, until condition: (Output) -> Bool) -> Bool {
        self.gate.wait(seconds) { condition($0) || $0.status != nil }
        return condition(self.gate.value)
    }

    /// Lets up to so much time pass, less if the program ends. To look at something else again and again.
    func pause(_ seconds: Double) { self.gate.wait(seconds) { $0.status != nil } }

    /// Waits for its end.
    ///
    /// - Returns: its exit code, or 128 and the signal that ended it; nil if it runs on.
    func exitCode(within seconds: Double) -> Int32? {
        self.gate.wait(seconds) { $0.status != nil }
        guard let status = self.gate.value.status else { return nil }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }

    /// Ends it at once, as a power cut would, and waits until it's gone.
    func kill() {
        self.send(SIGKILL)
        _ = self.exitCode(within: 10)
    }

    /// Runs a program to its end.
    static func run(_ path: String, _ arguments: [String], within seconds: Double = 120) throws -> [String] {
        let child = try ChildProcess(path, arguments)
        guard let code = child.exitCode(within: seconds) else {
            child.kill()
            throw Trouble("\(path) \(arguments) took longer than \(seconds) s: \(child.lines.suffix(5))")
        }
        guard code == 0 else { throw Trouble("\(path) \(arguments) ended with \(code): \(child.lines.suffix(10))") }
        return child.lines
    }
}
