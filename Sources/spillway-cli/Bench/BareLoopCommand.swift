import Glibc
import Spillway
import Synchronization

/// `spillway bench bare-loop`, which `bench pipeline` starts: the bare loop in a process of its own. It isn't in the help.
struct BareLoopCommand: Sendable {
    let options: BareLoopOptions
    let settings: SettingsOptions

    private static let isStopped = Atomic(false)

    /// Runs until SIGTERM. It says `ready` once it has its partitions, and at the end what it committed.
    func run() throws(CommandFailure) -> Int32 {
        let configuration = try self.settings.load()
        // Looked at before it can be needed by the handler, which must not initialize it.
        Self.isStopped.store(false, ordering: .relaxed)
        _ = signal(SIGTERM) { _ in BareLoopCommand.isStopped.store(true, ordering: .relaxed) }
        let topics = TopicNames(prefix: configuration.kafka.topicPrefix)
        let work = BareLoop.Work(
            events: topics.events,
            jobs: configuration.fleet.datacenters.keys.sorted().map { topics.jobs($0, BenchTopics.runtime) },
            decisions: topics.decisions, state: topics.state, dispatchBytes: self.options.dispatchBytes,
            decisionBytes: self.options.decisionBytes, stateBytes: self.options.stateBytes,
            stateRecords: self.options.stateRecords,
            commitInterval: configuration.kafka.commitInterval / .seconds(1), mostInputs: self.options.mostInputs)
        let loop = try BareLoop(
            work, consumer: configuration.clientProperties(for: .laneConsumer(lane: 0)),
            producer: configuration.clientProperties(for: .laneProducer(lane: 0)))
        try loop.run(until: { Self.isStopped.load(ordering: .relaxed) }) { () throws(CommandFailure) in
            try Console.result("ready\n")
        }
        return try Console.result("\(loop.commits) \(loop.commitSeconds)\n")
    }
}
