import CAllocationCount
import KafkaClient
import Settings
import SpillwayCore
import SpillwayMessages

/// `spillway bench path`: what a submission costs on its way from byte to byte, without Kafka, step by step.
///
/// The submissions of the throughput workload are read, decided and written as a lane does it, in portions; each step of a
/// portion is timed as a whole. The state grows as in a run: nothing ends.
struct PathBench {
    let datacenters: Int
    let jobs: Int
    let output: BenchOutput

    /// Measures, and prints a line for each step.
    func run() throws(CommandFailure) -> Int32 {
        BenchInterrupt.install()
        var path = Path(datacenters: self.datacenters)
        var steps = Path.Steps()
        for start in stride(from: 0, to: self.jobs, by: Path.portion) {
            try BenchInterrupt.check()
            try path.pass(start..<min(self.jobs, start + Path.portion), &steps)
        }
        for (name, spent) in [
            ("read", steps.read), ("decide", steps.decide), ("write_decision", steps.decision),
            ("write_dispatch", steps.dispatch), ("write_state", steps.state),
        ] {
            let jobs = Double(self.jobs)
            try self.output.line(
                [
                    ("bench", .text("path")), ("step", .text(name)), ("datacenters", .integer(self.datacenters)),
                    ("seconds", .number((spent.seconds / jobs).rounded(to: 10))),
                    ("allocations", .number((Double(spent.allocations) / jobs).rounded(to: 3))),
                ],
                text: """
                    \(name): \((spent.seconds / jobs * 1e6).text(3)) µs, \
                    \((Double(spent.allocations) / jobs).text(2)) allocations
                    """)
        }
        return 0
    }
}

/// The way of submissions through the engine of one partition.
private struct Path: ~Copyable {
    struct Spent {
        var seconds = 0.0
        var allocations = 0

        mutating func spend<E: Error>(_ body: () throws(E) -> Void) throws(E) {
            callocationcount_begin()
            let began = BenchClock.threadCPU()
            try body()
            self.seconds += BenchClock.threadCPU() - began
            self.allocations += callocationcount_end()
        }
    }

    struct Steps {
        var read = Spent()
        var decide = Spent()
        var decision = Spent()
        var dispatch = Spent()
        var state = Spent()
    }

    static let portion = 256

    private var decoder = EventDecoder(limits: RecordLimits())
    private var engine = Engine(partition: 0, settings: EngineSettings())
    private var instance: Instance
    private var effects: [Effects]
    private let datacenters: Int
    private let now: UnixSeconds = 1_795_229_700

    init(datacenters: Int) {
        self.datacenters = datacenters
        self.instance = Instance(fleet: DecisionWork.fleet(datacenters: datacenters, now: self.now))
        self.effects = Array(repeating: Effects(), count: Self.portion)
    }

    mutating func pass(_ range: Range<Int>, _ steps: inout Steps) throws(CommandFailure) {
        let values = range.map { index -> [UInt8] in
            var value: [UInt8] = []
            BenchLoad.value(of: index, datacenters: self.datacenters, into: &value)
            return value
        }
        var events: [Event] = []
        events.reserveCapacity(values.count)
        do throws(Refusal) {
            try steps.read.spend { () throws(Refusal) in
                for value in values {
                    events.append(try unsafe self.decoder.decode(value: value.span.bytes, typeHeader: nil))
                }
            }
        } catch {
            throw .failed("the workload is refused: \(error.message)")
        }
        steps.decide.spend {
            for index in events.indices {
                self.engine.step(
                    events[index],
                    at: InputPosition(partition: 0, offset: Int64(range.lowerBound + index), timestamp: self.now),
                    now: self.now, instance: &self.instance, effects: &self.effects[index])
            }
        }
        var text = JSONWriter()
        steps.decision.spend {
            for effects in self.effects[..<events.count] {
                for index in 0..<effects.decisionCount {
                    text.removeAll()
                    text.encode(
                        effects.decisions[index],
                        input: InputPosition(
                            partition: 0, offset: effects.decisions[index].id.offset, timestamp: 0),
                        topic: "spillway.events", configHash: "b1946ac9")
                }
            }
        }
        steps.dispatch.spend {
            for effects in self.effects[..<events.count] {
                for dispatch in effects.dispatches {
                    text.removeAll()
                    text.encode(dispatch)
                }
            }
        }
        steps.state.spend {
            for effects in self.effects[..<events.count] {
                for change in effects.state {
                    text.removeAll()
                    if case .put(let record) = change { text.encode(record) }
                }
            }
        }
        for index in events.indices { self.effects[index].reset() }
    }
}
