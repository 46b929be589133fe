import SpillwayCore

/// Decides when a lane tells the other instances what its partitions have taken, and of which partitions.
struct ToldShares {
    /// How often they are told, at most.
    static let interval: Seconds = 0.5

    private var told: [Int32: ReservedView] = [:]
    private var toldAt: Seconds = -.infinity

    /// Partitions have come or gone. What `views` holds of those that are here now may be the word of an owner who is
    /// dead: all of them are told anew, at once, also that nothing is taken.
    mutating func forget() { self = ToldShares() }

    /// Whether it is time to look what is new, which then was looked at.
    mutating func isDue(at now: Seconds) -> Bool {
        guard now - self.toldAt >= Self.interval else { return false }
        self.toldAt = now
        return true
    }

    /// How long it is until then, on the same clock: the interval at most.
    func wait(from now: Seconds) -> Seconds { max(0, self.toldAt + Self.interval - now) }

    /// Whether the others don't know that yet.
    func isNews(_ share: ReservedView) -> Bool { self.told[share.partition] != share }

    /// They are told.
    mutating func note(_ share: ReservedView) { self.told[share.partition] = share }
}
