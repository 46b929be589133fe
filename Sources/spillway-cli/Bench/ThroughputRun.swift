import KafkaClient
import Spillway

/// One run of the throughput workload by one program.
struct ThroughputRun {
    let name: String
    let options: BenchOptions.Pipeline
    let configuration: Configuration

    /// What was measured.
    struct Figures: Sendable {
        var perSecond: Double
        var cpuMicroseconds: Double
        var peakMemory: Int
        var commits: Int
        var commitSeconds: Double
        var actions: [String: Int] = [:]
    }

    /// Nothing was committed for so long: given up.
    private static let patience = 120.0

    /// Measures the router, checks that each job is on one job topic once, and says how much it wrote.
    func router(lanes: Int) throws(CommandFailure) -> (Figures, BenchSizes) {
        let run = try BenchRun(self.name, self.options, self.configuration, lanes: lanes)
        defer { run.end() }
        let load = try self.preload(run)
        defer { load.close() }
        let (child, scrape) = try run.startRouter()
        let before = scrape.metrics()
        let span = try self.measure(run, load, child)
        let after = try self.settled(scrape, before)
        let actions = after.sums(of: Self.decisions, by: "action").mapValues { Int($0) }
        let commits = after["\(Self.commits)_count"] - before["\(Self.commits)_count"]
        let seconds = after["\(Self.commits)_sum"] - before["\(Self.commits)_sum"]
        let figures = Figures(
            perSecond: Double(self.options.jobs) / span.seconds,
            cpuMicroseconds: span.cpu / Double(self.options.jobs) * 1e6, peakMemory: child.peakMemory,
            commits: Int(commits), commitSeconds: commits > 0 ? seconds / commits : 0, actions: actions)
        guard child.end() else { throw run.failure("the router didn't end in good order", of: child) }
        return (figures, try self.sizes(run))
    }

    /// Measures the bare loop.
    func bareLoop(_ sizes: BenchSizes) throws(CommandFailure) -> Figures {
        let run = try BenchRun(self.name, self.options, self.configuration, lanes: 1)
        defer { run.end() }
        let load = try self.preload(run)
        defer { load.close() }
        let child = try run.startBareLoop(sizes)
        let span = try self.measure(run, load, child)
        let peak = child.peakMemory
        guard child.end(), let words = child.line()?.split(separator: " "), words.count == 2,
            let commits = Int(words[0]), let seconds = Double(words[1])
        else { throw run.failure("the bare loop didn't end in good order", of: child) }
        return Figures(
            perSecond: Double(self.options.jobs) / span.seconds,
            cpuMicroseconds: span.cpu / Double(self.options.jobs) * 1e6, peakMemory: peak, commits: commits,
            commitSeconds: commits > 0 ? seconds / Double(commits) : 0)
    }

    private static let decisions = "spillway_decisions_total"
    private static let commits = "spillway_kafka_commit_duration_seconds"

    /// Puts the load into the log, where nobody sees it yet.
    private func preload(_ run: BenchRun) throws(CommandFailure) -> BenchLoad {
        Console.note("\(self.name): \(self.options.jobs) submissions are preloaded\n")
        do throws(KafkaError) {
            let load = try BenchLoad(
                run.settings, topic: run.topics.names.events, datacenters: self.options.datacenters,
                gate: "\(run.group)-gate")
            let portion = 10_000
            for start in stride(from: 0, to: self.options.jobs, by: portion) {
                try load.send(start..<min(self.options.jobs, start + portion))
            }
            try load.flush()
            return load
        } catch {
            throw .failed("preloading: \(error)")
        }
    }

    /// Releases the load and waits until the group has committed all of it.
    private func measure(
        _ run: BenchRun, _ load: BenchLoad, _ child: BenchChild
    ) throws(CommandFailure) -> (seconds: Double, cpu: Double) {
        do throws(KafkaError) {
            let ends = try run.admin.endOffsets(of: run.topics.eventPartitions, timeout: .seconds(30))
            let goal = Dictionary(uniqueKeysWithValues: ends.map { ($0.partition, $0.offset) })
            let total = Double(goal.values.reduce(0, +))
            let cpuBefore = child.cpu
            let began = BenchClock.monotonic()
            try load.release()
            var lastCommitted = 0.0
            var lastProgress = began
            while true {
                let offsets = try run.admin.committedOffsets(
                    ofGroup: run.group, run.topics.eventPartitions, timeout: .seconds(30))
                let now = BenchClock.monotonic()
                let isDone = offsets.count == goal.count && offsets.allSatisfy { $0.offset >= goal[$0.partition] ?? 0 }
                if isDone { return (now - began, child.cpu - cpuBefore) }
                let committed = offsets.reduce(0.0) { $0 + Double(max(0, $1.offset)) }
                if committed > lastCommitted {
                    lastCommitted = committed
                    lastProgress = now
                }
                guard child.isRunning, now - lastProgress < Self.patience else {
                    throw KafkaError(reason: .timedOut, message: "no more than \(Int(committed)) jobs are committed")
                }
                guard !BenchInterrupt.isRequestedNow else {
                    throw KafkaError(reason: .timedOut, message: "interrupted")
                }
                // Close to the end it looks often; before that it leaves the broker alone.
                let left = committed > 0 ? (total - committed) * (now - began) / committed : 1
                BenchClock.pause(min(0.05, max(0.003, left / 10)))
            }
        } catch {
            throw run.failure("\(self.name): \(error.message)", of: child)
        }
    }

    /// The metrics once the last commit is in them: it is booked a moment after the broker has it.
    private func settled(_ scrape: BenchScrape, _ before: BenchMetrics) throws(CommandFailure) -> BenchMetrics {
        let deadline = BenchClock.monotonic() + 2
        while true {
            let metrics = scrape.metrics()
            let decided = metrics.sums(of: Self.decisions, by: "action").values.reduce(0, +)
            if decided >= Double(self.options.jobs) || BenchClock.monotonic() > deadline { return metrics }
            BenchClock.pause(0.01)
        }
    }

    /// Reads everything back: how large it is, and whether each job was dispatched once.
    private func sizes(_ run: BenchRun) throws(CommandFailure) -> BenchSizes {
        let topics = run.topics
        let jobs = self.options.jobs
        do throws(KafkaError) {
            let reader = BenchReader(run.settings)
            let dispatches = try reader.read(topics.jobTopicPartitions, jobs: jobs)
            let decisions = try reader.read(
                topics.partitions(of: [topics.names.decisions], topics.partitions), jobs: jobs)
            let state = try reader.read(topics.partitions(of: [topics.names.state], topics.partitions), jobs: jobs)
            guard dispatches.jobs == jobs, dispatches.repeated == 0, dispatches.records == jobs else {
                throw KafkaError(
                    reason: .other,
                    message: """
                        of \(jobs) jobs \(dispatches.jobs) are on job topics, in \(dispatches.records) records, of which \
                        \(dispatches.repeated) repeat a job
                        """)
            }
            return BenchSizes(
                dispatchBytes: dispatches.bytes / max(1, dispatches.records),
                decisionBytes: decisions.bytes / max(1, decisions.records),
                stateBytes: state.bytes / max(1, state.records),
                stateRecords: (state.records + jobs / 2) / max(1, jobs))
        } catch {
            throw .failed("\(self.name), checking: \(error.message)")
        }
    }
}
