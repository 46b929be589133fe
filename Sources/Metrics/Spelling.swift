let newline = UInt8(ascii: "\n")

extension [UInt8] {
    /// Adds a whole number in decimal.
    mutating func append(decimal value: UInt64) {
        if value < 10 {
            self.append(UInt8(ascii: "0") + UInt8(value))
            return
        }
        self.append(decimal: value / 10)
        self.append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    /// Adds a number as both formats read it: whole numbers without a point, never `-nan`.
    mutating func append(number value: Double) {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 {
            if whole < 0 { self.append(UInt8(ascii: "-")) }
            self.append(decimal: whole.magnitude)
        } else if value.isNaN {
            self += "NaN".utf8
        } else if value.isInfinite {
            self += (value < 0 ? "-Inf" : "+Inf").utf8
        } else {
            self += value.description.utf8
        }
    }
}

/// A bucket's bound as OpenMetrics wants it spelled: `1.0`, `0.005`, `1e-05`, `1e+06`, `+Inf`.
///
/// Text takes the same spelling, so that a series keeps its identity whichever format is negotiated.
func canonicalBound(_ bound: Double) -> String {
    if bound.isInfinite { return bound < 0 ? "-Inf" : "+Inf" }
    let text = bound.description
    // Swift goes over to an exponent at 2^54, OpenMetrics at a million.
    guard bound.magnitude >= 1e6, !text.utf8.contains(UInt8(ascii: "e")) else { return text }
    let parts = text.drop { $0 == "-" }.split(separator: ".")
    let exponent = parts[0].utf8.count - 1
    var digits = parts.joined()
    while digits.utf8.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    let mantissa = digits.utf8.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
    return "\(bound < 0 ? "-" : "")\(mantissa)e+\(exponent < 10 ? "0" : "")\(exponent)"
}

/// A label's value with `\`, `"` and newline escaped.
func escapedLabelValue(_ value: String) -> String {
    escaped(value, quotes: true)
}

/// A help text, escaped; only OpenMetrics escapes its quotes.
func escapedHelp(_ help: String, quotes: Bool) -> String {
    escaped(help, quotes: quotes)
}

private func escaped(_ text: String, quotes: Bool) -> String {
    // By scalar: a newline after a carriage return is no character of its own.
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
        case "\n": result.append(contentsOf: "\\n".unicodeScalars)
        case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
        default: result.append(scalar)
        }
    }
    return String(result)
}

/// A text that is short enough for a label's value: one above the limit is cut and ends in a hash of the whole.
///
/// - Parameter limit: in bytes of UTF-8, at least 24. The default is 128.
public func boundedLabelValue(_ text: String, limit: Int = 128) -> String {
    guard text.utf8.count > limit else { return text }
    // FNV-1a: it need only tell texts apart that begin alike, and be the same in every process.
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    let tail = "~" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    var head = String.UnicodeScalarView()
    var size = tail.utf8.count
    for scalar in text.unicodeScalars {
        size += UTF8.width(scalar)
        if size > limit { break }
        head.append(scalar)
    }
    return String(head) + tail
}
