import Synchronization

/// Decides which values of an unbounded label, such as a job's id, have series of their own: the most recent ones.
///
/// Families that share the label share one of these, so a value has all of its series or none. A value that leaves
/// takes its series off the page, which are never added to those of ``other``: that would count them twice.
public final class RecentLabels: Sendable {
    /// The label value that stands for all others: `_other`.
    public static let other = "_other"

    private struct Standing {
        var turn: UInt64
        var isFinished = false
    }

    private struct State {
        var standings: [String: Standing] = [:]
        var families: [any LabelDropping] = []
        var turn: UInt64 = 0
        var overflows: UInt64 = 0

        mutating func drop(_ value: String) {
            self.standings[value] = nil
            for family in self.families { family.drop(value) }
        }
    }

    /// How many values have series of their own; 0 means none.
    public let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many values have series of their own; 0 means none.
    public init(limit: Int) {
        self.limit = limit
    }

    /// Makes a value the most recent one. When there is no room, the least recent one leaves, a finished one first.
    ///
    /// A value that was admitted before and has left starts at 0 again. May be called from any thread.
    public func admit(_ value: String) {
        let value = boundedLabelValue(value)
        guard self.limit > 0, value != Self.other else { return }
        self.state.withLock { state in
            state.turn += 1
            if state.standings[value] == nil, state.standings.count >= self.limit {
                let leaving = state.standings.min {
                    ($0.value.isFinished ? 0 : 1, $0.value.turn) < ($1.value.isFinished ? 0 : 1, $1.value.turn)
                }
                if let leaving { state.drop(leaving.key) }
            }
            state.standings[value] = Standing(turn: state.turn)
        }
    }

    /// Says that nothing new is to come for a value: it is the first to leave when there is no room.
    public func finish(_ value: String) {
        let value = boundedLabelValue(value)
        self.state.withLock { $0.standings[value]?.isFinished = true }
    }

    /// Takes a value's series off the page. May be called from any thread.
    public func remove(_ value: String) {
        let value = boundedLabelValue(value)
        self.state.withLock { state in
            if state.standings[value] != nil { state.drop(value) }
        }
    }

    /// How many values have series of their own now.
    public var count: Int { self.state.withLock { $0.standings.count } }

    /// How often a series was asked for that had to be ``other``.
    public var overflowCount: UInt64 { self.state.withLock { $0.overflows } }

    func attach(_ family: any LabelDropping) {
        self.state.withLock { $0.families.append(family) }
    }

    /// Looks a value up and uses the answer before the value can leave.
    func withAdmitted<Result>(
        _ value: String, countsOverflow: Bool, _ body: (_ admitted: String?) -> sending Result
    ) -> sending Result {
        let value = boundedLabelValue(value)
        return self.state.withLock { state in
            let isAdmitted = state.standings[value] != nil
            if !isAdmitted, countsOverflow { state.overflows += 1 }
            return body(isAdmitted ? value : nil)
        }
    }
}

/// A family that can lose the series of one label value.
protocol LabelDropping: Sendable {
    func drop(_ value: String)
}

extension Family: LabelDropping {
    func drop(_ value: String) { self.remove([value]) }
}
