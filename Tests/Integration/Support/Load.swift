import KafkaClient

/// A submission, known by its number: the same in the feed and in the check.
struct Job: Hashable {
    static let datacenters = ["dc-a", "dc-b", "dc-c", "dc-d"]

    var number: Int

    var id: String {
        let digits = String(self.number)
        return "job-\(String(repeating: "0", count: max(0, 7 - digits.count)))\(digits)"
    }

    var slots: Int { self.number % 13 == 0 ? 2 : 1 }
    var workflows: Int { self.number % 17 == 0 ? 3 : 1 }
    var cores: Int { 1 + self.number % 3 }

    /// Its tasks of one slot.
    func taskIDs(slot: Int) -> [String] { (0..<self.workflows).map { "\(self.id)/\(slot)/w\($0)" } }

    var body: String {
        var text = "{\"type\":\"job.submitted\",\"job_id\":\"\(self.id)\",\"workflows\":["
        for workflow in 0..<self.workflows {
            if workflow > 0 { text += "," }
            text +=
                "{\"workflow_id\":\"w\(workflow)\",\"cores\":\(self.cores),\"duration\":\"20m\",\"payload\":{\"n\":\(self.number)}}"
        }
        text += "]"
        if self.slots > 1 { text += ",\"datacenter_count\":\(self.slots)" }
        if self.number % 5 == 0 { text += ",\"datacenters\":[\"\(Self.datacenters[self.number % 4])\"]" }
        return text + "}"
    }

    var headers: HeaderList {
        var headers = HeaderList()
        if self.number % 4 == 0 { headers.append("ce_type", "job.submitted") }
        if self.number % 6 == 0 { headers.append("ce_id", "\(self.number)") }
        if self.number % 7 == 0 { headers.append("x-trace", "trace \(self.number)") }
        return headers
    }
}

/// Sends submissions from a thread of its own, by producers that partition differently: a third as the Java client does,
/// a third by CRC32, a third without any key.
final class Feed: Sendable {
    struct State: Sendable {
        var sent = 0
        var isDone = false
        var error: String?
    }

    private let gate = Gate<State>(State())

    init(_ setup: Setup, _ numbers: [Int], perSecond: Int = .max) {
        Thread.start { [gate] in
            do {
                try Self.send(setup, numbers, perSecond, gate)
            } catch {
                gate.change { $0.error = "\(error)" }
            }
            gate.change { $0.isDone = true }
        }
    }

    var sent: Int { self.gate.value.sent }

    /// Waits until all has arrived.
    func finish(within seconds: Double = 120) throws {
        guard self.gate.wait(seconds, until: \.isDone) else { throw Trouble("the feed isn't done in \(seconds) s") }
        if let error = self.gate.value.error { throw Trouble("the feed failed: \(error)") }
    }

    private static func send(_ setup: Setup, _ numbers: [Int], _ perSecond: Int, _ gate: Gate<State>) throws {
        let like = setup.client.merging(["enable.idempotence": "true", "linger.ms": "5"])
        let (java, crc) = (
            try Producer(like.merging(["partitioner": "murmur2_random"])),
            try Producer(like.merging(["partitioner": "consistent_random"]))
        )
        let (javaTopic, crcTopic) = (
            try java.topic(named: setup.topic("events")), try crc.topic(named: setup.topic("events"))
        )
        let start = monotonicSeconds()
        for (index, number) in numbers.enumerated() {
            let job = Job(number: number)
            let value = Array(job.body.utf8)
            switch number % 3 {
            case 0: try java.send(value, key: job.id, to: javaTopic, headers: job.headers)
            case 1: try crc.send(value, key: job.id, to: crcTopic, headers: job.headers)
            default: try crc.send(value, key: nil, to: crcTopic, headers: job.headers)
            }
            guard index % 100 == 99 else { continue }
            gate.change { $0.sent = index + 1 }
            let due = start + Double(index + 1) / Double(perSecond)
            try java.serve()
            try crc.serve()
            while monotonicSeconds() < due {
                try crc.serve(timeout: .seconds(max(0.001, due - monotonicSeconds())))
            }
        }
        try java.finish(within: 200)
        try crc.finish(within: 200)
        gate.change { $0.sent = numbers.count }
    }

    /// Sends submissions once more by a program that knows nothing of this package, if there is one.
    static func again(_ setup: Setup, _ numbers: [Int]) throws {
        guard let kcat = ["/usr/bin/kcat", "/usr/local/bin/kcat"].first(where: { Self.isThere($0) }) else {
            return try Feed(setup, numbers).finish()
        }
        let lines = numbers.map { number in "\(Job(number: number).id)\t\(Job(number: number).body)\n" }
        try Self.withFile(lines.joined()) { path in
            _ = try ChildProcess.run(
                kcat, ["-P", "-b", setup.bootstrap, "-t", setup.topic("events"), "-K", "\t", "-l", path])
        }
    }
}

/// Datacenters that report from a thread of their own: four with two managers each, once a second.
final class Fleet: Sendable {
    private let isOver = Gate<Bool>(false)
    private let beats = Gate<Int>(0)

    /// - Parameter cores: How many each manager has, all of them free.
    init(_ setup: Setup, cores: Int = 4_000) throws {
        let producer = try Producer(
            setup.client.merging(["partitioner": "murmur2_random", "message.timeout.ms": "5000"]))
        let topic = try producer.topic(named: setup.topic("heartbeats"))
        // Handed over to the thread that alone uses it from here on.
        let hand = unsafe Unmanaged.passRetained(Hand(producer: producer, topic: topic)).toOpaque()
        let address = UInt(bitPattern: hand)
        Thread.start { [isOver, beats] in
            guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
            let hand = unsafe Unmanaged<Hand>.fromOpaque(pointer).takeRetainedValue()
            var sequence = 0
            while !isOver.value {
                sequence += 1
                for datacenter in Job.datacenters {
                    for manager in ["m1", "m2"] {
                        try? hand.producer.send(
                            Self.heartbeat(datacenter, manager, sequence, cores), key: "\(datacenter)/\(manager)",
                            to: hand.topic)
                    }
                }
                _ = try? hand.producer.serve(timeout: .milliseconds(1))
                beats.change { $0 = sequence }
                isOver.wait(1) { $0 }
            }
            _ = try? hand.producer.flush(timeout: .seconds(5))
            hand.producer.close()
        }
        self.beats.wait(10) { $0 > 0 }
    }

    deinit { self.stop() }

    func stop() { self.isOver.change { $0 = true } }

    private final class Hand {
        let producer: Producer
        let topic: Producer.Topic
        init(producer: Producer, topic: Producer.Topic) {
            self.producer = producer
            self.topic = topic
        }
    }

    static func heartbeat(_ datacenter: String, _ manager: String, _ sequence: Int, _ cores: Int) -> [UInt8] {
        Array(
            """
            {"manager_id":"\(manager)","datacenter_id":"\(datacenter)","incarnation":1,"sequence":\(sequence),\
            "worker_count":8,"healthy_worker_count":8,"total_cores":\(cores),"available_cores":\(cores)}
            """.utf8)
    }
}
