import Synchronization

/// Observations counted in fixed buckets.
///
/// A bucket is raised on its own and cumulated when it is written, so an observation costs one atomic addition and the
/// sum, without a lock or an allocation. The count is read from the buckets, so it always fits them.
public final class Histogram: Series {
    /// The largest number of bounds that a family may have.
    public static let maximumBounds = 31

    private let counts: InlineArray<32, Atomic<UInt64>>
    private let sum = AtomicDouble(0)
    private let bounds: [Double]
    private let bucketPrefixes: [[UInt8]]
    private let sumPrefix: [UInt8]
    private let countPrefix: [UInt8]

    init(_ name: SeriesName, bounds: [Double]) {
        precondition(bounds.count <= Self.maximumBounds, "checked when the family was declared")
        self.counts = InlineArray { _ in Atomic(0) }
        self.bounds = bounds
        self.bucketPrefixes = (bounds + [.infinity]).map { bound in
            name.prefix(suffix: "_bucket", extra: "le=\"\(canonicalBound(bound))\"")
        }
        self.sumPrefix = name.prefix(suffix: "_sum")
        self.countPrefix = name.prefix(suffix: "_count")
    }

    /// Counts one observation. What is below 0 counts as 0, NaN not at all. May be called from any thread.
    public func observe(_ value: Double) {
        if value.isNaN { return }
        var index = 0
        while index < self.bounds.count, value > self.bounds[index] { index += 1 }
        self.counts[index].wrappingAdd(1, ordering: .relaxed)
        if value > 0, value.isFinite { self.sum.add(value) }
    }

    /// Counts one duration, in seconds. May be called from any thread.
    public func observe(_ duration: Duration) {
        self.observe(duration / .seconds(1))
    }

    /// What it holds now. May be called from any thread.
    public var snapshot: SeriesValue {
        let counts = (0...self.bounds.count).map { self.counts[$0].load(ordering: .relaxed) }
        return .histogram(HistogramSnapshot(bounds: self.bounds, counts: counts, sum: self.sum.value))
    }

    /// Adds its lines to a page. May be called from any thread.
    public func write(into page: inout [UInt8]) {
        var cumulated: UInt64 = 0
        for index in 0...self.bounds.count {
            cumulated &+= self.counts[index].load(ordering: .relaxed)
            page += self.bucketPrefixes[index]
            page.append(decimal: cumulated)
            page.append(newline)
        }
        page += self.sumPrefix
        page.append(number: self.sum.value)
        page.append(newline)
        page += self.countPrefix
        page.append(decimal: cumulated)
        page.append(newline)
    }
}
