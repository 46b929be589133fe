import FoundationEssentials
import KafkaClient

/// Everything that the topics say about jobs' lives, read as any consumer would and sorted by job, task and attempt.
struct LifeLedger {
    typealias Stamped = LifeWire.Stamped

    /// One attempt as the topics tell it.
    struct Attempt {
        var dispatch: Stamped<Wire.Dispatch>
        /// The decision that sent it.
        var decision: Wire.Decision?
        /// What was said of it with its own token, in the order in which the router reads it.
        var outcomes: [Stamped<LifeWire.Event>] = []
        var cancellations: [Stamped<LifeWire.Cancellation>] = []

        /// When its lease is over by the contract: the dispatch's own deadline, and what came in time to renew it.
        var deadline: Double {
            var until = self.dispatch.body.lease_until
            // A repeated acceptance has no second effect.
            var isStarted = false
            for outcome in self.outcomes where outcome.time <= until {
                switch outcome.body.type {
                case "task.heartbeat": until = max(until, outcome.time + self.dispatch.body.lease_seconds)
                case "task.accepted" where !isStarted && outcome.body.started ?? true:
                    isStarted = true
                    until = max(until, outcome.time + self.dispatch.body.lease_seconds)
                default: break
                }
            }
            return until
        }
    }

    private(set) var submissions: [String: Int] = [:]
    private(set) var results: [String: [Stamped<LifeWire.Result>]] = [:]
    /// By task id, in order of attempts.
    private(set) var attempts: [String: [Attempt]] = [:]
    private(set) var decisions: [String: [Stamped<Wire.Decision>]] = [:]
    private(set) var deadLetters = 0
    /// Outcomes with a token or attempt that nobody gave.
    private(set) var lies = 0
    private(set) var troubles: [String] = []
    private var dispatches: [Stamped<Wire.Dispatch>] = []
    private var cancellations: [Stamped<LifeWire.Cancellation>] = []
    private var outcomes: [Stamped<LifeWire.Event>] = []

    init(_ setup: Setup) throws {
        let decoder = JSONDecoder()
        let jobs = Job.datacenters.map { "jobs.\($0).shell" }
        let reader = try TopicReader(setup, ["events", "results", "decisions", "dead-letter"] + jobs)
        try reader.toEnd(within: 120) { view in
            let record = Record(view)
            let time = Double(view.timestampMilliseconds) / 1000
            let data = Data(record.value ?? [])
            func stamped<Body: Decodable>(_: Body.Type) throws -> Stamped<Body> {
                Stamped(
                    body: try decoder.decode(Body.self, from: data), partition: record.partition, offset: record.offset,
                    time: time)
            }
            do {
                switch record.topic.dropFirst(setup.prefix.count) {
                case "events":
                    let event = try stamped(LifeWire.Event.self)
                    // What lies elsewhere has a copy at home.
                    let key = event.body.routing_key ?? event.body.job_id ?? ""
                    guard event.partition == Partitioning.home(of: key, partitions: Int32(setup.partitions)) else {
                        break
                    }
                    if event.body.type == "job.submitted" { self.submissions[key, default: 0] += 1 }
                    if event.body.task_id != nil { self.outcomes.append(event) }
                case "results":
                    self.results[record.keyText ?? "", default: []].append(try stamped(LifeWire.Result.self))
                case "decisions":
                    let decision = try stamped(Wire.Decision.self)
                    self.decisions[decision.body.job_id, default: []].append(decision)
                case "dead-letter": self.deadLetters += 1
                default:
                    if record.header("ce_type") == "task.cancelled" {
                        self.cancellations.append(try stamped(LifeWire.Cancellation.self))
                    } else {
                        self.dispatches.append(try stamped(Wire.Dispatch.self))
                    }
                }
            } catch {
                self.troubles.append("\(record.place): \(error)")
            }
        }
        self.sort()
    }

    private struct Name: Hashable {
        var task: String
        var attempt: Int
        var token: String
    }

    private mutating func sort() {
        var placed: [String: [Wire.Decision]] = [:]
        for decision in self.decisions.values.joined() where ["dispatch", "queue"].contains(decision.body.action) {
            for task in decision.body.task_ids { placed[task, default: []].append(decision.body) }
        }
        self.dispatches.sort { $0.body.attempt < $1.body.attempt }
        var places: [Name: Int] = [:]
        for dispatch in self.dispatches {
            let task = dispatch.body.task_id
            let place = self.attempts[task]?.count ?? 0
            places[Name(task: task, attempt: dispatch.body.attempt, token: dispatch.body.lease_token)] = place
            let decided = placed[task] ?? []
            self.attempts[task, default: []].append(
                Attempt(dispatch: dispatch, decision: place < decided.count ? decided[place] : nil))
        }
        for (task, decided) in placed where decided.count != self.attempts[task]?.count ?? 0 {
            self.troubles.append(
                "\(task): \(decided.count) decisions to send it, \(self.attempts[task]?.count ?? 0) dispatches")
        }
        self.outcomes.sort { $0.offset < $1.offset }
        for outcome in self.outcomes {
            let (task, attempt) = (outcome.body.task_id ?? "", outcome.body.attempt ?? 0)
            if let place = places[Name(task: task, attempt: attempt, token: outcome.body.lease_token ?? "")] {
                self.attempts[task]?[place].outcomes.append(outcome)
            } else {
                self.lies += 1
            }
        }
        for cancellation in self.cancellations {
            let body = cancellation.body
            if let place = places[Name(task: body.task_id, attempt: body.attempt, token: body.lease_token)] {
                self.attempts[body.task_id]?[place].cancellations.append(cancellation)
            } else {
                self.troubles.append("a cancellation of an attempt that nobody was sent: \(body)")
            }
        }
    }
}
