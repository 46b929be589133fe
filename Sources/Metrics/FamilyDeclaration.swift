/// What a family is declared with, checked against the rules of both formats and of Prometheus' linter.
struct FamilyDeclaration: Sendable {
    let name: String
    let help: String
    let unit: String?
    let kind: MetricKind
    let labelNames: [String]
    private let textMetadata: [UInt8]
    private let openMetricsMetadata: [UInt8]

    /// Units that needn't be named: a name that ends in one of them has it.
    private static let baseUnits = ["seconds", "bytes", "ratio"]
    /// Endings that say something about a sample, so that no gauge or histogram may have them.
    private static let reservedEndings = ["_total", "_count", "_sum", "_bucket", "_created"]
    /// Prometheus sets the first two itself; the others say which bucket or quantile a sample is.
    private static let reservedLabels = ["job", "instance", "le", "quantile"]

    init(
        name: String, help: String, unit: String?, kind: MetricKind, labelNames: [String]
    ) throws(MetricsError) {
        func refuse(_ reason: MetricsError.Reason, _ message: String) -> MetricsError {
            MetricsError(reason: reason, name: name, message: message)
        }
        guard Self.isIdentifier(name) else {
            throw refuse(.invalidName, "must be lower-case letters, digits and _ and begin with a letter")
        }
        if kind == .counter {
            guard name.hasSuffix("_total"), name != "_total" else {
                throw refuse(.invalidName, "a counter's name must end in _total")
            }
        } else if let ending = Self.reservedEndings.first(where: name.hasSuffix) {
            throw refuse(.invalidName, "a \(kind.rawValue)'s name must not end in \(ending)")
        }
        guard !help.isEmpty else { throw refuse(.invalidHelp, "needs a help text") }
        for (index, label) in labelNames.enumerated() {
            guard Self.isIdentifier(label), !Self.reservedLabels.contains(label) else {
                throw refuse(.invalidLabel, "label \(label) is reserved or not lower-case letters, digits and _")
            }
            guard !labelNames[..<index].contains(label) else {
                throw refuse(.invalidLabel, "label \(label) is there twice")
            }
        }
        let family = kind == .counter ? String(name.dropLast("_total".count)) : name
        let unit = unit ?? Self.baseUnits.first { family.hasSuffix("_\($0)") }
        if let unit {
            guard !unit.isEmpty, family.hasSuffix("_\(unit)") else {
                throw refuse(.invalidUnit, "must end in its unit, _\(unit)\(kind == .counter ? "_total" : "")")
            }
        }
        self.name = name
        self.help = help
        self.unit = unit
        self.kind = kind
        self.labelNames = labelNames
        self.textMetadata = Array(
            "# HELP \(name) \(escapedHelp(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n".utf8)
        let unitLine = unit.map { "# UNIT \(family) \($0)\n" } ?? ""
        self.openMetricsMetadata = Array(
            "# TYPE \(family) \(kind.rawValue)\n\(unitLine)# HELP \(family) \(escapedHelp(help, quotes: true))\n".utf8)
    }

    /// Every name that this family uses on the page or that readers derive from it, in either format.
    var usedNames: [String] {
        switch self.kind {
        case .counter:
            let family = String(self.name.dropLast("_total".count))
            return [self.name, family, "\(family)_created"]
        case .gauge: return [self.name]
        case .histogram: return ["", "_bucket", "_count", "_sum", "_created"].map { self.name + $0 }
        }
    }

    /// The lines before the first sample.
    func metadata(_ format: ExpositionFormat) -> [UInt8] {
        format.isOpenMetrics ? self.openMetricsMetadata : self.textMetadata
    }

    /// Lower-case letters, digits and `_`, the first one a letter: Prometheus' linter refuses the upper case, colons belong to recording rules, a leading `_` to the formats.
    private static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte)
    }
}
