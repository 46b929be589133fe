/// `spillway bench`
struct BenchCommand: Sendable {
    let options: BenchOptions

    /// Carries the command out and answers with the exit code.
    func run() async throws(CommandFailure) -> Int32 {
        throw .notBuilt("bench")
    }
}
