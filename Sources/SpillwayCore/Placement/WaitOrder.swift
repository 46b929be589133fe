/// The datacenters of one bucket in the order of their waits for so many cores, as far as it is known.
///
/// Most waits don't change from one decision to the next, or all by the same: the time that has passed. So datacenters are
/// kept by the instant at which their cores are free, those whose wait doesn't depend on the time by its length, and a
/// decision looks at no more of them than it needs. A place in the order is a lower bound of the wait (``WaitAnswer``): what
/// is looked at is worked out exactly, and nothing that could be among the shortest is left out.
struct WaitOrder: Sendable {
    /// Which datacenters.
    private(set) var health: Health
    /// For how many cores.
    private(set) var cores: Int
    /// When it was last asked for, counted in questions: the one that wasn't for the longest gives way to another.
    var lastUse: UInt64 = 0
    /// Up to where it has followed the table's changes. At first all datacenters are to be followed.
    var followed = UInt64.max
    /// The answers, by datacenter.
    private(set) var answers: [WaitAnswer] = []
    /// In which list each datacenter is.
    private var kinds: [Kind] = []
    /// By instant, those that may have come before the last question aside.
    private var instants: [Entry] = []
    /// Instants that had come at some question, by place.
    private var due: [Entry] = []
    /// By length.
    private var lengths: [Entry] = []
    /// The latest time that an answer was worked out for.
    private var latest = -UnixSeconds.infinity

    private enum Kind: UInt8 { case none, instant, due, length }

    private struct Entry: Sendable {
        var key: Double
        var place: Int32
        var datacenter: Int32

        static func isBefore(_ one: Entry, _ other: Entry) -> Bool {
            one.key != other.key ? one.key < other.key : one.place < other.place
        }
    }

    init(health: Health, cores: Int, datacenters: Int) {
        self.health = health
        self.cores = cores
        self.answers = Array(repeating: .none, count: datacenters)
        self.kinds = Array(repeating: .none, count: datacenters)
        self.instants.reserveCapacity(datacenters)
        self.due.reserveCapacity(datacenters)
        self.lengths.reserveCapacity(datacenters)
    }

    /// Begins anew, for other datacenters or another number of cores, in the same memory.
    mutating func begin(health: Health, cores: Int) {
        self.health = health
        self.cores = cores
        self.followed = .max
        self.latest = -.infinity
        for datacenter in self.answers.indices {
            self.answers[datacenter] = .none
            self.kinds[datacenter] = .none
        }
        self.instants.removeAll(keepingCapacity: true)
        self.due.removeAll(keepingCapacity: true)
        self.lengths.removeAll(keepingCapacity: true)
    }

    /// Takes a datacenter out, or gives it the place of a new answer.
    mutating func set(_ answer: WaitAnswer?, of datacenter: Int, place: Int, now: UnixSeconds) {
        var entry = Entry(key: 0, place: Int32(place), datacenter: Int32(datacenter))
        switch self.kinds[datacenter] {
        case .none: break
        case .instant:
            entry.key = self.answers[datacenter].bound
            Self.remove(entry, from: &self.instants)
        case .due: Self.remove(entry, from: &self.due)
        case .length:
            entry.key = self.answers[datacenter].bound
            Self.remove(entry, from: &self.lengths)
        }
        guard let answer else {
            self.kinds[datacenter] = .none
            self.answers[datacenter] = .none
            return
        }
        self.latest = max(self.latest, now)
        self.answers[datacenter] = answer
        self.kinds[datacenter] = answer.isLength ? .length : .instant
        entry.key = answer.bound
        if answer.isLength { Self.insert(entry, into: &self.lengths) } else { Self.insert(entry, into: &self.instants) }
    }

    /// Where a walk through the order stands.
    struct Walk {
        fileprivate var instant = 0
        fileprivate var due = 0
        fileprivate var length = 0
        fileprivate let now: UnixSeconds
        /// How much earlier it asks than some answers were worked out for: so much less may the wait be than they say.
        fileprivate let slack: Seconds
    }

    /// Begins to go through the order.
    mutating func walk(now: UnixSeconds) -> Walk {
        var passed = 0
        while passed < self.instants.count, self.instants[passed].key <= now {
            let entry = Entry(key: 0, place: self.instants[passed].place, datacenter: self.instants[passed].datacenter)
            self.kinds[Int(entry.datacenter)] = .due
            Self.insert(entry, into: &self.due)
            passed += 1
        }
        if passed > 0 { self.instants.removeFirst(passed) }
        return Walk(now: now, slack: max(0, self.latest - now))
    }

    /// The next datacenter, and what its wait is at least. `nil`: there is none.
    func next(_ walk: inout Walk) -> (datacenter: Int, bound: Seconds)? {
        var best: (bound: Seconds, place: Int32, datacenter: Int32)?
        var kind = Kind.none
        if walk.due < self.due.count {
            let entry = self.due[walk.due]
            best = (0, entry.place, entry.datacenter)
            kind = .due
        }
        if walk.length < self.lengths.count {
            let entry = self.lengths[walk.length]
            if best.map({ (entry.key, entry.place) < ($0.bound, $0.place) }) ?? true {
                best = (entry.key, entry.place, entry.datacenter)
                kind = .length
            }
        }
        if walk.instant < self.instants.count {
            let entry = self.instants[walk.instant]
            let bound = max(0, entry.key - walk.now - walk.slack)
            if best.map({ (bound, entry.place) < ($0.bound, $0.place) }) ?? true {
                best = (bound, entry.place, entry.datacenter)
                kind = .instant
            }
        }
        switch kind {
        case .none: return nil
        case .due: walk.due += 1
        case .length: walk.length += 1
        case .instant: walk.instant += 1
        }
        return best.map { (Int($0.datacenter), $0.bound) }
    }

    // MARK: - Lists

    private static func insert(_ entry: Entry, into list: inout [Entry]) {
        list.insert(entry, at: Self.index(of: entry, in: list))
    }

    private static func remove(_ entry: Entry, from list: inout [Entry]) {
        let index = Self.index(of: entry, in: list)
        if index < list.count, list[index].datacenter == entry.datacenter { list.remove(at: index) }
    }

    private static func index(of entry: Entry, in list: borrowing [Entry]) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if Entry.isBefore(list[middle], entry) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension WaitAnswer {
    /// What answers of a kind are ordered by: what no later answer falls below.
    fileprivate var bound: Double { self.isLength ? self.behind : self.instant }
}
