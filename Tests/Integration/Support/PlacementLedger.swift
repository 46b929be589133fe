import FoundationEssentials

/// Follows `decisions` and adds up the cores that were sent to datacenters whose managers never say that they have them.
final class PlacementLedger {
    private let reader: TopicReader
    private let decoder = JSONDecoder()
    private var ended: Set<String> = []
    private(set) var decisions: [Wire.Decision] = []
    private(set) var unreadable: [String] = []

    init(_ setup: Setup) throws {
        self.reader = try TopicReader(setup, ["decisions"])
    }

    /// Waits until each of these jobs has a decision.
    ///
    /// - Returns: the decisions that came meanwhile, or nil if some didn't.
    func decisions(for jobs: [PlainJob], within seconds: Double) throws -> [Wire.Decision]? {
        let end = monotonicSeconds() + seconds
        let known = self.decisions.count
        var missing = Set(jobs.map(\.id))
        while !missing.isEmpty {
            guard monotonicSeconds() < end else { return nil }
            try self.reader.next { view in
                let record = Record(view)
                do {
                    let decision = try self.decoder.decode(Wire.Decision.self, from: Data(record.value ?? []))
                    self.decisions.append(decision)
                    missing.remove(decision.job_id)
                } catch {
                    self.unreadable.append("\(record.place): \(error)")
                }
            }
        }
        return Array(self.decisions[known...])
    }

    /// What these jobs had isn't theirs any more.
    func end(_ jobs: [PlainJob]) { self.ended.formUnion(jobs.map(\.id)) }

    /// The decisions about jobs that have something in a datacenter: `dispatch`, sent to run at once, or `queue`.
    func placed(in datacenter: String, _ action: String = "dispatch") -> [Wire.Decision] {
        self.decisions.filter {
            $0.chosen == [datacenter] && $0.action == action && !self.ended.contains($0.job_id)
        }
    }

    func cores(in datacenter: String, _ action: String = "dispatch") -> Int {
        self.placed(in: datacenter, action).reduce(0) { $0 + $1.required_cores }
    }
}

/// What two instances did that fill one datacenter at the same time.
struct BurstFigures {
    /// The cores that each of them sent there to run at once.
    private(set) var sent = [0, 0]
    /// The cores beyond the room, of both.
    let overshoot: Int
    /// How long the exchange took at least, in seconds. Whenever an instance sent more than was free, something that the
    /// other had sent before must have been unknown to it: the youngest that it may have been is so old.
    private(set) var delay = 0.0

    /// - Parameter first: The partitions of one of them.
    init(_ dispatches: [Wire.Decision], room: Int, first: Set<Int32>) {
        let inOrder = dispatches.sorted {
            ($0.at, $0.input.partition, $0.input.offset) < ($1.at, $1.input.partition, $1.input.offset)
        }
        var history: [[Wire.Decision]] = [[], []]
        for decision in inOrder {
            let sender = first.contains(decision.input.partition) ? 0 : 1
            self.sent[sender] += decision.required_cores
            var left = room - self.sent[sender]
            for other in history[1 - sender] {
                left -= other.required_cores
                guard left < 0 else { continue }
                self.delay = max(self.delay, decision.at - other.at)
                break
            }
            history[sender].append(decision)
        }
        self.overshoot = max(0, self.sent[0] + self.sent[1] - room)
    }
}
