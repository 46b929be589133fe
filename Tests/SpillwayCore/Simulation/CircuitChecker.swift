@testable import SpillwayCore

/// Follows the circuits of an instance by rules of its own. Like the instance's, its counts aren't undone by an aborted
/// transaction.
struct CircuitChecker {
    private struct Circuit {
        var failures = 0
        var openUntil: UnixSeconds?
        /// Attempts of the probe, once the cool-down is over.
        var probe: Set<String> = []
    }

    let settings: CircuitSettings
    private var circuits: [String: Circuit] = [:]

    init(settings: CircuitSettings) { self.settings = settings }

    /// Attempts of one decision were sent. Answers what is wrong with it.
    mutating func sent(_ target: String, _ attempts: Set<String>, now: UnixSeconds) -> String? {
        guard var circuit = self.circuits[target], let until = circuit.openUntil else { return nil }
        if now < until { return "the circuit of \(target) is open" }
        if !circuit.probe.isEmpty { return "the circuit of \(target) has its probe" }
        circuit.probe = attempts
        self.circuits[target] = circuit
        return nil
    }

    mutating func succeeded(_ target: String, _ attempt: String) {
        guard let circuit = self.circuits[target] else { return }
        if circuit.openUntil == nil || circuit.probe.contains(attempt) { self.circuits[target] = nil }
    }

    mutating func failed(_ target: String, _ attempt: String, now: UnixSeconds) {
        var circuit = self.circuits[target] ?? Circuit()
        if circuit.openUntil == nil {
            circuit.failures += 1
            if circuit.failures >= self.settings.failures { circuit.openUntil = now + self.settings.coolDownSeconds }
        } else if circuit.probe.contains(attempt) {
            circuit.probe = []
            circuit.openUntil = now + self.settings.coolDownSeconds
        }
        self.circuits[target] = circuit
    }

    /// It says nothing about the target.
    mutating func passed(_ target: String, _ attempt: String) {
        if self.circuits[target]?.probe.contains(attempt) == true { self.circuits[target]?.probe = [] }
    }

    /// A partition's attempts are out of sight.
    mutating func withdrew(_ isOfPartition: (String) -> Bool) {
        for (target, circuit) in self.circuits where circuit.probe.contains(where: isOfPartition) {
            self.circuits[target]?.probe = []
        }
    }
}
