import KafkaClient

/// Faults of the broker, done to it by its own scripts.
enum Broker {
    static func node(_ action: String) throws {
        guard let scripts = Environment.scripts, let directory = Environment.kafkaDirectory else {
            throw Trouble("no broker that may be hurt")
        }
        let arguments = [directory, "node1", action]
        guard action == "start" else {
            _ = try ChildProcess.run("\(scripts)/node", arguments, within: 200)
            return
        }
        // Whether it serves is asked of itself: the script looks for a line in a log, and misses it in a long one.
        let starting = try ChildProcess("\(scripts)/node", arguments)
        let deadline = ContinuousClock.now + .seconds(150)
        while !Self.answers() {
            guard ContinuousClock.now < deadline else { throw Trouble("the broker didn't start: \(starting.lines)") }
            starting.pause(0.2)
        }
        starting.kill()
    }

    private static func answers() -> Bool {
        guard let bootstrap = Environment.bootstrap else { return false }
        do throws(KafkaError) {
            let admin = try Admin(["bootstrap.servers": bootstrap])
            defer { admin.close() }
            return try !admin.brokers(timeout: .seconds(2)).isEmpty
        } catch {
            return false
        }
    }

    /// Runs one of Kafka's own tools.
    static func tool(_ arguments: [String]) throws -> [String] {
        guard let scripts = Environment.scripts else { throw Trouble("no broker's tools") }
        return try ChildProcess.run("\(scripts)/tool", arguments)
    }
}
