/// Finds the word that somebody may have meant.
package enum Similarity {
    /// The word that is fewest letters away, if it is near enough to be meant.
    package static func nearest(to word: String, among candidates: some Collection<String>) -> String? {
        guard word.count <= 100 else { return nil }
        let most = word.count < 4 ? 1 : max(2, word.count / 4)
        let ranked = candidates.map { (Self.distance(Array(word), Array($0)), $0) }.filter { $0.0 <= most }
        return ranked.min { $0 < $1 }?.1
    }

    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, corner + (a == b ? 0 : 1))
                corner = above
            }
        }
        return row[right.count]
    }
}
