import FoundationEssentials

/// Follows the `results` of jobs while a test goes on.
final class LifeResults {
    private let reader: TopicReader
    private let decoder = JSONDecoder()
    private(set) var byJob: [String: [LifeWire.Result]] = [:]

    init(_ setup: Setup) throws {
        self.reader = try TopicReader(setup, ["results"])
    }

    /// Waits until a condition holds of them.
    func wait(_ seconds: Double, until condition: ([String: [LifeWire.Result]]) -> Bool) throws -> Bool {
        let end = monotonicSeconds() + seconds
        while !condition(self.byJob) {
            guard monotonicSeconds() < end else { return false }
            try self.reader.next { view in
                let record = Record(view)
                guard let result = try? self.decoder.decode(LifeWire.Result.self, from: Data(record.value ?? [])) else {
                    return
                }
                self.byJob[result.job_id, default: []].append(result)
            }
        }
        return true
    }

    /// Waits for the first result of each job.
    func have(_ jobs: [any FollowedJob], within seconds: Double) throws -> Bool {
        try self.wait(seconds) { known in jobs.allSatisfy { known[$0.id] != nil } }
    }

    /// The newest result of a job.
    subscript(_ job: any FollowedJob) -> LifeWire.Result? { self.byJob[job.id]?.last }
}

extension Router {
    /// Waits until a sample of `/metrics` is so.
    func waits(_ seconds: Double, for name: String, until condition: (Double) -> Bool) -> Bool {
        let end = monotonicSeconds() + seconds
        while !condition(self.metric(name)) {
            guard monotonicSeconds() < end, self.process.isRunning else { return false }
            self.process.pause(0.1)
        }
        return true
    }
}
