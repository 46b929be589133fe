/// The ways to declare a family. Each throws a ``MetricsError`` for a name that breaks the rules or is taken.
///
/// The unit is the name's last word (before `_total`). Seconds, bytes and ratio are found without being named.
extension Registry {
    /// Declares a counter without labels. Its name ends in `_total`.
    public func counter(_ name: String, help: String, unit: String? = nil) throws(MetricsError) -> Counter {
        try self.counters(name, help: help, unit: unit, labelNames: []).with([])
    }

    /// Declares counters told apart by labels. The name ends in `_total`.
    public func counters(
        _ name: String, help: String, unit: String? = nil, labels: String...
    ) throws(MetricsError) -> Family<Counter> {
        try self.counters(name, help: help, unit: unit, labelNames: labels)
    }

    /// Declares a counter of fractions, such as seconds, without labels. Its name ends in `_total`.
    public func floatCounter(_ name: String, help: String, unit: String? = nil) throws(MetricsError) -> FloatCounter {
        try self.floatCounters(name, help: help, unit: unit, labelNames: []).with([])
    }

    /// Declares counters of fractions, such as seconds, told apart by labels. The name ends in `_total`.
    public func floatCounters(
        _ name: String, help: String, unit: String? = nil, labels: String...
    ) throws(MetricsError) -> Family<FloatCounter> {
        try self.floatCounters(name, help: help, unit: unit, labelNames: labels)
    }

    /// Declares a gauge without labels.
    public func gauge(_ name: String, help: String, unit: String? = nil) throws(MetricsError) -> Gauge {
        try self.gauges(name, help: help, unit: unit, labelNames: []).with([])
    }

    /// Declares gauges told apart by labels.
    public func gauges(
        _ name: String, help: String, unit: String? = nil, labels: String...
    ) throws(MetricsError) -> Family<Gauge> {
        try self.gauges(name, help: help, unit: unit, labelNames: labels)
    }

    /// Declares a histogram without labels.
    ///
    /// - Parameter buckets: the upper bounds, finite and rising, at most ``Histogram/maximumBounds``. Infinity is added.
    public func histogram(
        _ name: String, help: String, unit: String? = nil, buckets: [Double]
    ) throws(MetricsError) -> Histogram {
        try self.histograms(name, help: help, unit: unit, buckets: buckets, labelNames: []).with([])
    }

    /// Declares histograms told apart by labels.
    ///
    /// - Parameter buckets: the upper bounds, finite and rising, at most ``Histogram/maximumBounds``. Infinity is added.
    public func histograms(
        _ name: String, help: String, unit: String? = nil, buckets: [Double], labels: String...
    ) throws(MetricsError) -> Family<Histogram> {
        try self.histograms(name, help: help, unit: unit, buckets: buckets, labelNames: labels)
    }

    /// Declares counters of which only the most recent values of the label have their own. `_other` is there from the start.
    public func boundedCounters(
        _ name: String, help: String, unit: String? = nil, label: String, recent: RecentLabels
    ) throws(MetricsError) -> BoundedFamily<Counter> {
        let family = try self.counters(name, help: help, unit: unit, labelNames: [label])
        let bounded = BoundedFamily(family, recent: recent)
        _ = bounded.other
        return bounded
    }

    /// Declares gauges of which only the most recent values of the label have their own. `_other` is there once it is set.
    public func boundedGauges(
        _ name: String, help: String, unit: String? = nil, label: String, recent: RecentLabels
    ) throws(MetricsError) -> BoundedFamily<Gauge> {
        BoundedFamily(try self.gauges(name, help: help, unit: unit, labelNames: [label]), recent: recent)
    }
}

extension Registry {
    private func counters(
        _ name: String, help: String, unit: String?, labelNames: [String]
    ) throws(MetricsError) -> Family<Counter> {
        try self.declare(
            FamilyDeclaration(name: name, help: help, unit: unit, kind: .counter, labelNames: labelNames)
        ) { Counter($0) }
    }

    private func floatCounters(
        _ name: String, help: String, unit: String?, labelNames: [String]
    ) throws(MetricsError) -> Family<FloatCounter> {
        try self.declare(
            FamilyDeclaration(name: name, help: help, unit: unit, kind: .counter, labelNames: labelNames)
        ) { FloatCounter($0) }
    }

    private func gauges(
        _ name: String, help: String, unit: String?, labelNames: [String]
    ) throws(MetricsError) -> Family<Gauge> {
        try self.declare(
            FamilyDeclaration(name: name, help: help, unit: unit, kind: .gauge, labelNames: labelNames)
        ) { Gauge($0) }
    }

    private func histograms(
        _ name: String, help: String, unit: String?, buckets: [Double], labelNames: [String]
    ) throws(MetricsError) -> Family<Histogram> {
        let isRising = zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }
        guard isRising, !buckets.isEmpty, buckets.allSatisfy(\.isFinite), buckets.count <= Histogram.maximumBounds
        else {
            throw MetricsError(
                reason: .invalidBuckets, name: name,
                message: "needs 1 to \(Histogram.maximumBounds) bounds, finite and rising")
        }
        return try self.declare(
            FamilyDeclaration(name: name, help: help, unit: unit, kind: .histogram, labelNames: labelNames)
        ) { Histogram($0, bounds: buckets) }
    }
}
