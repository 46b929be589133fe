/// A format in which the page is written.
public struct ExpositionFormat: Hashable, Sendable {
    private enum Known: Hashable { case text, openMetrics1, openMetrics0 }
    private let known: Known
    /// Whether the reader asked how names are escaped, and so wants to be told.
    private var tellsEscaping = false

    /// Prometheus' text format 0.0.4.
    public static let text = ExpositionFormat(known: .text)
    /// OpenMetrics 1.0.0.
    public static let openMetrics = ExpositionFormat(known: .openMetrics1)

    /// Whether it is OpenMetrics, of whichever version.
    public var isOpenMetrics: Bool { self.known != .text }

    /// The value of the `Content-Type` header. It repeats nothing of the request.
    public var contentType: String {
        let type =
            switch self.known {
            case .text: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics1: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            case .openMetrics0: "application/openmetrics-text; version=0.0.1; charset=utf-8"
            }
        return self.tellsEscaping ? type + "; escaping=underscores" : type
    }

    /// The best format that an `Accept` header takes, OpenMetrics before text where it likes both alike.
    ///
    /// Where nothing fits it is text: a reader that can't say what it wants gets what every reader takes.
    public static func negotiated(accept: String?) -> ExpositionFormat {
        guard let accept else { return .text }
        let ranges = AcceptHeader(accept).ranges.filter { $0.quality > 0 }
        var best: (format: ExpositionFormat, quality: Double)?
        for range in ranges {
            guard let format = Self.format(range) else { continue }
            if let current = best {
                let isBetter =
                    range.quality > current.quality
                    || (range.quality == current.quality && format.isOpenMetrics && !current.format.isOpenMetrics)
                guard isBetter else { continue }
            }
            best = (format, range.quality)
        }
        var format = best?.format ?? .text
        // The old version is for those who know no other.
        if format.isOpenMetrics, ranges.contains(where: { Self.format($0) == .openMetrics }) { format = .openMetrics }
        format.tellsEscaping = ranges.contains { $0.parameters["escaping"] != nil }
        return format
    }

    private static func format(_ range: AcceptHeader.Range) -> ExpositionFormat? {
        switch (range.name, range.parameters["version"]) {
        case ("application/openmetrics-text", nil), ("application/openmetrics-text", "1.0.0"): .openMetrics
        case ("application/openmetrics-text", "0.0.1"): ExpositionFormat(known: .openMetrics0)
        case ("text/plain", nil), ("text/plain", "0.0.4"), ("text/plain", "1.0.0"), ("text/*", _), ("*/*", _): .text
        default: nil
        }
    }
}
