/// What the numbers of a family mean.
public enum MetricKind: String, Hashable, Sendable {
    /// A count that only rises.
    case counter
    /// A value that rises and falls.
    case gauge
    /// Observations counted in buckets.
    case histogram
}
