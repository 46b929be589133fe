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
    /// Where the partition ended when that was last heard from the consumer. A poll tells it before the records that it brings with it are
    /// taken, and nobody tells it again while nothing new comes: it has to outlast them.
    private var end: Int64?
    /// The broker's stamp of the last record that was taken.
    var lastStamp: UnixSeconds = 0
    /// Where `state` ended when the partition went: nobody has written since if it still does.
    var stateEnd: Int64?

    init(partition: Int32, engine: consuming Engine, position: Int64) {
        self.partition = partition
        self.engine = engine
        self.position = position
    }

    /// Up to when everything that was in the partition has been taken: timers may go by the clock so far.
    private var takenUntil: UnixSeconds = 0
    /// Where the partition ended when the broker was asked, and when that was.
    private var asked: (at: UnixSeconds, end: Int64)?

    /// Whether everything was read up to the end, as far as is known here.
    var isAtEnd: Bool { self.end.map { $0 >= self.position } ?? false }

    /// The partition ends here, for now.
    func heardEnd(at offset: Int64) {
        self.end = offset
        self.settle()
    }

    /// It is read anew: whether that is its end has yet to be heard.
    func forgetEnd() {
        self.end = nil
        self.asked = nil
    }

    /// Whether a timer is due that nothing read so far allows to fire: what came before it may be on its way still.
    func hasToAsk(_ now: UnixSeconds) -> Bool {
        guard self.asked == nil, self.isAtEnd, let timer = self.engine.nextFiring else { return false }
        return timer <= now && timer > self.timersDue
    }

    /// The broker said where the partition ends, after this time. Timers up to it wait until that much is taken.
    func toldEnd(_ end: Int64, at time: UnixSeconds) {
        self.asked = (time, end)
        self.settle()
    }

    /// Looks whether what was asked for has been taken by now.
    func settle() {
        guard let asked = self.asked else { return }
        // Behind the last record there may be marks of transactions, which are never handed out.
        let taken = self.isAtEnd ? max(self.position, self.end ?? 0) : self.position
        guard taken >= asked.end else { return }
        self.takenUntil = max(self.takenUntil, asked.at)
        self.asked = nil
    }

    /// The time up to which timers may fire: records and timers are taken in order of time, so that neither lag nor what
    /// is still on its way reaps anything (design section 6).
    var timersDue: UnixSeconds { max(self.lastStamp, self.takenUntil) }
}
