import SpillwayCore

/// Numbers, durations, flags and schedules.
extension RecordReader {
    /// Cores and counts: what adds up to a sum must not overflow it.
    static let counts: ClosedRange<Int64> = 0...Int64(Int32.max)

    /// An integer that has to be there.
    mutating func integer(
        _ fields: Fields, _ field: WireField, in range: ClosedRange<Int64> = Int64.min...Int64.max
    ) -> Int64 {
        guard self.need(fields, field) else { return 0 }
        return self.optionalInteger(fields, field, in: range) ?? 0
    }

    /// An integer that may be absent.
    mutating func optionalInteger(
        _ fields: Fields, _ field: WireField, in range: ClosedRange<Int64> = Int64.min...Int64.max
    ) -> Int64? {
        let index = self.token(fields, field)
        guard index != 0 else { return nil }
        let token = self.tokens[index]
        guard token.kind == .number else {
            self.refuse(.wrongType, fields, field, "must be an integer")
            return nil
        }
        switch JSONNumber.integer(self.bytes, token.range, isPlain: token.isPlain) {
        case .integer(let value):
            if range.contains(value) { return value }
            self.refuse(.outOfRange, fields, field, "must be from \(range.lowerBound) to \(range.upperBound)")
        case .beyond:
            self.refuse(.outOfRange, fields, field, "must be from \(range.lowerBound) to \(range.upperBound)")
        case .fraction:
            self.refuse(.wrongType, fields, field, "must be an integer, has a fraction")
        }
        return nil
    }

    /// Cores or a count that has to be there.
    mutating func count(_ fields: Fields, _ field: WireField) -> Int {
        Int(self.integer(fields, field, in: Self.counts))
    }

    /// Cores or a count, if it is there.
    mutating func optionalCount(_ fields: Fields, _ field: WireField) -> Int? {
        self.optionalInteger(fields, field, in: Self.counts).map { Int($0) }
    }

    /// Seconds, finite and not negative, if they are there.
    mutating func optionalSeconds(_ fields: Fields, _ field: WireField) -> Seconds? {
        guard let value = self.optionalNumber(fields, field) else { return nil }
        guard value >= 0 else {
            self.refuse(.outOfRange, fields, field, "must not be negative")
            return nil
        }
        return value + 0  // so that -0 doesn't get any further
    }

    /// Seconds that have to be there.
    mutating func seconds(_ fields: Fields, _ field: WireField) -> Seconds {
        guard self.need(fields, field) else { return 0 }
        return self.optionalSeconds(fields, field) ?? 0
    }

    /// Any number that is a double, if it is there.
    mutating func optionalNumber(_ fields: Fields, _ field: WireField) -> Double? {
        let index = self.token(fields, field)
        guard index != 0 else { return nil }
        let token = self.tokens[index]
        guard token.kind == .number else {
            self.refuse(.wrongType, fields, field, "must be a number")
            return nil
        }
        guard let value = JSONNumber.double(self.bytes, token.range) else {
            self.refuse(.outOfRange, fields, field, "is beyond a double")
            return nil
        }
        return value
    }

    /// A duration as a number of seconds or as text, if it is there.
    mutating func optionalDuration(_ fields: Fields, _ field: WireField) -> Seconds? {
        let index = self.token(fields, field)
        guard index != 0 else { return nil }
        let token = self.tokens[index]
        switch token.kind {
        case .number: return self.optionalSeconds(fields, field)
        case .string:
            let seconds =
                token.isPlain
                ? DurationText.seconds(self.bytes.extracting(token.range))
                : DurationText.seconds(self.text(index))
            if seconds == nil { self.refuse(.outOfRange, fields, field, "is no duration such as 90s or 1m30s") }
            return seconds
        default:
            self.refuse(.wrongType, fields, field, "must be a duration: a number or a string")
            return nil
        }
    }

    /// A flag, if it is there.
    mutating func optionalFlag(_ fields: Fields, _ field: WireField) -> Bool? {
        let index = self.token(fields, field)
        guard index != 0 else { return nil }
        switch self.tokens[index].kind {
        case .yes: return true
        case .no: return false
        default:
            self.refuse(.wrongType, fields, field, "must be true or false")
            return nil
        }
    }

    /// A freeing schedule: `[[offset_seconds, cores], …]`, in ascending order. Empty if it is absent.
    mutating func schedule(_ fields: Fields, _ field: WireField) -> [CoresFreeing] {
        let index = self.token(fields, field)
        guard index != 0 else { return [] }
        let list = self.tokens[index]
        guard list.kind == .array else {
            self.refuse(.wrongType, fields, field, "must be a list")
            return []
        }
        var schedule: [CoresFreeing] = []
        var element = index + 1
        var number = 0
        var last: Seconds = 0
        while element < Int(list.next) {
            if let entry = self.scheduleEntry(element, fields, field, number) {
                if entry.offsetSeconds < last {
                    self.refuse(.outOfRange, fields, field, element: number, "must not come before the one before it")
                }
                last = entry.offsetSeconds
                schedule.append(entry)
            }
            element = Int(self.tokens[element].next)
            number += 1
        }
        return schedule
    }

    private mutating func scheduleEntry(
        _ index: Int, _ fields: Fields, _ field: WireField, _ number: Int
    ) -> CoresFreeing? {
        let pair = self.tokens[index]
        guard pair.kind == .array, Int(pair.next) == index + 3, self.tokens[index + 1].kind == .number,
            self.tokens[index + 2].kind == .number
        else {
            self.refuse(.wrongType, fields, field, element: number, "must be [offset_seconds, cores]")
            return nil
        }
        let cores = self.tokens[index + 2]
        switch JSONNumber.integer(self.bytes, cores.range, isPlain: cores.isPlain) {
        case .fraction:
            self.refuse(.wrongType, fields, field, element: number, "cores must be an integer")
        case .integer(let value) where Self.counts.contains(value):
            let offset = JSONNumber.double(self.bytes, self.tokens[index + 1].range)
            if let offset, offset >= 0 { return CoresFreeing(offsetSeconds: offset + 0, cores: Int(value)) }
            self.refuse(.outOfRange, fields, field, element: number, "the offset must be finite and not negative")
        default:
            self.refuse(.outOfRange, fields, field, element: number, "cores must be from 0 to 2147483647")
        }
        return nil
    }
}
