import FoundationEssentials
import Glibc

/// A `spillway run` in a process of its own.
final class Router {
    /// A log line, as far as tests look at it.
    struct Line: Decodable {
        var level: String
        var event: String
        var message: String
        var metrics: String?
        var partitions: String?
    }

    let process: ChildProcess
    private let path: String
    private(set) var port: UInt16 = 0

    /// Starts it.
    init(_ setup: Setup, instance: String = "a", environment: [String: String] = [:]) throws {
        self.path =
            "\(FileManager.default.temporaryDirectory.path)/spillway-test-\(UInt64.random(in: 0...UInt64.max)).yaml"
        try setup.file(instance: instance).write(toFile: self.path, atomically: true, encoding: .utf8)
        self.port = setup.metricsPort
        self.process = try ChildProcess(
            Environment.executable, ["run", "--config", self.path], environment: environment)
    }

    deinit {
        self.process.kill()
        unsafe unlink(self.path)
    }

    var log: [Line] { Self.parse(self.process.lines) }

    private static func parse(_ lines: [String]) -> [Line] {
        let decoder = JSONDecoder()
        return lines.compactMap { line in
            line.hasPrefix("{") ? try? decoder.decode(Line.self, from: Data(line.utf8)) : nil
        }
    }

    /// What it said last, for a test's message.
    var lastWords: String {
        let dull = ["DatacenterHealth", "DatacenterAppeared", "DatacenterBack", "TopicCreated"]
        let lines = self.process.lines.filter { line in !dull.contains { line.contains($0) } }
        return lines.suffix(30).joined(separator: "\n")
    }

    /// Waits for a line of the log.
    func line(_ event: String, within seconds: Double) -> Line? {
        var found: Line?
        self.process.wait(seconds) { output in
            // The name alone first: parsing everything again with each line would take long.
            guard output.lines.contains(where: { $0.contains("\"event\":\"\(event)\"") }) else { return false }
            found = Self.parse(output.lines).last { $0.event == event }
            return found != nil
        }
        return found
    }

    /// Waits until it says that it serves.
    func ready(within seconds: Double = 60) throws {
        guard let line = self.line("ready", within: seconds), let address = line.metrics,
            let port = address.split(separator: ":").last.flatMap({ UInt16($0) })
        else {
            throw Trouble(
                "the router isn't ready within \(seconds) s (running: \(self.process.isRunning)):\n\(self.lastWords)")
        }
        self.port = port
    }

    /// The partitions that its lanes have now, by the log.
    var partitions: Set<Int32> { Self.partitions(self.process.lines) }

    private static func partitions(_ lines: [String]) -> Set<Int32> {
        guard let line = lines.last(where: { $0.contains("\"event\":\"PartitionsAssigned\"") }) else { return [] }
        let text = Self.parse([line]).first?.partitions ?? ""
        return Set(text.split(separator: ",").compactMap { Int32($0) })
    }

    /// Waits until it has so many partitions.
    func hasPartitions(_ count: Int, within seconds: Double) -> Bool {
        self.process.wait(seconds) { Self.partitions($0.lines).count == count }
    }

    func status(_ path: String) -> Int? { HTTP.get(path, port: self.port)?.status }

    /// Asks again and again until a page answers so.
    ///
    /// - Returns: the seconds that it took, or nil if it didn't.
    func seconds(until path: String, answers status: Int, within seconds: Double) -> Double? {
        let start = monotonicSeconds()
        while true {
            let answer = self.status(path)
            let passed = monotonicSeconds() - start
            if answer == status { return passed }
            if passed > seconds || !self.process.isRunning { return nil }
            self.process.pause(0.1)
        }
    }

    /// A sample of `/metrics`, by its name with labels as the page has it; the sum of all where only the name is given.
    func metric(_ name: String) -> Double {
        guard let page = HTTP.get("/metrics", port: self.port) else { return .nan }
        var sum = 0.0
        for line in page.body.split(separator: "\n") where line.hasPrefix(name) {
            let rest = line.dropFirst(name.count)
            guard rest.first == " " || rest.first == "{", let value = line.split(separator: " ").last else { continue }
            sum += Double(value) ?? .nan
        }
        return sum
    }

    /// Asks it to end.
    ///
    /// - Returns: its exit code.
    func stop(within seconds: Double = 15) -> Int32? {
        self.process.send(SIGTERM)
        return self.process.exitCode(within: seconds)
    }
}
