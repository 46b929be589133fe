/// A family with one label that has no bound of its own: only the most recent values have series, the rest share one.
///
/// Don't keep its series: ask each time, as a value that has left goes on with ``other``.
public final class BoundedFamily<Metric: Series>: Sendable {
    private let family: Family<Metric>
    private let recent: RecentLabels

    init(_ family: Family<Metric>, recent: RecentLabels) {
        self.family = family
        self.recent = recent
        recent.attach(family)
    }

    /// The value's own series, or ``other`` for a value that is not among the recent ones. May be called from any thread.
    public subscript(_ value: String) -> Metric {
        self.recent.withAdmitted(value, countsOverflow: true) { self.family[$0 ?? RecentLabels.other] }
    }

    /// The value's own series, or nil for a value that is not among the recent ones. May be called from any thread.
    public func own(_ value: String) -> Metric? {
        self.recent.withAdmitted(value, countsOverflow: false) { $0.map { self.family[$0] } }
    }

    /// The series of all values that have none of their own. It is on the page from the first time it is asked for.
    public var other: Metric { self.family[RecentLabels.other] }
}
