import FoundationEssentials
import Testing

/// Reads all topics as any consumer would and verifies what was promised of them (issue: "It is done when", 2 and 3;
/// design section 10, invariants 1, 3 and 8). It shares no code with the router.
struct Checker {
    let setup: Setup
    /// Each job that was submitted, however often.
    let jobs: [Job]
    /// False: with `at_least_once` records may come twice, with equal ids.
    let isExact: Bool
    private var findings = Findings()
    private var records: [String: [Record]] = [:]
    private var byID: [String: Job] = [:]
    private var tolerated: Set<String> = []
    private let decoder = JSONDecoder()

    static let topics = ["events", "decisions", "results", "state", "dead-letter"]

    init(_ setup: Setup, jobs: [Int]) throws {
        self.setup = setup
        self.jobs = jobs.map { Job(number: $0) }
        self.isExact = setup.delivery == "exactly_once"
        self.byID = Dictionary(uniqueKeysWithValues: self.jobs.map { ($0.id, $0) })
        let jobTopics = Job.datacenters.map { "jobs.\($0).shell" }
        self.records = try TopicReader.all(setup, Self.topics + jobTopics)
    }

    /// The records of a topic, by its name without the prefix.
    subscript(topic: String) -> [Record] { self.records[topic] ?? [] }

    /// Leaves a job alone that the test looks at itself.
    mutating func tolerate(_ jobID: String) { self.tolerated.insert(jobID) }

    /// Looks at everything.
    mutating func check(_ sourceLocation: SourceLocation = #_sourceLocation) {
        let inputs = self.checkEvents()
        let decisions = self.checkDecisions(inputs)
        self.checkDispatches(decisions)
        self.checkState()
        self.checkDeadLetters(inputs)
        let answers = self["results"].prefix(2).map { String(decoding: $0.value ?? [], as: UTF8.self) }
        self.findings.need(answers.isEmpty, "a job was answered though it could be placed", "\(answers)")
        self.findings.report(sourceLocation)
    }

    // MARK: - Where records went

    private func isSubmission(_ record: Record) -> Job? {
        record.header("x-expect") == nil ? self.jobID(of: record).flatMap { self.byID[$0] } : nil
    }

    private func jobID(of record: Record) -> String? {
        struct Body: Decodable { var job_id: String? }
        return record.value.flatMap { try? self.decoder.decode(Body.self, from: Data($0)) }?.job_id
    }

    /// Each submission that isn't at home has been forwarded there, unchanged, once.
    ///
    /// - Returns: what lies where.
    private mutating func checkEvents() -> [String: Record] {
        var byPlace: [String: Record] = [:]
        var copies: [String: [Record]] = [:]
        var submitted: Set<String> = []
        for record in self["events"] {
            byPlace[record.place] = record
            if let origin = record.header("spillway_forwarded") { copies[origin, default: []].append(record) }
        }
        for record in self["events"] where record.header("spillway_forwarded") == nil {
            guard let job = self.isSubmission(record) else {
                copies[record.place] = nil
                continue
            }
            submitted.insert(job.id)
            let home = Partitioning.home(of: job.id, partitions: Int32(self.setup.partitions))
            let forwarded = copies.removeValue(forKey: record.place) ?? []
            if record.partition == home {
                self.findings.need(forwarded.isEmpty, "forwarded from home", record.place)
                continue
            }
            self.findings.need(!forwarded.isEmpty, "not forwarded", record.place)
            self.findings.need(
                forwarded.count <= 1 || !self.isExact, "forwarded more than once", "\(record.place): \(forwarded.count)"
            )
            for copy in forwarded {
                self.findings.need(copy.partition == home, "forwarded to a foreign partition", copy.place)
                self.findings.need(
                    copy.value == record.value && copy.key == record.key && copy.ownHeaders == record.ownHeaders,
                    "changed on the way home", "\(record.place) to \(copy.place)")
            }
        }
        self.findings.need(copies.isEmpty, "a copy without an origin", "\(copies.keys.prefix(3))")
        self.findings.need(
            submitted.count == self.jobs.count, "the feed is not whole", "\(submitted.count) of \(self.jobs.count)")
        return byPlace
    }

    // MARK: - Decisions

    private struct Slot: Hashable {
        var jobID: String
        var slot: Int
    }

    /// Each slot of each job was placed by one decision, which explains it.
    private mutating func checkDecisions(_ inputs: [String: Record]) -> [String: [Wire.Decision]] {
        var placed: [Slot: [Wire.Decision]] = [:]
        var ids: [String: Int] = [:]
        for record in self["decisions"] {
            let decision: Wire.Decision
            do {
                decision = try self.decoder.decode(Wire.Decision.self, from: Data(record.value ?? []))
            } catch {
                self.findings.add("a decision that can't be read", "\(record.place): \(error)")
                continue
            }
            ids[decision.decision_id, default: 0] += 1
            if self.tolerated.contains(decision.job_id) { continue }
            guard let job = self.byID[decision.job_id] else {
                self.findings.add("a decision for a job that nobody submitted", decision.job_id)
                continue
            }
            self.checkShape(decision, record, inputs)
            if decision.action != "hold" {
                placed[Slot(jobID: job.id, slot: decision.slot), default: []].append(decision)
            }
        }
        if self.isExact {
            for (id, count) in ids where count > 1 { self.findings.add("a decision id twice", "\(id): \(count)") }
        }
        for job in self.jobs {
            for slot in 0..<job.slots {
                self.check(job, slot, placed.removeValue(forKey: Slot(jobID: job.id, slot: slot)) ?? [])
            }
        }
        var byJob: [String: [Wire.Decision]] = [:]
        for (slot, decisions) in placed { self.findings.add("a slot too many", "\(slot): \(decisions.count)") }
        for record in self["decisions"] {
            guard let decision = try? self.decoder.decode(Wire.Decision.self, from: Data(record.value ?? [])),
                decision.action != "hold"
            else { continue }
            for task in decision.task_ids { byJob[task, default: []].append(decision) }
        }
        return byJob
    }

    private mutating func checkShape(_ decision: Wire.Decision, _ record: Record, _ inputs: [String: Record]) {
        let name = decision.decision_id
        let place = "\(decision.input.topic)/\(decision.input.partition)/\(decision.input.offset)"
        let home = Partitioning.home(of: decision.job_id, partitions: Int32(self.setup.partitions))
        if let input = inputs[place] {
            self.findings.need(
                self.jobID(of: input) == decision.job_id, "a decision names another job's record", "\(name): \(place)")
        } else {
            self.findings.add("a decision names a record that isn't there", "\(name): \(place)")
        }
        self.findings.need(decision.input.partition == home, "decided away from home", "\(name): \(place)")
        self.findings.need(record.keyText == decision.job_id, "a decision has another key", name)
        self.findings.need(record.partition == home, "a decision isn't at its key's partition", name)
        self.findings.need(decision.kind == "place", "another kind of decision", "\(name): \(decision.kind)")
    }

    private mutating func check(_ job: Job, _ slot: Int, _ decisions: [Wire.Decision]) {
        guard let decision = decisions.first else {
            self.findings.add("a job that was never placed", "\(job.id) slot \(slot)")
            return
        }
        if self.isExact {
            self.findings.need(
                decisions.count == 1, "placed more than once", "\(job.id) slot \(slot): \(decisions.count)")
        } else {
            self.findings.need(
                Set(decisions.map(\.decision_id)).count == 1, "decided twice under different ids",
                "\(job.id) slot \(slot): \(decisions.map(\.decision_id))")
        }
        let name = "\(job.id) slot \(slot), \(decision.decision_id)"
        self.findings.need(
            ["dispatch", "queue"].contains(decision.action), "not placed", "\(name): \(decision.action)")
        self.findings.need(decision.task_ids == job.taskIDs(slot: slot), "other tasks", "\(name): \(decision.task_ids)")
        self.findings.need(
            decision.required_cores == job.cores * job.workflows, "other cores", "\(name): \(decision.required_cores)")
        self.findings.need(decision.chosen.count == 1, "not one datacenter chosen", "\(name): \(decision.chosen)")
        let chosen = decision.chosen.first ?? ""
        self.findings.need(
            decision.candidates.contains { $0.datacenter == chosen }, "chosen without being a candidate", name)
        self.findings.need(
            (decision.primary + decision.fallback).contains(chosen), "chosen from neither list", name)
        self.findings.need(
            decision.candidates.map(\.rank) == Array(0..<decision.candidates.count), "candidates out of order", name)
        self.findings.need(!decision.reason.isEmpty && decision.runtime == "shell", "unexplained", name)
        if decision.action == "dispatch", let target = decision.candidates.first(where: { $0.datacenter == chosen }) {
            self.findings.need(
                target.available_cores - target.reserved_cores >= decision.required_cores,
                "dispatched without room", "\(name): \(target)")
        }
    }

    // MARK: - Job topics

    /// Each task is on exactly one job topic, once, where its decision says.
    private mutating func checkDispatches(_ decisions: [String: [Wire.Decision]]) {
        var copies: [String: [(record: Record, body: Wire.Dispatch)]] = [:]
        var owners: [String: String] = [:]
        for datacenter in Job.datacenters {
            for record in self["jobs.\(datacenter).shell"] {
                guard record.header("ce_type") == "task.dispatched" else {
                    self.findings.add(
                        "something else on a job topic", "\(record.place): \(record.header("ce_type") ?? "")")
                    continue
                }
                guard let body = try? self.decoder.decode(Wire.Dispatch.self, from: Data(record.value ?? [])) else {
                    self.findings.add("a dispatch that can't be read", record.place)
                    continue
                }
                if self.tolerated.contains(body.job_id) { continue }
                self.findings.need(body.datacenter == datacenter, "on another datacenter's topic", record.place)
                self.findings.need(
                    record.header("ce_id") == "\(body.task_id)/\(body.attempt)" && body.attempt == 1,
                    "another ce_id", "\(record.place): \(record.header("ce_id") ?? "")")
                self.findings.need(
                    record.keyText == body.job_id && body.routing_key == body.job_id, "another key", record.place)
                if let other = owners.updateValue(body.task_id, forKey: body.lease_token), other != body.task_id {
                    self.findings.add("a lease token twice", "\(body.lease_token): \(other), \(body.task_id)")
                }
                copies[body.task_id, default: []].append((record, body))
            }
        }
        for job in self.jobs {
            for slot in 0..<job.slots {
                for task in job.taskIDs(slot: slot) {
                    self.check(job, task, copies.removeValue(forKey: task) ?? [], decisions[task] ?? [])
                }
            }
        }
        self.findings.need(copies.isEmpty, "tasks that nobody asked for", "\(copies.keys.prefix(5))")
    }

    private mutating func check(
        _ job: Job, _ task: String, _ copies: [(record: Record, body: Wire.Dispatch)], _ decisions: [Wire.Decision]
    ) {
        guard let first = copies.first else { return self.findings.add("a task that was lost", task) }
        self.findings.need(
            copies.count == 1 || !self.isExact, "a task twice", "\(task): \(copies.map(\.record.place))")
        self.findings.need(
            Set(copies.map(\.body.lease_token)).count == 1, "copies with different lease tokens",
            "\(task): \(copies.map(\.body.lease_token))")
        self.findings.need(
            first.body.cores == job.cores && first.body.payload?.n == job.number, "another task's contents", task)
        guard self.isExact, let decision = decisions.first else { return }
        self.findings.need(
            decision.chosen == [first.body.datacenter] && decision.reason == first.body.reason
                && decision.runtime == first.body.runtime,
            "dispatched elsewhere than decided", "\(task): \(decision.chosen) \(first.body.datacenter)")
        let input = "\(decision.input.partition).\(decision.input.offset)."
        self.findings.need(
            first.body.lease_token.hasPrefix(input), "a lease token of another input",
            "\(task): \(first.body.lease_token), not of \(input)")
    }

    // MARK: - State and dead letters

    /// Each job is remembered, on the partition that its owner restores.
    private mutating func checkState() {
        var newest: [String: Record] = [:]
        for record in self["state"] { if let key = record.keyText { newest[key] = record } }
        for job in self.jobs {
            guard let record = newest[job.id] else {
                self.findings.add("not in state", job.id)
                continue
            }
            self.findings.need(record.value != nil, "forgotten in state", job.id)
            self.findings.need(
                record.partition == Partitioning.home(of: job.id, partitions: Int32(self.setup.partitions)),
                "in another partition of state", job.id)
        }
    }

    /// What was told to be refused (header `x-expect`) is in `dead-letter`, byte for byte; nothing else is.
    private mutating func checkDeadLetters(_ inputs: [String: Record]) {
        var letters: [String: [Record]] = [:]
        for letter in self["dead-letter"] {
            letters[letter.header("spillway_origin") ?? "", default: []].append(letter)
        }
        for record in inputs.values where record.header("x-expect") != nil {
            self.check(record, letters.removeValue(forKey: record.place) ?? [])
        }
        for origin in letters.keys where origin.hasPrefix(self.setup.topic("heartbeats")) { letters[origin] = nil }
        // (Those are looked at by `checkHeartbeats`.)
        for letter in letters.values.joined() {
            self.findings.add(
                "a good record among the dead",
                "\(letter.header("spillway_origin") ?? ""): \(letter.header("spillway_reason") ?? "")")
        }
    }

    /// A refused record and what became of it.
    private mutating func check(_ record: Record, _ letters: [Record]) {
        let expected = record.header("x-expect")?.split(separator: "|").map(String.init) ?? []
        guard let letter = letters.first else {
            return self.findings.add("a bad record disappeared", "\(record.place) \(expected)")
        }
        self.findings.need(letters.count == 1 || !self.isExact, "dead twice", "\(record.place): \(letters.count)")
        let reason = letter.header("spillway_reason") ?? ""
        self.findings.need(
            expected.contains(reason), "dead for another reason",
            "\(record.place) \(expected): \(reason), \(letter.header("spillway_message") ?? "")")
        self.findings.need(
            letter.value == record.value && letter.key == record.key && letter.ownHeaders == record.ownHeaders,
            "not byte for byte", "\(record.place): \(record.value?.count ?? -1), \(letter.value?.count ?? -1)")
        self.findings.need(
            letter.header("spillway_message")?.isEmpty == false
                && letter.header("spillway_origin_timestamp").flatMap { Int64($0) } != nil,
            "headers missing", record.place)
    }

    /// The same for heartbeats, whose records are handed in.
    mutating func checkHeartbeats(_ heartbeats: [Record], _ sourceLocation: SourceLocation = #_sourceLocation) {
        self.findings = Findings()
        var letters: [String: [Record]] = [:]
        for letter in self["dead-letter"] {
            letters[letter.header("spillway_origin") ?? "", default: []].append(letter)
        }
        for record in heartbeats where record.header("x-expect") != nil {
            self.check(record, letters.removeValue(forKey: record.place) ?? [])
        }
        for origin in letters.keys where origin.hasPrefix(self.setup.topic("heartbeats")) {
            self.findings.add("a good heartbeat among the dead", origin)
        }
        self.findings.report(sourceLocation)
    }
}
