import Dispatch
import Spillway

#if canImport(Glibc)
    import Glibc
#endif

/// `spillway run`
struct RunCommand: Sendable {
    let options: RunOptions

    /// Carries the command out and answers with the exit code.
    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try self.options.settings.load()
        let log = StandardErrorLog(level: configuration.log.level, format: configuration.log.format)
        let service = SpillwayService(configuration: configuration, log: log.sink)
        let task = Task<SpillwayError?, Never> {
            do throws(SpillwayError) {
                try await service.run()
                return nil
            } catch {
                return error
            }
        }
        let a = Self.source(SIGINT, task), b = Self.source(SIGTERM, task)
        let error = await task.value
        _ = (a, b)
        log.flush()
        if let error { throw .failed(error.message) }
        return 0
    }
    nonisolated static func source(_ number: Int32, _ task: Task<SpillwayError?, Never>) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler { task.cancel() }
        source.activate()
        return source
    }
}
