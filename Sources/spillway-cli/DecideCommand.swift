import Settings
import Spillway
import SpillwayCore
import SpillwayMessages

/// `spillway decide`: the router's decision on files, without Kafka.
struct DecideCommand: Sendable {
    let options: DecideOptions

    /// Prints the decision for each slot of the job.
    ///
    /// - Returns: 0, whatever the decision is.
    /// - Throws: for a file that can't be read or isn't what it should be.
    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try self.options.settings.load()
        let entries = try Self.fleet(self.options.fleet)
        let now = self.options.now ?? entries.compactMap(\.writtenAt).max() ?? WallClock.now()
        let submission = try Self.job(self.options.job, configuration)
        let decisions = Self.decide(submission, entries, configuration, now: now)
        for decision in decisions {
            switch self.options.format {
            case .text: try Console.result(DecisionText.of(decision))
            case .json: try Console.result(Self.json(decision, configuration))
            }
        }
        return 0
    }

    private static func fleet(_ path: String) throws(CommandFailure) -> [FleetEntry] {
        let bytes = try InputFile.read(path)
        do throws(Refusal) {
            // Safe: the bytes live until the end of this function.
            return try unsafe FleetFile.decode(bytes.span.bytes)
        } catch {
            throw .failed("--fleet \(path): \(error)")
        }
    }

    private static func job(_ path: String, _ configuration: Configuration) throws(CommandFailure) -> JobSubmission {
        let bytes = try InputFile.read(path)
        let header = Array(EventType.jobSubmitted.rawValue.utf8)
        var decoder = EventDecoder(
            limits: RecordLimits(
                maxRecordBytes: configuration.limits.maxRecordBytes, maxWorkflows: configuration.limits.maxWorkflows,
                maxTasks: configuration.limits.maxTasks))
        do throws(Refusal) {
            // Safe: the bytes live until the end of this function.
            if case .jobSubmitted(let submission) = try unsafe decoder.decode(
                value: bytes.span.bytes, typeHeader: header.span.bytes)
            {
                return submission
            }
        } catch {
            throw .failed("--job \(path): \(error)")
        }
        throw .failed("--job \(path): is no job.submitted")
    }

    /// What the router would decide that had heard exactly this.
    private static func decide(
        _ submission: JobSubmission, _ entries: [FleetEntry], _ configuration: Configuration, now: UnixSeconds
    ) -> [Decision] {
        var settings = configuration.fleetSettings
        settings.isSnapshot = true
        var fleet = Fleet(settings, configuration.placementSettings)
        for (index, entry) in entries.enumerated() {
            let writtenAt = entry.writtenAt ?? now
            switch entry {
            case .heartbeat(let heartbeat, _):
                _ = fleet.apply(heartbeat, recordTimestamp: writtenAt, offset: Int64(index), now: now)
            case .capacity(let entry):
                var capacity = entry.capacity
                capacity.lastUpdated = writtenAt
                fleet.apply(capacity, isHealthGiven: entry.givenHealth != nil, now: now)
            }
        }
        fleet.version = UInt64(entries.count)
        fleet.viewIsReady(at: now)
        var instance = Instance(fleet: fleet)
        var engine = Engine(partition: 0, settings: EngineSettings())
        var effects = Effects()
        engine.step(
            .jobSubmitted(submission), at: InputPosition(partition: 0, offset: 0, timestamp: now), now: now,
            instance: &instance, effects: &effects)
        return Array(effects.decisions[..<effects.decisionCount])
    }

    private static func json(_ decision: Decision, _ configuration: Configuration) -> String {
        var writer = JSONWriter()
        writer.encode(decision, input: nil, configHash: configuration.configHash)
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}

extension FleetEntry {
    /// When it was written, if it says.
    var writtenAt: UnixSeconds? {
        switch self {
        case .heartbeat(let heartbeat, _): heartbeat.timestamp
        case .capacity(let capacity): capacity.lastUpdated
        }
    }
}
