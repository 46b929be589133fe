/// The ranges of an `Accept` or `Accept-Encoding` header, as far as they are read: 1 KiB and 16 ranges.
struct AcceptHeader {
    /// One range: `text/plain;version=0.0.4;q=0.5`, or `gzip;q=0`.
    struct Range: Hashable {
        /// The media type or coding, in lower case.
        var name: String
        /// The parameters but for q: names in lower case, values without quotes.
        var parameters: [String: String]
        /// From 0, which means not acceptable, to 1.
        var quality: Double
    }

    /// In the order given, without those whose q can't be read.
    let ranges: [Range]

    init(_ header: String) {
        var text = Substring(header)
        if text.utf8.count > 1024 {
            // The range that was cut could mean something else than it did.
            text = String(decoding: text.utf8.prefix(1024), as: UTF8.self)[...]
            text = text.lastIndex(of: ",").map { text[..<$0] } ?? ""
        }
        self.ranges = text.split(separator: ",", maxSplits: 16).prefix(16).compactMap(Self.range)
    }

    private static func range(_ text: Substring) -> Range? {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard let name = parts.first.map({ trimmed($0) }), !name.isEmpty else { return nil }
        var range = Range(name: name.lowercased(), parameters: [:], quality: 1)
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let key = trimmed(pair[0]).lowercased()
            let value = trimmed(pair[1]).filter { $0 != "\"" }
            if key == "q" {
                guard let quality = Self.quality(value) else { return nil }
                range.quality = quality
            } else {
                range.parameters[key] = value
            }
        }
        return range
    }

    /// Digits and a point only: `inf`, `nan`, `1e0` and `0x1` are numbers to Swift but not here.
    private static func quality(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let value = Double(text), value <= 1
        else { return nil }
        return value
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let start = text.drop(while: isSpace)
        guard let end = start.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(start[...end])
    }
}

/// Whether an `Accept-Encoding` header takes gzip: named with a q above 0, or not named and `*` is.
public func acceptsGzip(_ acceptEncoding: String?) -> Bool {
    guard let acceptEncoding else { return false }
    let ranges = AcceptHeader(acceptEncoding).ranges
    let range = ranges.first { $0.name == "gzip" } ?? ranges.first { $0.name == "*" }
    return (range?.quality ?? 0) > 0
}
