import SpillwayCore
import Synchronization

/// Whether the router lives and is ready, as its parts report it. May be used from any thread.
final class RouterHealth: Sendable {
    private struct LaneState {
        /// `nil`: it hasn't begun, which waits for Kafka.
        var lastTurn: Seconds?
        var hasAssignment = false
        var partitions = 0
    }

    private struct State {
        var lanes: [LaneState]
        var viewIsRead = false
        var brokerAnsweredAt: Seconds?
        var brokerAskedAt: Seconds?
        var troubles: [String: Seconds] = [:]
        var hasBeenReady = false
    }

    /// A lane that hasn't turned for so long is stuck: every wait of its is far shorter.
    private static let longestTurn: Seconds = 30
    /// No answer for so long means that the broker is away. It is asked every two seconds.
    private static let longestSilence: Seconds = 6

    private let state: Mutex<State>

    init(lanes: Int) {
        self.state = Mutex(State(lanes: Array(repeating: LaneState(), count: lanes)))
    }

    /// A lane's loop turns, or waits for Kafka, which counts as turning.
    func turned(_ lane: Int) {
        let now = Clock.monotonic()
        self.state.withLock { $0.lanes[lane].lastTurn = now }
    }

    /// The group has given a lane its partitions, possibly none, and their state is restored; or it has taken them.
    func assigned(_ lane: Int, partitions: Int?) {
        self.state.withLock { state in
            state.lanes[lane].hasAssignment = partitions != nil
            state.lanes[lane].partitions = partitions ?? 0
        }
    }

    /// `heartbeats` and `views` are read up to where they ended at the start.
    func viewIsRead() {
        self.state.withLock { $0.viewIsRead = true }
    }

    /// Whether ``viewIsRead()`` was said.
    var isViewRead: Bool { self.state.withLock { $0.viewIsRead } }

    /// The broker answered.
    func brokerAnswered() {
        let now = Clock.monotonic()
        self.state.withLock { $0.brokerAnsweredAt = now }
    }

    /// Whether the broker hasn't answered for some time, though nothing else may be wrong yet.
    var isBrokerSilent: Bool {
        let now = Clock.monotonic()
        return self.state.withLock { state in
            state.brokerAnsweredAt.map { now - $0 > Self.longestSilence - 2 } ?? false
        }
    }

    /// Something that others can mend stands in the way.
    ///
    /// - Returns: Whether it should be said: the first time, and then once a minute.
    func troubled(_ resource: String) -> Bool {
        let now = Clock.monotonic()
        return self.state.withLock { state in
            if let said = state.troubles[resource], now - said < 60 { return false }
            state.troubles[resource] = now
            return true
        }
    }

    /// It stands in the way no more.
    ///
    /// - Returns: Whether it did.
    func mended(_ resource: String) -> Bool {
        self.state.withLock { $0.troubles.removeValue(forKey: resource) != nil }
    }

    /// Nothing whose name begins so stands in the way any more.
    func mended(prefix: String) {
        self.state.withLock { state in
            for resource in state.troubles.keys where resource.hasPrefix(prefix) { state.troubles[resource] = nil }
        }
    }

    /// Whether the lanes' loops turn.
    var isLive: Bool {
        let now = Clock.monotonic()
        return self.state.withLock { state in
            state.lanes.allSatisfy { now - ($0.lastTurn ?? now) < Self.longestTurn }
        }
    }

    /// What keeps the router from being ready. Empty: it is.
    var obstacles: [String] {
        let now = Clock.monotonic()
        return self.state.withLock { state in
            var obstacles: [String] = []
            if !state.lanes.allSatisfy(\.hasAssignment) { obstacles.append("partitions not assigned or not restored") }
            if !state.viewIsRead { obstacles.append("heartbeats and views not read yet") }
            if now - (state.brokerAnsweredAt ?? -.infinity) > Self.longestSilence {
                obstacles.append("the broker doesn't answer")
            }
            for resource in state.troubles.keys.sorted() { obstacles.append(resource) }
            if obstacles.isEmpty { state.hasBeenReady = true }
            return obstacles
        }
    }

    var isReady: Bool { self.obstacles.isEmpty }

    var partitions: Int { self.state.withLock { $0.lanes.reduce(0) { $0 + $1.partitions } } }
}
