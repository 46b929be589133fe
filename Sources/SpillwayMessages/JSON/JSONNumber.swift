/// Values of numbers whose grammar has been checked.
enum JSONNumber {
    /// What a number is where an integer is asked for.
    enum Whole { case integer(Int64), fraction, beyond }

    /// A power of ten that a double holds exactly, by its exponent.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The integer that a number is: `4.0` and `40e-1` are 4.
    static func integer(_ bytes: Span<UInt8>, _ range: Range<Int>, isPlain: Bool) -> Whole {
        var at = range.lowerBound
        let isNegative = bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        if isPlain, range.upperBound - at <= 18 {
            var value: Int64 = 0
            while at < range.upperBound {
                value = value &* 10 &+ Int64(bytes[at] &- UInt8(ascii: "0"))
                at &+= 1
            }
            return .integer(isNegative ? -value : value)
        }
        return self.exactInteger(bytes, at..<range.upperBound, isNegative: isNegative)
    }

    /// The same for any number of digits, fractions and exponents, without rounding.
    private static func exactInteger(_ bytes: Span<UInt8>, _ range: Range<Int>, isNegative: Bool) -> Whole {
        // Zeros are kept back until another digit follows: those at the end move into the exponent.
        var magnitude: UInt64 = 0
        var isBeyond = false
        var zeros = 0
        var exponent = 0
        var isFraction = false
        var at = range.lowerBound
        scan: while at < range.upperBound {
            switch bytes[at] {
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "0"):
                zeros += 1
                if isFraction { exponent -= 1 }
            case UInt8(ascii: "1")...UInt8(ascii: "9"):
                if magnitude != 0 || isBeyond {
                    for _ in 0..<min(zeros, 20) { isBeyond = self.push(0, to: &magnitude) || isBeyond }
                }
                zeros = 0
                isBeyond = self.push(UInt64(bytes[at] - UInt8(ascii: "0")), to: &magnitude) || isBeyond
                if isFraction { exponent -= 1 }
            default:
                exponent += self.exponent(bytes, (at + 1)..<range.upperBound)
                break scan
            }
            at += 1
        }
        if magnitude == 0, !isBeyond { return .integer(0) }
        exponent += zeros
        if exponent < 0 { return .fraction }
        if isBeyond || exponent > 19 { return .beyond }
        for _ in 0..<exponent where self.push(0, to: &magnitude) { return .beyond }
        if isNegative, magnitude == UInt64(Int64.max) + 1 { return .integer(.min) }
        guard let value = Int64(exactly: magnitude) else { return .beyond }
        return .integer(isNegative ? -value : value)
    }

    /// Puts a digit behind others. True if there are too many.
    private static func push(_ digit: UInt64, to magnitude: inout UInt64) -> Bool {
        let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        magnitude = sum
        return overflow || carry
    }

    /// An exponent, cut to what is beyond all use: a record has fewer digits than that.
    private static func exponent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        var value = 0
        for at in range {
            let digit = bytes[at] &- UInt8(ascii: "0")
            if digit < 10 { value = min(value * 10 + Int(digit), 10_000_000_000) }
        }
        return bytes[range.lowerBound] == UInt8(ascii: "-") ? -value : value
    }

    /// The nearest double. `nil` if the number is beyond all of them.
    static func double(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var at = range.lowerBound
        let isNegative = bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        var digits: UInt64 = 0
        var count = 0
        var decimals = 0
        var isFraction = false
        while at < range.upperBound {
            let digit = bytes[at] &- UInt8(ascii: "0")
            if digit < 10 {
                digits = digits &* 10 &+ UInt64(digit)
                count &+= 1
                if isFraction { decimals &+= 1 }
            } else if bytes[at] == UInt8(ascii: ".") {
                isFraction = true
            } else {
                break
            }
            at &+= 1
        }
        // Up to 2^53 and 10^22 are exact, so one division rounds once, as it should.
        if at == range.upperBound, count <= 18, digits <= 1 << 53, decimals <= 22 {
            let value = Double(digits) / self.powers[decimals]
            return isNegative ? -value : value
        }
        guard let value = Double(self.copy(bytes, range)), value.isFinite else { return nil }
        return value
    }

    private static func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        var text = ""
        for at in range { text.unicodeScalars.append(Unicode.Scalar(bytes[at])) }
        return text
    }
}
