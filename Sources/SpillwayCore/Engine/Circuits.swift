/// What opens a circuit, and for how long (contract/spillway.yaml, `circuit_breaker`).
package struct CircuitSettings: Equatable, Sendable {
    /// Retryable failures and expired leases in a row.
    package var failures = 5
    /// How long it stays open before a probe.
    package var coolDownSeconds: Seconds = 60

    /// The defaults of the contract.
    package init() {}
}

/// How a circuit stands. Safe as a metric's label.
package enum CircuitState: String, Sendable, CaseIterable {
    case closed
    case open
    case halfOpen = "half_open"
}

/// The circuit breakers of an instance, one for each datacenter and runtime (design section 6).
///
/// Only targets that have failed since their last success take memory.
struct Circuits: Sendable {
    typealias Target = PlacementRequest.Target

    /// The attempts of one decision: their tokens differ in the ordinal alone.
    struct Probe: Equatable, Sendable {
        var partition: Int32
        var offset: Int64
        var ordinals: ClosedRange<Int>

        func includes(_ token: CauseID) -> Bool {
            token.partition == self.partition && token.offset == self.offset && self.ordinals.contains(token.ordinal)
        }
    }

    private enum Circuit: Sendable {
        case closed(failures: Int)
        case open(until: UnixSeconds)
        case halfOpen(Probe?)
    }

    /// What an attempt's end did to its circuit.
    enum Change {
        case none, opened, closed
        /// The probe says nothing about the target: the next one may go.
        case probeFreed
    }

    private var circuits: [Target: Circuit] = [:]
    /// Circuits that aren't closed.
    private(set) var unclosed = 0
    /// When the first cool-down ends.
    private(set) var nextChange: UnixSeconds = .infinity

    var states: [(target: Target, state: CircuitState)] {
        var states: [(target: Target, state: CircuitState)] = []
        for (target, circuit) in self.circuits {
            switch circuit {
            case .closed: break
            case .open: states.append((target, .open))
            case .halfOpen: states.append((target, .halfOpen))
            }
        }
        return states.sorted {
            ($0.target.datacenterID, $0.target.runtime) < ($1.target.datacenterID, $1.target.runtime)
        }
    }

    func isOpen(_ target: Target) -> Bool {
        guard self.unclosed > 0 else { return false }
        switch self.circuits[target] {
        case nil, .closed, .halfOpen(nil): return false
        case .open, .halfOpen: return true
        }
    }

    /// Circuits whose cool-down has ended: each lets one probe through from now on.
    mutating func coolDown(to now: UnixSeconds) -> [Target] {
        var cooled: [Target] = []
        var next = UnixSeconds.infinity
        for (target, circuit) in self.circuits {
            guard case .open(let until) = circuit else { continue }
            if until <= now { cooled.append(target) } else { next = min(next, until) }
        }
        for target in cooled { self.circuits[target] = .halfOpen(nil) }
        self.nextChange = next
        return cooled.sorted { ($0.datacenterID, $0.runtime) < ($1.datacenterID, $1.runtime) }
    }

    /// A decision has sent attempts there. Answers whether they are the probe of a half-open circuit.
    mutating func sent(to target: Target, _ probe: Probe) -> Bool {
        guard self.unclosed > 0, case .halfOpen(nil) = self.circuits[target] else { return false }
        self.circuits[target] = .halfOpen(probe)
        return true
    }

    /// An attempt has completed there.
    mutating func succeeded(_ target: Target, token: CauseID) -> Change {
        guard !self.circuits.isEmpty else { return .none }
        switch self.circuits[target] {
        case .closed:
            self.circuits[target] = nil
            return .none
        case .halfOpen(let probe?) where probe.includes(token):
            self.circuits[target] = nil
            self.unclosed -= 1
            return .closed
        // What was sent before the circuit opened says nothing about it now.
        case nil, .open, .halfOpen: return .none
        }
    }

    /// An attempt has failed there, or its lease expired.
    mutating func failed(_ target: Target, token: CauseID, now: UnixSeconds, _ settings: CircuitSettings) -> Change {
        switch self.circuits[target] {
        case nil, .closed:
            var failures = 1
            if case .closed(let known) = self.circuits[target] { failures = known + 1 }
            guard failures >= settings.failures else {
                self.circuits[target] = .closed(failures: failures)
                return .none
            }
            self.unclosed += 1
        case .halfOpen(let probe?) where probe.includes(token): break
        case .open, .halfOpen: return .none
        }
        let until = now + settings.coolDownSeconds
        self.circuits[target] = .open(until: until)
        self.nextChange = min(self.nextChange, until)
        return .opened
    }

    /// An attempt has ended there in a way that says nothing about the target.
    mutating func passed(_ target: Target, token: CauseID) -> Change {
        guard self.unclosed > 0, case .halfOpen(let probe?) = self.circuits[target], probe.includes(token) else {
            return .none
        }
        self.circuits[target] = .halfOpen(nil)
        return .probeFreed
    }

    /// A partition's probes are out of sight. Answers whose circuits let another through.
    mutating func withdraw(partition: Int32) -> [Target] {
        var freed: [Target] = []
        for (target, circuit) in self.circuits {
            if case .halfOpen(let probe?) = circuit, probe.partition == partition { freed.append(target) }
        }
        for target in freed { self.circuits[target] = .halfOpen(nil) }
        return freed.sorted { ($0.datacenterID, $0.runtime) < ($1.datacenterID, $1.runtime) }
    }
}
