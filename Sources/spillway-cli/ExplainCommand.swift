import KafkaClient
import Spillway

/// `spillway explain`: what was decided for a job, and how it ended, from the topics.
struct ExplainCommand: Sendable {
    let options: ExplainOptions

    /// Prints every record of `decisions` about the job, then its record of `results`.
    ///
    /// - Returns: 0, or 1 where nothing is known of the job.
    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try self.options.settings.load()
        let records: ExplainReader.Records
        do throws(KafkaError) {
            records = try ExplainReader(configuration).read(self.options.job)
        } catch {
            throw .failed("explain: \(configuration.kafka.bootstrapServers): \(error)")
        }
        guard !records.decisions.isEmpty || records.result != nil else {
            throw .failed("explain: nothing is known of \(self.options.job)")
        }
        switch self.options.format {
        case .json:
            for record in records.decisions + [records.result].compactMap({ $0 }) {
                try Console.result(String(decoding: record, as: UTF8.self) + "\n")
            }
        case .text:
            try Console.result(ExplainText.of(records))
        }
        return 0
    }
}
