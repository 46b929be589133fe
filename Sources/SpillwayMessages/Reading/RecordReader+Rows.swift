/// The router's own records keep what is many in rows: lists whose elements have their places. A row may have grown at
/// its end.
extension RecordReader {
    /// The elements of a list of at least so many. `nil` if it is none.
    func row(_ index: Int, atLeast count: Int) -> [Int]? {
        guard self.tokens[index].kind == .array else { return nil }
        var elements: [Int] = []
        elements.reserveCapacity(12)
        var element = index + 1
        while element < Int(self.tokens[index].next) {
            elements.append(element)
            element = Int(self.tokens[element].next)
        }
        return elements.count >= count ? elements : nil
    }

    /// The elements of the list in a field: none if it is absent, `nil` if it is no list.
    func rows(_ fields: Fields, _ field: WireField) -> [Int]? {
        self.token(fields, field) == 0 ? [] : self.row(self.token(fields, field), atLeast: 0)
    }

    /// An integer that isn't negative.
    func whole(_ index: Int) -> Int? {
        let token = self.tokens[index]
        guard token.kind == .number,
            case .integer(let value) = JSONNumber.integer(self.bytes, token.range, isPlain: token.isPlain), value >= 0
        else { return nil }
        return Int(value)
    }

    /// A number; null stands for one without an end.
    func number(_ index: Int) -> Double? {
        let token = self.tokens[index]
        switch token.kind {
        case .null: return .infinity
        case .number: return JSONNumber.double(self.bytes, token.range)
        default: return nil
        }
    }

    /// A string.
    func string(_ index: Int) -> String? {
        self.tokens[index].kind == .string ? self.text(index) : nil
    }

    /// A flag.
    func flag(_ index: Int) -> Bool? {
        switch self.tokens[index].kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    /// Throws if the record was written in a newer version of the router's own format.
    mutating func checkVersion(_ fields: Fields, newest: Int) throws(Refusal) {
        let version = self.integer(fields, .version)
        try self.check()
        guard version >= 1, version <= Int64(newest) else {
            throw Refusal(
                .outOfRange, "v: is version \(version) of this format; this program reads up to \(newest)", field: "v")
        }
    }
}
