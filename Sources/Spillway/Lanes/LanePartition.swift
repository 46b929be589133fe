import SpillwayCore

/// One partition of `events` in a lane's hands.
final class LanePartition {
    let partition: Int32
    var engine: Engine
    /// A position before every offset.
    static let nothingRead: Int64 = -1

    /// Behind the last record that was taken, or ``nothingRead``.
    var position: Int64
    /// The same as of the last commit; `nil` before the first.
    var committed: Int64?
    /// Where the partition ended when that was last heard. A poll tells it before the records that it brings with it are
    /// taken, and nobody tells it again while nothing new comes: it has to outlast them.
    private var end: Int64?
    /// The broker's stamp of the last record that was taken.
    var lastStamp: UnixSeconds = 0
    /// Where `state` ended when the partition went: nobody has written since if it still does.
    var stateEnd: Int64?

    init(partition: Int32, engine: Engine, position: Int64) {
        self.partition = partition
        self.engine = engine
        self.position = position
    }

    /// Whether everything was read up to the end, so that timers may go by the clock.
    var isAtEnd: Bool { self.end.map { $0 >= self.position } ?? false }

    /// The partition ends here, for now.
    func heardEnd(at offset: Int64) { self.end = offset }

    /// It is read anew: whether that is its end has yet to be heard.
    func forgetEnd() { self.end = nil }

    /// The time up to which timers may fire: lag reaps nothing (design section 6).
    func timersDue(_ now: UnixSeconds) -> UnixSeconds { self.isAtEnd ? now : self.lastStamp }
}
