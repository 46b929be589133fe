import FoundationEssentials
import Spillway

/// A job's decisions and its end, for people.
enum ExplainText {
    /// A paragraph for each decision, one for the result.
    static func of(_ records: ExplainReader.Records) -> String {
        var text = ""
        for bytes in records.decisions {
            if let decision = DecisionRecord.read(bytes) { text += Self.of(decision) }
        }
        if let bytes = records.result, let result = try? JSONDecoder().decode(ResultRecord.self, from: Data(bytes)) {
            text += Self.of(result)
        } else if records.result == nil {
            text += "no result yet\n"
        }
        return text
    }

    private static func of(_ decision: DecisionRecord) -> String {
        let target = decision.chosen.first.map { " \($0) (\(decision.runtime ?? "-"))" } ?? ""
        var text =
            "\(WallClock.iso8601(decision.at)) \(decision.kind): \(decision.action)\(target), \(decision.reason)\n"
        text += "  decision \(decision.decision_id), slot \(decision.slot), \(decision.required_cores) cores, tasks "
        text += decision.task_ids.prefix(8).joined(separator: " ") + (decision.task_ids.count > 8 ? " …" : "") + "\n"
        let rows = decision.candidates.map { candidate in
            [
                decision.chosen.contains(candidate.datacenter) ? "*" : "", "\(candidate.rank)", candidate.datacenter,
                candidate.health, "\(candidate.available_cores)/\(candidate.total_cores)",
                "\(candidate.reserved_cores)", DecisionText.seconds(candidate.wait_seconds ?? .infinity),
                candidate.rtt_ms.map { "\(DecisionText.number($0)) ms" } ?? "-", candidate.why,
            ]
        }
        if !rows.isEmpty {
            text += TextTable.lines(
                [["", "rank", "candidate", "health", "free", "reserved", "wait", "rtt", "why"]] + rows)
        }
        if !decision.excluded.isEmpty {
            text += TextTable.lines(
                [["", "excluded", "why"]] + decision.excluded.map { ["", $0.datacenter, $0.why] })
        }
        return text
    }

    private static func of(_ result: ResultRecord) -> String {
        var text = "\(WallClock.iso8601(result.finished_at)) result: \(result.status), \(result.reason), "
        text += "\(result.total_attempts) attempts, \(result.retries_consumed) retries\n"
        for task in result.tasks {
            text += "  \(task.task_id): \(task.status)"
            text += task.datacenter.map { " at \($0) (\(task.runtime ?? "-"))" } ?? ""
            text += "\n"
            let rows = task.fallback_chain.map { entry in
                [
                    "", entry.attempt.map { "attempt \($0)" } ?? "-", WallClock.iso8601(entry.at),
                    entry.datacenter ?? "-", entry.runtime ?? "-", entry.outcome, entry.error ?? "",
                ]
            }
            text += TextTable.lines(rows)
        }
        return text
    }

    private struct ResultRecord: Decodable {
        struct Task: Decodable {
            var task_id: String
            var status: String
            var datacenter: String?
            var runtime: String?
            var fallback_chain: [Entry]
        }

        struct Entry: Decodable {
            var attempt: Int?
            var datacenter: String?
            var runtime: String?
            var outcome: String
            var error: String?
            var at: Double
        }

        var status: String
        var reason: String
        var finished_at: Double
        var total_attempts: Int
        var retries_consumed: Int
        var tasks: [Task]
    }
}
