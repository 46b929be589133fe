/// Names of runtimes, each by a small number.
struct RuntimeTable: Sendable {
    /// No more names than this are remembered: a name costs memory, and anyone may send heartbeats.
    static let limit = 1024

    private(set) var names: [String] = []
    /// How many managers name it now; configured ones count once more.
    private var mentions: [Int] = []
    private var indices: [String: Int] = [:]
    private(set) var defaultOrder: [Int] = []
    private var orders: [String: [Int]] = [:]

    init(_ placement: PlacementSettings) {
        self.defaultOrder = placement.runtimeOrder.compactMap { self.configure($0) }
        for (taskType, order) in placement.taskTypes.sorted(by: { $0.key < $1.key }) {
            self.orders[taskType] = order.compactMap { self.configure($0) }
        }
    }

    private mutating func configure(_ name: String) -> Int? {
        guard let index = self.intern(name) else { return nil }
        self.mention(index)
        return index
    }

    mutating func intern(_ name: String) -> Int? {
        if let index = self.index(of: name) { return index }
        guard self.names.count < Self.limit else { return nil }
        self.names.append(name)
        self.mentions.append(0)
        self.indices[name] = self.names.count - 1
        return self.names.count - 1
    }

    mutating func mention(_ index: Int) { self.mentions[index] += 1 }
    mutating func unmention(_ index: Int) { self.mentions[index] -= 1 }

    /// The index of a runtime that is configured or reported.
    func knownIndex(of name: String) -> Int? {
        guard let index = self.index(of: name), self.mentions[index] > 0 else { return nil }
        return index
    }

    func order(taskType: String) -> [Int] {
        self.orders.isEmpty ? self.defaultOrder : self.orders[taskType] ?? self.defaultOrder
    }

    private func index(of name: String) -> Int? {
        // A handful is compared faster than hashed.
        guard self.names.count > 8 else {
            for index in self.names.indices where self.names[index] == name { return index }
            return nil
        }
        return self.indices[name]
    }
}

/// What a datacenter runs, and with which runtimes it can't be reached. Most datacenters share one with others.
struct RuntimeProfile: Equatable, Sendable {
    var runs = RuntimeSet()
    var missingTopics = RuntimeSet()
    var openCircuits = RuntimeSet()

    /// The first of the runtimes that work can be sent with, or why there is none.
    func answer(for runtimes: [Int]) -> RuntimeAnswer {
        var furthest = ExclusionReason.noRuntime
        for runtime in runtimes where self.runs.contains(runtime) {
            if self.missingTopics.contains(runtime) {
                if furthest == .noRuntime { furthest = .noTopic }
            } else if self.openCircuits.contains(runtime) {
                furthest = .circuitOpen
            } else {
                return .runtime(runtime)
            }
        }
        return .excluded(furthest)
    }
}

/// Whether a datacenter is a candidate.
enum RuntimeAnswer: Equatable, Sendable {
    case runtime(Int)
    case excluded(ExclusionReason)
}
