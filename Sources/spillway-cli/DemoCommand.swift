/// `spillway demo`
struct DemoCommand: Sendable {
    let options: DemoOptions

    /// Carries the command out and answers with the exit code.
    func run() async throws(CommandFailure) -> Int32 {
        throw .notBuilt("demo")
    }
}
