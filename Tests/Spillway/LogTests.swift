import Dispatch
import FoundationEssentials
import Synchronization
import Testing

@testable import Spillway

#if canImport(Glibc)
    import Glibc
#endif

private struct Note: Decodable {
    var count: Int
}

/// A pipe, and a thread that reads it when asked to.
private final class Pipe: Sendable {
    private let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        self.readEnd = ends[0]
        self.writeEnd = ends[1]
    }

    deinit { close(self.readEnd) }

    func closeWriteEnd() { close(self.writeEnd) }

    func readAll() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(self.readEnd, $0.baseAddress, $0.count) }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }

    final class Reader: Sendable {
        private let text = Mutex("")
        private let done = DispatchSemaphore(value: 0)

        init(_ pipe: Pipe) {
            DispatchQueue(label: "reader").async {
                let text = pipe.readAll()
                self.text.withLock { $0 = text }
                self.done.signal()
            }
        }

        func wait() -> String {
            self.done.wait()
            return self.text.withLock { $0 }
        }
    }

    func startReading() -> Reader { Reader(self) }
}

@Suite(.timeLimit(.minutes(1))) struct LogTests {
    private let record = LogRecord(
        .info, "ready", "The router serves", at: 1_795_229_700.25,
        fields: [.init("metrics", "127.0.0.1:9464"), .init("lanes", 2), .init("share", 0.5), .init("ok", true)])

    @Test func `A line of text has a key and a value for each field`() {
        #expect(
            LogLine.format(self.record, as: .text)
                == "time=2026-11-21T02:55:00.250Z level=info event=ready message=\"The router serves\" metrics=127.0.0.1:9464 lanes=2 share=0.5 ok=true"
        )
    }

    @Test func `A line of JSON is an object with the fields beside the rest`() throws {
        let line = LogLine.format(self.record, as: .json)
        #expect(
            line
                == #"{"time":"2026-11-21T02:55:00.250Z","level":"info","event":"ready","message":"The router serves","metrics":"127.0.0.1:9464","lanes":2,"share":0.5,"ok":true}"#
        )
    }

    @Test(arguments: [
        "a\nlevel=error", "a\r\n", "\u{2028}\u{2029}\u{85}", "\" level=error x=\"", "\\", "\u{1B}[31m", "\u{202E}",
        "a b",
        "a=b", "", "é", "\u{0}", String(repeating: "x", count: 100_000),
    ])
    func `No input breaks out of its field`(text: String) throws {
        let record = LogRecord(
            .error, text, text, at: 0,
            fields: [.init(text, .text(text)), .init("level", .text(text)), .init("n", .number(.nan))])
        for format in Configuration.Log.Format.allCases {
            let line = LogLine.format(record, as: format)
            for scalar in line.unicodeScalars {
                let category = scalar.properties.generalCategory
                #expect(![.control, .format, .lineSeparator, .paragraphSeparator].contains(category))
            }
        }
        struct Line: Decodable {
            var level: String
            var level_: String
            var event: String
            var n: Double?
        }
        let line = LogLine.format(record, as: .json)
        let read = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        #expect(read.level == "error")
        #expect(read.event == text || text.count > 8192)
        let words = LogLine.format(record, as: .text).split(separator: " ")
        #expect(words.count { $0.hasPrefix("level=") } >= 1)
        #expect(LogLine.format(record, as: .text).hasPrefix("time=1970-01-01T00:00:00.000Z level=error event="))
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199.999, "2024-02-29T23:59:59.999Z"), (-0.5, "1969-12-31T23:59:59.500Z"),
        (4_102_444_800, "2100-01-01T00:00:00.000Z"),
    ])
    func `Times are written as dates`(seconds: Double, text: String) {
        #expect(WallClock.iso8601(seconds) == text)
    }

    @Test func `Records below the level are not shown, the others are, in order`() throws {
        let pipe = try Pipe()
        let log = StandardErrorLog(level: .warning, format: .text, capacity: 100, descriptor: pipe.writeEnd)
        let sink = log.sink
        for level in LogLevel.allCases { sink(LogRecord(level, "e", level.rawValue, at: 0)) }
        #expect(log.flush(within: .seconds(30)))
        pipe.closeWriteEnd()
        let lines = pipe.readAll().split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains("level=error") == true && lines.last?.contains("level=warning") == true)
    }

    @Test func `A pipe that nobody reads blocks no caller, and what is dropped is counted and said`() throws {
        let pipe = try Pipe()
        let log = StandardErrorLog(level: .info, format: .json, capacity: 10, descriptor: pipe.writeEnd)
        let message = String(repeating: "x", count: 8000)
        // The pipe holds 64 KiB, so most of these have nowhere to go.
        for _ in 0..<500 { log.log(LogRecord(.info, "e", message, at: 0)) }
        #expect(!log.flush(within: .milliseconds(1)))
        let dropped = log.droppedLines
        #expect(dropped >= 500 - 8 - 2 * 10)
        let reader = pipe.startReading()
        #expect(log.flush(within: .seconds(30)))
        pipe.closeWriteEnd()
        let lines = reader.wait().split(separator: "\n")
        let notes = try lines.filter { $0.contains(#""event":"LogLinesDropped""#) }.map {
            try JSONDecoder().decode(Note.self, from: Data($0.utf8)).count
        }
        #expect(notes.reduce(0, +) == dropped)
        #expect(lines.count == 500 - dropped + notes.count)
    }
}
