import Settings
import Spillway

/// `spillway run`: the router, until a signal.
struct RunCommand: Sendable {
    let options: RunOptions

    /// Runs the router. The first signal drains it, a second one ends the process.
    ///
    /// - Returns: 0 after a drain.
    /// - Throws: what made it stop, in one sentence.
    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try self.options.settings.load()
        let log = StandardErrorLog(level: configuration.log.level, format: configuration.log.format)
        defer { log.flush() }
        let service = SpillwayService(configuration: configuration, log: log.sink)
        // A task of its own, because cancelling it is what drains the router.
        let running = Task { () -> Result<Void, SpillwayError> in
            do throws(SpillwayError) {
                return .success(try await service.run())
            } catch {
                return .failure(error)
            }
        }
        let signals = Signals { running.cancel() }
        defer { signals.end() }
        let port = await service.whenReady()
        if service.isReady, configuration.log.format == .json {
            try Console.result(Self.ready(configuration, port: port))
        }
        switch await running.value {
        case .success: return 0
        case .failure(let error): throw .failed(error.message)
        }
    }

    /// The line that says that it serves.
    private static func ready(_ configuration: Configuration, port: Int?) -> String {
        var metrics = configuration.http.metrics
        if let port { metrics?.port = port }
        return SettingsTree.mapping([
            .init("event", .text("ready")),
            .init("metrics", metrics.map { .text("\($0)") } ?? .null),
            // The admin listener comes with the admin API; until then there is none.
            .init("admin", .null),
        ]).json + "\n"
    }
}
