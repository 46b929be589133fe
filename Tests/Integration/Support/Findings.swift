import Testing

/// What a check found wrong: the first few of each kind, and how many there were.
struct Findings {
    private var counts: [String: Int] = [:]
    private(set) var texts: [String] = []

    var isEmpty: Bool { self.counts.isEmpty }

    mutating func add(_ kind: String, _ detail: @autoclosure () -> String) {
        let count = self.counts[kind, default: 0] + 1
        self.counts[kind] = count
        if count <= 4 { self.texts.append("\(kind): \(detail())") }
    }

    mutating func need(_ holds: Bool, _ kind: String, _ detail: @autoclosure () -> String) {
        if !holds { self.add(kind, detail()) }
    }

    /// Makes a failing test of them.
    func report(_ sourceLocation: SourceLocation = #_sourceLocation) {
        let totals = self.counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        #expect(
            self.isEmpty, "\(totals)\n\(self.texts.joined(separator: "\n"))", sourceLocation: sourceLocation)
    }
}
