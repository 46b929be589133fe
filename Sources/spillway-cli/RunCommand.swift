/// `spillway run`
struct RunCommand: Sendable {
    let options: RunOptions

    /// Carries the command out and answers with the exit code.
    func run() async throws(CommandFailure) -> Int32 {
        throw .notBuilt("run")
    }
}
