/// A datacenter's wait for so many cores, as an instant: it is the same one for as long as nothing but the time changes,
/// and the time isn't past ``until``.
struct WaitAnswer: Sendable {
    /// For how many.
    var cores: Int
    /// The other times are seconds after this.
    var base: UnixSeconds
    /// When the cores are free.
    var instant: Double
    /// What stands in front beside that, in seconds.
    var behind: Seconds
    /// From when until when it holds.
    var from: Double
    var until: Double

    /// No answer.
    static let none = WaitAnswer(cores: .min, wait: .infinity)

    init(cores: Int, base: UnixSeconds, instant: Double, behind: Seconds, from: Double, until: Double) {
        self.cores = cores
        self.base = base
        self.instant = instant
        self.behind = behind
        self.from = from
        self.until = until
    }

    /// A wait that doesn't depend on the time.
    init(cores: Int, wait: Seconds) {
        self.init(cores: cores, base: 0, instant: 0, behind: wait, from: -.infinity, until: .infinity)
    }

    /// Whether it answers for so many cores at a time.
    func holds(for cores: Int, now: UnixSeconds) -> Bool {
        let elapsed = now - self.base
        return cores == self.cores && elapsed >= self.from && elapsed <= self.until
    }

    func wait(now: UnixSeconds) -> Seconds { max(0, self.instant - (now - self.base)) + self.behind }
}
