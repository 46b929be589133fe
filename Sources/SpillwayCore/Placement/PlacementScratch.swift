/// Memory that placement uses again and again, so that a decision allocates none.
struct PlacementScratch: Sendable {
    /// A datacenter in the list, with what was worked out for it.
    struct Ranked: Sendable {
        var datacenter: Int
        var wait: Seconds
    }

    /// What a datacenter is to the job at hand.
    struct Marks: OptionSet, Sendable {
        let rawValue: UInt8
        static let preferred = Marks(rawValue: 1)
        static let taken = Marks(rawValue: 2)
        static let tried = Marks(rawValue: 4)
        static let excluded = Marks(rawValue: 8)
        static let primary = Marks(rawValue: 16)
        /// Followed by the order of busy ones, and of degraded ones.
        static let followedBusy = Marks(rawValue: 32)
        static let followedDegraded = Marks(rawValue: 64)
    }

    /// Runtimes of the request, in order.
    var runtimes: [Int] = []
    /// Preferred datacenters, in order, each once.
    var preferred: [Int] = []
    /// The head of the list of candidates.
    var ranked: [Ranked] = []
    /// Candidates of a bucket that is ordered by wait, the longest on top.
    var heap: [Ranked] = []
    /// Datacenters that have changed since an order by wait was last asked for.
    var changed: [Int] = []
    /// Datacenters whose answer was worked out anew on the way through such an order.
    var moved: [(datacenter: Int, answer: WaitAnswer)] = []
    /// Answers of profiles, by their number, for the request at hand.
    private var answers: [(stamp: UInt32, answer: RuntimeAnswer)] = []
    /// Marks by datacenter: of the request at hand if the stamp says so.
    private var marks: [(stamp: UInt32, marks: Marks)] = []
    private var stamp: UInt32 = 0

    /// Forgets the last request.
    mutating func begin(datacenters: Int, profiles: Int) {
        self.runtimes.removeAll(keepingCapacity: true)
        self.preferred.removeAll(keepingCapacity: true)
        self.ranked.removeAll(keepingCapacity: true)
        while self.marks.count < datacenters { self.marks.append((0, [])) }
        while self.answers.count < profiles { self.answers.append((0, .excluded(.noRuntime))) }
        self.stamp &+= 1
        guard self.stamp == 0 else { return }
        // Once in four thousand million decisions old stamps could be taken for new ones.
        self.stamp = 1
        for index in self.marks.indices { self.marks[index].stamp = 0 }
        for index in self.answers.indices { self.answers[index].stamp = 0 }
    }

    func has(_ mark: Marks, _ datacenter: Int) -> Bool {
        self.marks[datacenter].stamp == self.stamp && self.marks[datacenter].marks.contains(mark)
    }

    mutating func mark(_ datacenter: Int, _ mark: Marks) {
        if self.marks[datacenter].stamp == self.stamp {
            self.marks[datacenter].marks.insert(mark)
        } else {
            self.marks[datacenter] = (self.stamp, mark)
        }
    }

    /// The answer of a profile, worked out once a request.
    mutating func answer(of profile: Int, in table: borrowing CandidateTable) -> RuntimeAnswer {
        if self.answers[profile].stamp != self.stamp {
            self.answers[profile] = (self.stamp, table.profiles[profile].answer(for: self.runtimes))
        }
        return self.answers[profile].answer
    }
}

extension PlacementScratch {
    /// Keeps a candidate if it is one of those with the shortest waits; of equal ones those that come first by id.
    mutating func keepShortest(_ ranked: Ranked, room: Int, places: [Int]) {
        if self.heap.count < room {
            self.heap.append(ranked)
            var child = self.heap.count - 1
            while child > 0 {
                let parent = (child - 1) / 2
                guard Self.isBehind(self.heap[child], self.heap[parent], places) else { return }
                self.heap.swapAt(child, parent)
                child = parent
            }
        } else if Self.isBehind(self.heap[0], ranked, places) {
            self.heap[0] = ranked
            self.sink(places)
        }
    }

    /// Whether a candidate with at least such a wait would be kept.
    func isWanted(_ ranked: Ranked, room: Int, places: [Int]) -> Bool {
        guard self.heap.count >= room, let longest = self.heap.first else { return room > 0 }
        return Self.isBehind(longest, ranked, places)
    }

    /// Takes out the candidate with the longest wait.
    mutating func popLongest(places: [Int]) -> Ranked? {
        guard let longest = self.heap.first, let last = self.heap.popLast() else { return nil }
        if !self.heap.isEmpty {
            self.heap[0] = last
            self.sink(places)
        }
        return longest
    }

    private mutating func sink(_ places: [Int]) {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < self.heap.count else { return }
            if child + 1 < self.heap.count, Self.isBehind(self.heap[child + 1], self.heap[child], places) { child += 1 }
            guard Self.isBehind(self.heap[child], self.heap[parent], places) else { return }
            self.heap.swapAt(child, parent)
            parent = child
        }
    }

    private static func isBehind(_ one: Ranked, _ other: Ranked, _ places: [Int]) -> Bool {
        one.wait != other.wait ? one.wait > other.wait : places[one.datacenter] > places[other.datacenter]
    }
}
