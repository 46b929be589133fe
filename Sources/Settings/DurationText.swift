/// Durations as people write them: `90s`, `1m30s`, `500ms`, `1.5h`, `90`.
package enum DurationText {
    private static let attosecondsPerSecond: Int128 = 1_000_000_000_000_000_000
    private static let units: [(name: String, attoseconds: Int128)] = [
        ("ms", attosecondsPerSecond / 1000), ("s", attosecondsPerSecond), ("m", 60 * attosecondsPerSecond),
        ("h", 3600 * attosecondsPerSecond), ("d", 86_400 * attosecondsPerSecond), ("w", 604_800 * attosecondsPerSecond),
    ]

    /// Reads numbers (a fraction is allowed) with the units ms, s, m, h, d and w in any case, without spaces; a bare last
    /// number is seconds. Nil for anything else, negative numbers included.
    package static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        guard !rest.isEmpty, rest.utf8.count <= 64 else { return nil }
        var total: Int128 = 0
        while !rest.isEmpty {
            guard let number = Self.number(&rest) else { return nil }
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(letters.count)
            if letters.isEmpty, !rest.isEmpty { return nil }
            let name = letters.isEmpty ? "s" : letters.lowercased()
            guard let unit = Self.units.first(where: { $0.name == name }) else { return nil }
            total += number.whole * unit.attoseconds + number.fraction * unit.attoseconds / number.scale
        }
        return Duration(attoseconds: total)
    }

    /// At most 12 digits before the point and 9 behind it, so that no sum of them overflows.
    private static func number(_ rest: inout Substring) -> (whole: Int128, fraction: Int128, scale: Int128)? {
        func digits(_ most: Int) -> Substring? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count <= most else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits
        }
        guard let first = digits(12), let whole = Int128(first) else { return nil }
        guard rest.first == "." else { return (whole, 0, 1) }
        rest = rest.dropFirst()
        guard let second = digits(9), let fraction = Int128(second) else { return nil }
        var scale: Int128 = 1
        for _ in second { scale *= 10 }
        return (whole, fraction, scale)
    }

    /// Writes a duration in one unit: whole hours, else whole minutes from ten on, else whole seconds, else milliseconds.
    package static func format(_ duration: Duration) -> String {
        let attoseconds = duration.attoseconds
        let second = Self.attosecondsPerSecond
        if attoseconds > 0 {
            if attoseconds % (3600 * second) == 0 { return "\(attoseconds / (3600 * second))h" }
            if attoseconds % (60 * second) == 0, attoseconds >= 600 * second {
                return "\(attoseconds / (60 * second))m"
            }
        }
        if attoseconds % second == 0 { return "\(attoseconds / second)s" }
        let millisecond = second / 1000
        if attoseconds % millisecond == 0 { return "\(attoseconds / millisecond)ms" }
        let sign = attoseconds < 0 ? "-" : ""
        let magnitude = attoseconds.magnitude
        var fraction = String(magnitude % UInt128(millisecond))
        fraction = String(repeating: "0", count: 15 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(sign)\(magnitude / UInt128(millisecond)).\(fraction)ms"
    }
}

extension Duration {
    /// The duration in seconds, for arithmetic that is in seconds throughout.
    package var inSeconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) * 1e-18
    }

    /// Whole milliseconds, rounded up.
    package var inMilliseconds: Int {
        let perMillisecond: Int128 = 1_000_000_000_000_000
        return Int(clamping: (self.attoseconds + perMillisecond - 1) / perMillisecond)
    }
}
