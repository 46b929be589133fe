/// How tasks fared in each datacenter with each runtime: one outcome per task and target, when the task leaves it (design
/// section 6, "Runtime order").
package struct RuntimeStatistics: Sendable {
    /// What is known of one target, or of one runtime in all datacenters.
    package struct Figures: Equatable, Sendable {
        /// Tasks that completed there.
        package var successes = 0
        /// Tasks that left it without.
        package var failures = 0

        // The same with older outcomes counting less, as of a time.
        var recentSuccesses = 0.0
        var recentFailures = 0.0
        var updatedAt: UnixSeconds = -.infinity

        /// Both together.
        package var totalAttempts: Int { self.successes + self.failures }

        /// Share of successes, recent ones counting more. `nil`: nothing is known.
        package var successRate: Double? {
            let total = self.recentSuccesses + self.recentFailures
            return total > 0 ? self.recentSuccesses / total : nil
        }

        mutating func add(_ isSuccess: Bool, now: UnixSeconds, halfLife: Seconds) {
            if now > self.updatedAt {
                let factor = self.updatedAt.isFinite && halfLife > 0 ? exp2(-(now - self.updatedAt) / halfLife) : 1
                self.recentSuccesses *= factor
                self.recentFailures *= factor
                self.updatedAt = now
            }
            if isSuccess {
                self.successes += 1
                self.recentSuccesses += 1
            } else {
                self.failures += 1
                self.recentFailures += 1
            }
        }
    }

    private var targets: [PlacementRequest.Target: Figures] = [:]
    private var runtimes: [String: Figures] = [:]

    init() {}

    /// What is known of each target, in order.
    package var byTarget: [(target: PlacementRequest.Target, figures: Figures)] {
        self.targets.map { ($0.key, $0.value) }.sorted {
            ($0.target.datacenterID, $0.target.runtime) < ($1.target.datacenterID, $1.target.runtime)
        }
    }

    /// What is known of a runtime in all datacenters together.
    package func figures(ofRuntime runtime: String) -> Figures { self.runtimes[runtime] ?? Figures() }

    /// What is known of a runtime in one datacenter.
    package func figures(of target: PlacementRequest.Target) -> Figures { self.targets[target] ?? Figures() }

    mutating func add(_ target: PlacementRequest.Target, isSuccess: Bool, now: UnixSeconds, halfLife: Seconds) {
        self.targets[target, default: Figures()].add(isSuccess, now: now, halfLife: halfLife)
        self.runtimes[target.runtime, default: Figures()].add(isSuccess, now: now, halfLife: halfLife)
    }

    /// The order with the most successful first, equals as they were; unchanged unless enough is known of each.
    func reordered(_ order: [String], minSamples: Int) -> [String] {
        var rates: [(index: Int, rate: Double)] = []
        for (index, name) in order.enumerated() {
            let figures = self.figures(ofRuntime: name)
            guard figures.totalAttempts >= minSamples, let rate = figures.successRate else { return order }
            rates.append((index, rate))
        }
        rates.sort { $0.rate != $1.rate ? $0.rate > $1.rate : $0.index < $1.index }
        return rates.map { order[$0.index] }
    }
}

/// 2 to a power that isn't positive, without a math library: whole halvings, then a series for the rest.
private func exp2(_ power: Double) -> Double {
    guard power > -1000 else { return 0 }
    let whole = Int(power)
    // What is left, times ln 2, is in (−0.7 … 0]: the series converges in a few terms.
    let x = (power - Double(whole)) * 0.693_147_180_559_945_3
    var term = 1.0
    var sum = 1.0
    for n in 1...16 {
        term *= x / Double(n)
        sum += term
    }
    return sum * Double(sign: .plus, exponent: whole, significand: 1)
}
