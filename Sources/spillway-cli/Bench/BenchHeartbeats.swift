import KafkaClient
import Spillway
import Synchronization

/// The managers of the workload: each sends a heartbeat every five seconds, from a thread of its own. They say that all
/// their cores are free, whatever was sent to them.
final class BenchHeartbeats: Sendable {
    /// Who reports what.
    struct Fleet: Sendable {
        var topics: BenchTopics
        /// Of each datacenter.
        var managers: Int
        /// Of each manager.
        var cores: Int
    }

    private final class Signal: Sendable {
        let isStopped = Atomic(false)
    }

    private let signal: Signal
    private let thread: BenchThread

    private static let interval = 5.0

    /// Sends the first round, so that the fleet is known, and goes on in the background.
    init(_ settings: ClientSettings, _ fleet: Fleet) throws(CommandFailure) {
        do throws(KafkaError) {
            let producer = try Self.producer(settings)
            try Self.send(fleet, sequence: 1, by: producer)
            producer.close()
        } catch {
            throw .failed("heartbeats: \(error)")
        }
        let signal = Signal()
        self.signal = signal
        self.thread = try BenchThread {
            do throws(KafkaError) {
                try Self.goOn(settings, fleet, until: signal)
            } catch {
                Console.note("spillway: heartbeats: \(error)\n")
            }
        }
    }

    /// Stops, and waits for the thread.
    func stop() {
        self.signal.isStopped.store(true, ordering: .relaxed)
        self.thread.join()
    }

    private static func goOn(_ settings: ClientSettings, _ fleet: Fleet, until signal: Signal) throws(KafkaError) {
        let producer = try Self.producer(settings)
        defer { producer.close() }
        var next = BenchClock.monotonic() + Self.interval
        var sequence = 2
        while !signal.isStopped.load(ordering: .relaxed) {
            guard BenchClock.monotonic() >= next else {
                BenchClock.pause(0.02)
                continue
            }
            try Self.send(fleet, sequence: sequence, by: producer)
            sequence += 1
            next += Self.interval
        }
    }

    private static func producer(_ settings: ClientSettings) throws(KafkaError) -> Producer {
        try Producer(
            settings.merging(["partitioner": "murmur2_random", "linger.ms": "5", "enable.idempotence": "true"]))
    }

    private static func send(_ fleet: Fleet, sequence: Int, by producer: Producer) throws(KafkaError) {
        let topic = try producer.topic(named: fleet.topics.names.heartbeats)
        for datacenter in fleet.topics.datacenters {
            for manager in 0..<fleet.managers {
                let id = "\(datacenter)-m\(manager)"
                let value = """
                    {"manager_id":"\(id)","datacenter_id":"\(datacenter)","incarnation":1,"sequence":\(sequence),\
                    "is_leader":\(manager == 0),"term":1,"state":"active","worker_count":8,"healthy_worker_count":8,\
                    "total_cores":\(fleet.cores),"available_cores":\(fleet.cores),"pending_workflow_count":0,\
                    "pending_duration_seconds":0,"active_remaining_seconds":0,"queue_depth":0}
                    """
                let key = "\(datacenter)/\(id)"
                try unsafe producer.send(value.utf8.span.bytes, key: key.utf8.span.bytes, to: topic)
            }
        }
        guard try producer.flush(timeout: .seconds(30)) else {
            throw KafkaError(reason: .timedOut, message: "the broker doesn't take them")
        }
    }
}
