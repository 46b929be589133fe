import Metrics

/// How long decisions took, from the router's own histogram.
struct DecisionTimes: Sendable {
    /// Half of them took no longer, in seconds. `nil`: there were none.
    let median: Double?
    /// All but a hundredth of them took no longer.
    let p99: Double?

    /// Looks the histogram up among all metrics.
    init(_ families: [FamilySnapshot]) {
        let family = families.first { $0.name == "spillway_decision_duration_seconds" }
        guard case .histogram(let histogram)? = family?.series.first?.value else {
            (self.median, self.p99) = (nil, nil)
            return
        }
        self.median = Self.quantile(0.5, of: histogram)
        self.p99 = Self.quantile(0.99, of: histogram)
    }

    /// As Prometheus' `histogram_quantile` has it: linear within a bucket.
    static func quantile(_ share: Double, of histogram: HistogramSnapshot) -> Double? {
        let wanted = Double(histogram.count) * share
        guard wanted > 0 else { return nil }
        var below = 0.0
        var lower = 0.0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            let count = Double(count)
            if count > 0, below + count >= wanted { return lower + (bound - lower) * (wanted - below) / count }
            below += count
            lower = bound
        }
        return histogram.bounds.last
    }
}
