/// Faults of the broker, done to it by its own scripts.
enum Broker {
    static func node(_ action: String) throws {
        guard let scripts = Environment.scripts, let directory = Environment.kafkaDirectory else {
            throw Trouble("no broker that may be hurt")
        }
        _ = try ChildProcess.run("\(scripts)/node", [directory, "node1", action], within: 200)
    }

    /// Runs one of Kafka's own tools.
    static func tool(_ arguments: [String]) throws -> [String] {
        guard let scripts = Environment.scripts else { throw Trouble("no broker's tools") }
        return try ChildProcess.run("\(scripts)/tool", arguments)
    }
}
