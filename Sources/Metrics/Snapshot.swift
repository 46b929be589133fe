/// A family and all of its series at one moment, as values.
public struct FamilySnapshot: Hashable, Sendable {
    /// The name as declared: a counter's with `_total`.
    public var name: String
    /// What it measures, for people.
    public var help: String
    /// The unit in which the name ends, if it ends in one.
    public var unit: String?
    /// What the numbers mean.
    public var kind: MetricKind
    /// The names of the labels, in the order of each series' values.
    public var labelNames: [String]
    /// The series, in the order of their label values.
    public var series: [SeriesSnapshot]

    /// A family of these series.
    public init(
        name: String, help: String, unit: String?, kind: MetricKind, labelNames: [String], series: [SeriesSnapshot]
    ) {
        self.name = name
        self.help = help
        self.unit = unit
        self.kind = kind
        self.labelNames = labelNames
        self.series = series
    }
}

/// One series at one moment.
public struct SeriesSnapshot: Hashable, Sendable {
    /// One value for each of the family's label names.
    public var labelValues: [String]
    /// What it counted or measured.
    public var value: SeriesValue

    /// A series with these label values.
    public init(labelValues: [String], value: SeriesValue) {
        self.labelValues = labelValues
        self.value = value
    }
}

/// What a series counted or measured.
public enum SeriesValue: Hashable, Sendable {
    /// A whole count.
    case count(UInt64)
    /// A counter's sum or a gauge's value.
    case number(Double)
    /// A histogram's buckets.
    case histogram(HistogramSnapshot)
}

/// A histogram at one moment.
public struct HistogramSnapshot: Hashable, Sendable {
    /// The upper bounds, rising, without infinity.
    public var bounds: [Double]
    /// How many observations each bucket holds on its own (not cumulated); the last one holds those above all bounds.
    public var counts: [UInt64]
    /// The sum of the observations.
    public var sum: Double

    /// A histogram of these buckets: one count more than bounds.
    public init(bounds: [Double], counts: [UInt64], sum: Double) {
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    /// How many observations there are in all.
    public var count: UInt64 { self.counts.reduce(0, &+) }
}
