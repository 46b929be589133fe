/// A datacenter's wait for so many cores, in a form that stays true for a time: an instant, or a length that doesn't depend
/// on the time.
///
/// As long as nothing but the time changes, cores come free no earlier than an answer said: what shifts with the time
/// shifts to later. So also one that no longer holds bounds the wait from below.
struct WaitAnswer: Sendable {
    /// For how many.
    var cores: Int
    /// When the cores are free; `-∞` if ``behind`` says it all.
    var instant: UnixSeconds
    /// What stands in front beside that, in seconds.
    var behind: Seconds
    /// From when until when it holds.
    var from: UnixSeconds
    var until: UnixSeconds

    /// No answer.
    static let none = WaitAnswer(cores: .min, wait: .infinity)

    init(cores: Int, instant: UnixSeconds, behind: Seconds, from: UnixSeconds, until: UnixSeconds) {
        self.cores = cores
        self.instant = instant
        self.behind = behind
        self.from = from
        self.until = until
    }

    /// A wait that doesn't depend on the time.
    init(cores: Int, wait: Seconds, from: UnixSeconds = -.infinity, until: UnixSeconds = .infinity) {
        self.init(cores: cores, instant: -.infinity, behind: wait, from: from, until: until)
    }

    /// Whether it doesn't depend on the time.
    var isLength: Bool { self.instant == -.infinity }

    /// Whether it answers for so many cores at a time.
    func holds(for cores: Int, now: UnixSeconds) -> Bool {
        cores == self.cores && now >= self.from && now <= self.until
    }

    func wait(now: UnixSeconds) -> Seconds { max(0, self.instant - now) + self.behind }
}
