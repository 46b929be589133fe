/// One row of numbers of a family: what the caller keeps and raises.
///
/// ``Counter``, ``FloatCounter``, ``Gauge`` and ``Histogram`` are all there are.
public protocol Series: AnyObject, Sendable {
    /// What it holds now. May be called from any thread.
    var snapshot: SeriesValue { get }
    /// Adds its lines to a page. Both formats spell them alike. May be called from any thread.
    func write(into page: inout [UInt8])
}

/// Where a series stands on the page: rendered once, when it is made.
struct SeriesName: Sendable {
    let name: String
    /// `a="b",c="d"`, escaped; empty without labels.
    let labels: String

    init(_ name: String, labelNames: [String], values: [String]) {
        self.name = name
        self.labels = zip(labelNames, values).map { "\($0)=\"\(escapedLabelValue($1))\"" }.joined(separator: ",")
    }

    /// The beginning of a line up to its value: `name_suffix{labels,extra} `.
    func prefix(suffix: String = "", extra: String = "") -> [UInt8] {
        let separator = self.labels.isEmpty || extra.isEmpty ? "" : ","
        let labels = self.labels + separator + extra
        return Array((labels.isEmpty ? "\(self.name)\(suffix) " : "\(self.name)\(suffix){\(labels)} ").utf8)
    }
}
