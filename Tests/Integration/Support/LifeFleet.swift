import FoundationEssentials
import Glibc
import KafkaClient

/// Simulated datacenters on a thread of their own: they read their job topics and say what their managers would.
final class LifeFleet: Sendable {
    enum Order: Sendable {
        case silence(String)
        /// It reports again; whether it also says of everything that it had that it is over.
        case revive(String, saying: Bool)
        case manners(String, LifeManners)
        /// Everything that runs there is completed.
        case finish(String)
    }

    struct Figures: Sendable {
        var held = 0
        var heartbeats = 0
    }

    struct State: Sendable {
        var orders: [Order] = []
        var figures: [String: Figures] = [:]
        var turns = 0
        var outstanding = 0
        var undelivered = 0
        var isOver = false
        var isDone = false
        var error: String?
    }

    private let gate = Gate<State>(State())

    /// - Parameter sites: at most the four whose job topics the tests make.
    init(_ setup: Setup, _ sites: [LifeSite]) throws {
        // Only a value: the thread is the one that changes it.
        let box = unsafe Unmanaged.passRetained(Box(sites)).toOpaque()
        let address = UInt(bitPattern: box)
        Thread.start { [gate] in
            guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
            let box = unsafe Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue()
            do {
                try Self.run(setup, box, gate)
            } catch {
                gate.change { $0.error = "\(error)" }
            }
            gate.change { $0.isDone = true }
        }
        guard self.gate.wait(30, until: { $0.figures.count == sites.count || $0.error != nil }) else {
            throw Trouble("the fleet doesn't begin")
        }
    }

    deinit { self.gate.change { $0.isOver = true } }

    private final class Box {
        var sites: [LifeSite]
        init(_ sites: [LifeSite]) { self.sites = sites }
    }

    /// What went wrong with it.
    var error: String? { self.gate.value.error }

    /// How it stands, for a test's message.
    var lastWords: String {
        let state = self.gate.value
        return "the fleet: \(state.figures), \(state.turns) turns, \(state.outstanding) on their way, "
            + "\(state.undelivered) not delivered, \(state.error ?? "no error")"
    }

    /// How a datacenter stands.
    func figures(_ datacenter: String) -> Figures { self.gate.value.figures[datacenter] ?? Figures() }

    func order(_ orders: Order...) { self.gate.change { $0.orders += orders } }

    /// Waits until it holds of the datacenters' figures.
    func wait(_ seconds: Double, until condition: ([String: Figures]) -> Bool) -> Bool {
        self.gate.wait(seconds) { condition($0.figures) }
    }

    /// Ends it, without a word.
    func stop() {
        self.gate.change { $0.isOver = true }
        self.gate.wait(20, until: \.isDone)
    }

    // MARK: - The thread

    private static func run(_ setup: Setup, _ box: Box, _ gate: Gate<State>) throws {
        let reader = try TopicReader(setup, box.sites.map { "jobs.\($0.datacenter).shell" })
        let producer = try Producer(
            setup.client.merging([
                "partitioner": "murmur2_random", "linger.ms": "2", "message.timeout.ms": "120000",
                // In order through a broker's restart; what comes twice then is only one more repetition.
                "max.in.flight.requests.per.connection": "1",
            ]))
        let (events, heartbeats) = (
            try producer.topic(named: setup.topic("events")), try producer.topic(named: setup.topic("heartbeats"))
        )
        let decoder = JSONDecoder()
        var places: [String: Int] = [:]
        for (place, site) in box.sites.enumerated() { places[setup.topic("jobs.\(site.datacenter).shell")] = place }
        while !gate.value.isOver {
            Self.obey(box, gate)
            var inputs: [(place: Int, input: LifeSite.Input)] = []
            var trouble: String?
            try reader.next(.milliseconds(20)) { view in
                let record = Record(view)
                guard let place = places[record.topic] else { return }
                do {
                    let data = Data(record.value ?? [])
                    let input: LifeSite.Input =
                        record.header("ce_type") == "task.cancelled"
                        ? .cancellation(try decoder.decode(LifeWire.Cancellation.self, from: data))
                        : .dispatch(try decoder.decode(Wire.Dispatch.self, from: data))
                    inputs.append((place, input))
                } catch {
                    trouble = "\(record.place): \(error)"
                }
            }
            if let trouble { throw Trouble(trouble) }
            let now = wallSeconds()
            for (place, input) in inputs { box.sites[place].take(input, now: now) }
            for place in box.sites.indices {
                for item in box.sites[place].advance(to: now) {
                    try producer.send(Array(item.body.utf8), key: item.key, to: events)
                }
                for item in box.sites[place].heartbeatsIfDue(now: now) {
                    try producer.send(Array(item.body.utf8), key: item.key, to: heartbeats)
                }
            }
            try producer.serve()
            let (outstanding, undelivered) = (producer.outstanding, producer.failedCount)
            gate.change { state in
                state.turns += 1
                (state.outstanding, state.undelivered) = (outstanding, undelivered)
                for site in box.sites {
                    state.figures[site.datacenter] = Figures(held: site.held, heartbeats: site.heartbeats)
                }
            }
        }
        try producer.finish(within: 30)
    }

    private static func obey(_ box: Box, _ gate: Gate<State>) {
        var orders: [Order] = []
        guard !gate.value.orders.isEmpty else { return }
        gate.change { swap(&orders, &$0.orders) }
        let now = wallSeconds()
        for order in orders {
            for place in box.sites.indices {
                switch order {
                case .silence(box.sites[place].datacenter): box.sites[place].silence()
                case .revive(box.sites[place].datacenter, let isSaying):
                    box.sites[place].revive(now: now, saying: isSaying)
                case .manners(box.sites[place].datacenter, let manners): box.sites[place].manners = manners
                case .finish(box.sites[place].datacenter): box.sites[place].finish(now: now)
                default: break
                }
            }
        }
    }
}

/// The time of day.
func wallSeconds() -> Double {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
