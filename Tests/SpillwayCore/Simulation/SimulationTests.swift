import FoundationEssentials
import Testing

@testable import SpillwayCore

/// Runs of seeds, and mistakes that they have to find.
@Suite struct SimulationTests {
    /// How many seeds there are: 2,000, or what `SPILLWAY_TEST_SEEDS` says.
    static let seeds: Int =
        ProcessInfo.processInfo.environment["SPILLWAY_TEST_SEEDS"].flatMap { Int($0) } ?? 2000
    static let chunk = 100

    @Test(arguments: 0..<((seeds + chunk - 1) / chunk))
    func `No seed breaks a rule`(_ number: Int) {
        var counts = Simulation.Counts()
        for seed in (number * Self.chunk)..<min(Self.seeds, (number + 1) * Self.chunk) {
            var simulation = Simulation(seed: UInt64(seed))
            let violations = simulation.run()
            if !violations.isEmpty {
                Issue.record("seed \(seed): \(violations.joined(separator: "; "))")
            }
            counts.add(simulation.counts)
        }
        print("seeds \(number * Self.chunk)…: \(counts)")
        // A simulation in which nothing happens proves nothing.
        #expect(counts.results > 100)
        #expect(counts.lapses > 0 && counts.lateCompletions > 0 && counts.circuits > 0 && counts.holds > 0)
        #expect(counts.crashes > 0 && counts.aborts > 0)
    }

    @Test func `One seed, told in full`() {
        guard let seed = ProcessInfo.processInfo.environment["SPILLWAY_TEST_SEED"].flatMap({ UInt64($0) }) else {
            return
        }
        var simulation = Simulation(seed: seed)
        simulation.isTelling = true
        let violations = simulation.run()
        #expect(violations.isEmpty)
    }

    @Test func `The same seed gives the same answers`() {
        for seed in 0..<20 {
            var first = Simulation(seed: UInt64(seed))
            var second = Simulation(seed: UInt64(seed))
            _ = first.run()
            _ = second.run()
            #expect(first.digest == second.digest)
        }
    }

    @Test(arguments: PlantedFault.allCases)
    func `A planted fault is found within 2,000 seeds`(_ fault: PlantedFault) {
        for seed in 0..<2000 {
            var simulation = Simulation(seed: UInt64(seed), fault: fault)
            let violations = simulation.run()
            guard let violation = violations.first else { continue }
            print("\(fault): seed \(seed): \(violation)")
            return
        }
        Issue.record("\(fault) isn't found")
    }
}

extension Simulation.Counts {
    fileprivate mutating func add(_ other: Self) {
        self.results += other.results
        self.dispatches += other.dispatches
        self.retries += other.retries
        self.lapses += other.lapses
        self.lateCompletions += other.lateCompletions
        self.evacuations += other.evacuations
        self.holds += other.holds
        self.circuits += other.circuits
        self.crashes += other.crashes
        self.aborts += other.aborts
    }
}
