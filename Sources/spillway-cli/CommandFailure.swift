/// Why a command ends without having done its work.
struct CommandFailure: Error, Hashable {
    /// 1: the work failed or a problem was found; 2: wrong usage.
    var exitCode: Int32
    /// A sentence for standard error.
    var message: String

    /// The work failed, or a problem was found.
    static func failed(_ message: String) -> CommandFailure {
        CommandFailure(exitCode: 1, message: message)
    }

    /// The command line is wrong. The message names the flag.
    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(exitCode: 2, message: message)
    }

    /// A command that a later version will have.
    static func notBuilt(_ command: String) -> CommandFailure {
        .usage("\(command): not built yet")
    }
}
