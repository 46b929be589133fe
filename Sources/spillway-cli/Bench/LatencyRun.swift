import KafkaClient
import Settings
import Spillway
import Synchronization

/// How long a submission takes to be a dispatch, at a rate that the router can bear.
///
/// Submissions are offered by a thread at an even rate. The broker stamps both the submission and the dispatch; the
/// difference is one figure. The other is when a `read_committed` reader in this process has the dispatch. What is offered
/// in the first two seconds doesn't count: it meets cold clients.
struct LatencyRun {
    let rate: Double
    let options: BenchOptions.Pipeline
    let configuration: Configuration
    let output: BenchOutput

    private static let warmUp = 2.0
    /// What isn't dispatched so long after the last submission is lost.
    private static let patience = 60.0

    /// Measures, and prints the line.
    func run() throws(CommandFailure) {
        let lanes = self.options.lanes.first ?? 1
        let run = try BenchRun("\(Int(self.rate))-latency", self.options, self.configuration, lanes: lanes)
        defer { run.end() }
        let (child, _) = try run.startRouter()
        let skipped = Int(self.rate * Self.warmUp)
        let jobs = skipped + Int(self.rate * (self.options.offeredFor / .seconds(1)))
        Console.note("latency: \(jobs) submissions are offered, \(Int(self.rate)) a second\n")
        let offering = try self.offer(jobs, run)
        let arrivals: Arrivals
        do throws(KafkaError) {
            defer { offering.join() }
            arrivals = try self.listen(for: jobs, run)
        } catch {
            throw run.failure("latency: \(error.message)", of: child)
        }
        guard child.end() else { throw run.failure("the router didn't end in good order", of: child) }
        let submitted: BenchReader.Findings
        do throws(KafkaError) {
            submitted = try BenchReader(run.settings).read(run.topics.eventPartitions, jobs: jobs, keepsTimes: true)
        } catch {
            throw .failed("latency: \(error.message)")
        }
        guard submitted.jobs == jobs else { throw .failed("latency: \(submitted.jobs) of \(jobs) were submitted") }
        let counted = skipped..<jobs
        let appended = counted.map { Double(arrivals.appended[$0] - submitted.appendedAt[$0]) / 1000 }.sorted()
        let visible = counted.map { arrivals.visible[$0] - Double(submitted.appendedAt[$0]) / 1000 }.sorted()
        let figures = [appended, visible].flatMap { [Self.quantile(0.5, $0), Self.quantile(0.99, $0)] }
        try self.output.line(
            [
                ("bench", .text("latency")), ("offered_per_second", .number(self.rate)),
                ("p50_seconds", .number(figures[0])), ("p99_seconds", .number(figures[1])),
                ("visible_p50_seconds", .number(figures[2].rounded(to: 6))),
                ("visible_p99_seconds", .number(figures[3].rounded(to: 6))),
            ],
            text: """
                latency at \(self.rate.text(0)) jobs/s: appended p50 \((figures[0] * 1000).text(0)) ms, \
                p99 \((figures[1] * 1000).text(0)) ms; visible p50 \((figures[2] * 1000).text(0)) ms, \
                p99 \((figures[3] * 1000).text(0)) ms
                """)
    }

    /// Offers submissions in the background.
    private func offer(_ jobs: Int, _ run: BenchRun) throws(CommandFailure) -> BenchThread {
        let (rate, settings, datacenters) = (self.rate, run.settings, self.options.datacenters)
        let topic = run.topics.names.events
        return try BenchThread {
            do throws(KafkaError) {
                let load = try BenchLoad(settings, topic: topic, datacenters: datacenters, linger: .milliseconds(1))
                let began = BenchClock.monotonic()
                var sent = 0
                while sent < jobs, !BenchInterrupt.isRequestedNow {
                    let due = min(jobs, Int((BenchClock.monotonic() - began) * rate))
                    if due > sent { try load.send(sent..<due) }
                    sent = max(sent, due)
                    BenchClock.pause(0.001)
                }
                try load.flush()
                load.close()
            } catch {
                Console.note("spillway: the load: \(error)\n")
            }
        }
    }

    private struct Arrivals {
        /// When each job's dispatch was appended, in milliseconds since 1970.
        var appended: [Int64]
        /// When a reader had it, in seconds since 1970.
        var visible: [Double]
    }

    /// Reads the job topics as they fill, until all are there.
    private func listen(for jobs: Int, _ run: BenchRun) throws(KafkaError) -> Arrivals {
        var arrivals = Arrivals(
            appended: Array(repeating: 0, count: jobs), visible: Array(repeating: 0, count: jobs))
        let consumer = try Consumer(
            run.settings.merging([
                "isolation.level": "read_committed", "fetch.wait.max.ms": "10", "auto.offset.reset": "earliest",
                "queued.min.messages": "1000000",
            ]))
        try consumer.assign(run.topics.jobTopicPartitions.map { PartitionOffset($0, Offset.beginning) })
        var batch = RecordBatch(capacity: 1000)
        var missing = jobs
        let deadline = BenchClock.monotonic() + Double(jobs) / self.rate + Self.patience
        while missing > 0 {
            guard BenchClock.monotonic() < deadline, !BenchInterrupt.isRequestedNow else {
                throw KafkaError(reason: .timedOut, message: "\(missing) of \(jobs) are not dispatched")
            }
            let count = try consumer.poll(into: &batch, timeout: .milliseconds(200))
            let now = BenchClock.now()
            for index in 0..<count {
                let record = batch[index]
                guard let key = record.key, let job = BenchLoad.index(ofKey: key), job < jobs,
                    arrivals.appended[job] == 0
                else { continue }
                arrivals.appended[job] = record.timestampMilliseconds
                arrivals.visible[job] = now
                missing -= 1
            }
        }
        batch.clear()
        try consumer.close()
        return arrivals
    }

    private static func quantile(_ share: Double, _ sorted: [Double]) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
