/// Doubles, flags, ids and what may be absent.
extension JSONWriter {
    /// Appends a double in the shortest form that reads back to the same one, such as `90.0`, and null where it isn't
    /// finite: JSON has no word for that.
    package mutating func write(_ value: Double) {
        let magnitude = value.magnitude
        // Up to here neighbours are closer than a thousandth, so if three decimals read back they are the shortest form.
        guard magnitude < 4e12 else {
            self.writeRare(value)
            return
        }
        // Rounded by hand: the standard library would call the C library for it.
        let thousandths = UInt64(magnitude * 1000 + 0.5)
        if Double(thousandths) / 1000 == magnitude {
            self.write(value, parts: thousandths, decimals: 3)
            return
        }
        if magnitude < 4e9 {
            let millionths = UInt64(magnitude * 1e6 + 0.5)
            if Double(millionths) / 1e6 == magnitude {
                self.write(value, parts: millionths, decimals: 6)
                return
            }
        }
        self.writeRare(value)
    }

    /// Appends a number of thousandths or millionths, without zeros at the end but for one decimal.
    private mutating func write(_ value: Double, parts: UInt64, decimals: Int) {
        if value < 0 { self.write(UInt8(ascii: "-")) }
        let scale: UInt64 = decimals == 3 ? 1000 : 1_000_000
        self.write(Int64(parts / scale))
        var fraction = parts % scale
        self.write(UInt8(ascii: "."))
        if fraction == 0 {
            self.write(UInt8(ascii: "0"))
            return
        }
        var place = scale / 10
        while fraction > 0 {
            self.write(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: fraction / place))
            fraction %= place
            place /= 10
        }
    }

    /// Appends seconds that aren't negative to the nearest millionth: what a difference of two stamps has beyond that
    /// is the noise of doubles.
    package mutating func write(millionths value: Double) {
        if value >= 0, value < 4e9 {
            self.write(value, parts: UInt64(value * 1e6 + 0.5), decimals: 6)
        } else {
            self.write(value)
        }
    }

    private mutating func writeRare(_ value: Double) {
        guard value.isFinite else {
            self.write("null")
            return
        }
        // Beyond 2^53 the standard library goes over to exponents, which some readers of times don't expect.
        if value.magnitude < 9e18, Double(Int64(value)) == value {
            self.write(Int64(value))
            self.write(".0")
        } else {
            self.write(unquoted: value.description)
        }
    }

    /// Appends a double, or null.
    package mutating func write(_ value: Double?) {
        if let value { self.write(value) } else { self.write("null") }
    }

    /// Appends a string, or null.
    package mutating func write(quoted text: String?) {
        if let text { self.write(quoted: text) } else { self.write("null") }
    }

    /// Appends true or false.
    package mutating func write(_ flag: Bool) {
        if flag { self.write("true") } else { self.write("false") }
    }

    /// Appends a list of strings.
    package mutating func write(list: [String]) {
        self.write(UInt8(ascii: "["))
        for index in list.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write(quoted: list[index])
        }
        self.write(UInt8(ascii: "]"))
    }
}
