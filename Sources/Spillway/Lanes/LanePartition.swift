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
    /// Whether the end was read, so that timers may go by the clock.
    var isAtEnd = false
    /// The broker's stamp of the last record that was taken.
    var lastStamp: UnixSeconds = 0
    /// Where `state` ended when the partition went: nobody has written since if it still does.
    var stateEnd: Int64?

    init(partition: Int32, engine: Engine, position: Int64) {
        self.partition = partition
        self.engine = engine
        self.position = position
    }

    /// The time up to which timers may fire: lag reaps nothing (design section 6).
    func timersDue(_ now: UnixSeconds) -> UnixSeconds { self.isAtEnd ? now : self.lastStamp }
}
