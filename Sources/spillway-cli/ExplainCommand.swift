/// `spillway explain`
struct ExplainCommand: Sendable {
    let options: ExplainOptions

    /// Carries the command out and answers with the exit code.
    func run() async throws(CommandFailure) -> Int32 {
        throw .notBuilt("explain")
    }
}
