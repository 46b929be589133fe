import Dispatch
import Synchronization

/// The log of a program that runs by itself: a line a record on standard error.
///
/// Lines are written on a thread of their own. What waits for it is bounded: when standard error isn't read, as with a
/// blocked pipe, callers go on and further lines are dropped; a line says how many, once there is room.
public final class StandardErrorLog: Sendable {
    private struct State {
        var waiting: [LogRecord] = []
        /// Dropped since the last line that said so.
        var dropped = 0
        var droppedInAll = 0
        var isWriting = false
    }

    private let level: LogLevel
    private let format: Configuration.Log.Format
    private let capacity: Int
    private let descriptor: Int32
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "spillway.log")

    /// Makes a log that shows records of a level and those that matter more.
    ///
    /// - Parameter capacity: records that may wait to be written. The default is 4,096.
    public convenience init(
        level: LogLevel = .info, format: Configuration.Log.Format = .text, capacity: Int = 4096
    ) {
        self.init(level: level, format: format, capacity: capacity, descriptor: 2)
    }

    /// Makes a log that writes elsewhere.
    package init(level: LogLevel, format: Configuration.Log.Format, capacity: Int, descriptor: Int32) {
        self.level = level
        self.format = format
        self.capacity = max(1, capacity)
        self.descriptor = descriptor
    }

    /// What the service takes.
    public var sink: LogSink {
        { record in self.log(record) }
    }

    /// Lines that nobody got to read, in all.
    public var droppedLines: Int {
        self.state.withLock { $0.droppedInAll }
    }

    /// Shows a record. It never waits, and may be called from any thread.
    public func log(_ record: LogRecord) {
        guard record.level >= self.level else { return }
        let mustStart = self.state.withLock { state in
            if state.waiting.count >= self.capacity {
                state.dropped += 1
                state.droppedInAll += 1
            } else {
                state.waiting.append(record)
            }
            let mustStart = !state.isWriting
            state.isWriting = true
            return mustStart
        }
        if mustStart { self.queue.async { self.writeWhatWaits() } }
    }

    /// Waits until what was logged so far is written, for a process that is about to end.
    ///
    /// - Returns: whether it was, within the time.
    @discardableResult public func flush(within limit: Duration = .seconds(1)) -> Bool {
        let done = DispatchSemaphore(value: 0)
        self.queue.async { done.signal() }
        let nanoseconds = Int(clamping: limit.attoseconds / 1_000_000_000)
        return done.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }

    private func writeWhatWaits() {
        while true {
            let batch: (records: [LogRecord], dropped: Int)? = self.state.withLock { state in
                if state.waiting.isEmpty, state.dropped == 0 {
                    state.isWriting = false
                    return nil
                }
                defer {
                    state.waiting.removeAll(keepingCapacity: true)
                    state.dropped = 0
                }
                return (state.waiting, state.dropped)
            }
            guard let batch else { return }
            var lines = batch.records.map { LogLine.format($0, as: self.format) + "\n" }
            if batch.dropped > 0 {
                let note = LogRecord(
                    .warning, "LogLinesDropped", "Standard error was not read in time",
                    ["count": .integer(batch.dropped)])
                lines.append(LogLine.format(note, as: self.format) + "\n")
            }
            if !DescriptorWriter.write(Array(lines.joined().utf8), to: self.descriptor) {
                self.state.withLock { $0.droppedInAll += batch.records.count }
            }
        }
    }
}
