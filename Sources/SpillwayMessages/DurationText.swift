package import SpillwayCore

/// Reads durations as people write them: `90s`, `1m30s`, `500ms`, `1.5h`, `90`, `1m30` (contract/records.md).
package enum DurationText {
    /// The seconds that a text says, or `nil` if it is no duration or beyond a double.
    package static func seconds(_ text: String) -> Seconds? { self.seconds(text.utf8.span) }

    /// The same for bytes.
    package static func seconds(_ text: Span<UInt8>) -> Seconds? {
        guard text.count > 0 else { return nil }
        var sum: Seconds = 0
        var at = 0
        while at < text.count {
            let start = at
            while at < text.count, text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
            guard at > start else { return nil }
            if at < text.count, text[at] == UInt8(ascii: ".") {
                at += 1
                let fraction = at
                while at < text.count, text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
                guard at > fraction else { return nil }
            }
            guard let number = JSONNumber.double(text, start..<at) else { return nil }
            if at == text.count {
                sum += number
            } else {
                guard let unit = self.unit(text, &at) else { return nil }
                sum += unit > 0 ? number * unit : number / 1000
            }
        }
        return sum.isFinite ? sum : nil
    }

    /// The seconds of the unit at an offset, which moves past it. 0: milliseconds, which are divided by, as a thousandth
    /// is no double.
    private static func unit(_ text: Span<UInt8>, _ at: inout Int) -> Seconds? {
        let letter = text[at] | 0x20
        at += 1
        switch letter {
        case UInt8(ascii: "m"):
            if at < text.count, text[at] | 0x20 == UInt8(ascii: "s") {
                at += 1
                return 0
            }
            return 60
        case UInt8(ascii: "s"): return 1
        case UInt8(ascii: "h"): return 3600
        case UInt8(ascii: "d"): return 86_400
        case UInt8(ascii: "w"): return 604_800
        default: return nil
        }
    }
}
