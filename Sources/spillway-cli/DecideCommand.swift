/// `spillway decide`
struct DecideCommand: Sendable {
    let options: DecideOptions

    /// Carries the command out and answers with the exit code.
    func run() async throws(CommandFailure) -> Int32 {
        throw .notBuilt("decide")
    }
}
