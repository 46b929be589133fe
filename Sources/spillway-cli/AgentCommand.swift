/// `spillway agent`
struct AgentCommand: Sendable {
    let options: AgentOptions

    /// Carries the command out and answers with the exit code.
    func run() async throws(CommandFailure) -> Int32 {
        throw .notBuilt("agent")
    }
}
