import SpillwayCore

/// A decision for people.
enum DecisionText {
    /// What it is, then each candidate and each exclusion with its reason.
    static func of(_ decision: Decision) -> String {
        let placement = decision.placement
        var text = "\(decision.jobID) slot \(decision.slot): "
        switch (decision.action, placement.chosen) {
        case (.dispatch, let chosen?): text += "dispatch to \(chosen) (\(placement.runtime ?? "-"))"
        case (.queue, let chosen?):
            text += "queue at \(chosen) (\(placement.runtime ?? "-")), "
            text += "expected wait \(Self.seconds(placement.expectedWaitSeconds))"
        case (.hold, _): text += "hold"
        default: text += decision.action.rawValue
        }
        text += "\n  why             \(decision.reason.rawValue)\n"
        text += "  cores           \(decision.requiredCores)\n"
        text += "  worst health    \(placement.worstHealth.word)\n"
        if let spillover = placement.spillover { text += Self.text(spillover) }
        for name in placement.unknownPreferred { text += "  preferred       \(name), which nobody knows\n" }
        text += Self.candidates(placement)
        text += Self.exclusions(placement)
        return text
    }

    private static func text(_ spillover: SpilloverVerdict) -> String {
        var text = "  spillover       "
        if spillover.shouldSpillover, let target = spillover.spilloverDC {
            text += "from \(spillover.primaryDC) (wait \(Self.seconds(spillover.primaryWaitSeconds))) to \(target)"
            if let penalty = spillover.latencyPenaltyMilliseconds { text += ", \(Self.number(penalty)) ms farther" }
        } else {
            text += "stays at \(spillover.primaryDC) (wait \(Self.seconds(spillover.primaryWaitSeconds)))"
        }
        return text + "\n"
    }

    private static func candidates(_ placement: Placement) -> String {
        guard !placement.candidates.isEmpty else { return "  candidates      none\n" }
        let rows = placement.candidates.map { candidate in
            [
                candidate.datacenterID == placement.chosen ? "*" : "", "\(candidate.rank)", candidate.datacenterID,
                candidate.health.word, "\(candidate.availableCores)/\(candidate.totalCores)",
                "\(candidate.reservedCores)", Self.seconds(candidate.waitSeconds),
                candidate.rttMilliseconds.map { "\(Self.number($0)) ms" } ?? "-", Self.seconds(candidate.ageSeconds),
                candidate.why.rawValue,
            ]
        }
        let head = ["", "rank", "candidate", "health", "free", "reserved", "wait", "rtt", "age", "why"]
        return TextTable.lines([head] + rows)
    }

    private static func exclusions(_ placement: Placement) -> String {
        guard !placement.excluded.isEmpty else { return "" }
        let rows = placement.excluded.map { ["", $0.datacenterID, $0.why.word] }
        let left = placement.excludedCounts.reduce(0, +) - placement.excluded.count
        return TextTable.lines([["", "excluded", "why"]] + rows) + (left > 0 ? "    and \(left) more\n" : "")
    }

    /// Seconds with the digits that people read.
    static func seconds(_ value: Double) -> String {
        value.isFinite ? "\(Self.number(value)) s" : "endless"
    }

    /// A number with one decimal where it has one.
    static func number(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}

/// Rows in columns that are as wide as they need to be.
enum TextTable {
    /// A line for each row, indented.
    static func lines(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        var text = ""
        for row in rows {
            var line = "  "
            for (column, cell) in row.enumerated() where widths[column] > 0 {
                line += cell + String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}
