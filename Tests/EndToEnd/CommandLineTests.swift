import Testing

/// What the executable says about itself, and how it refuses what it can't do.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CommandLineTests {
    @Test func `The version is one line`() throws {
        let ending = try ChildProcess.run("--version")
        #expect(ending.code == 0)
        #expect(ending.output.count == 1)
        #expect(ending.output.first?.hasPrefix("spillway ") == true)
        #expect(ending.errors.isEmpty)
    }

    @Test(arguments: ["run", "agent", "demo", "decide", "explain", "check", "bench"])
    func `The help names every command, and each has its own with an example`(command: String) throws {
        let overview = try ChildProcess.run("--help")
        #expect(overview.code == 0)
        #expect(overview.output.contains { $0.hasPrefix("  \(command) ") })
        let help = try ChildProcess.run(command, "--help")
        #expect(help.code == 0)
        #expect(help.output.contains("Examples:"))
    }

    @Test(arguments: [
        (["demo", "--nonsense"], "--nonsense"), (["demo", "--rate", "many"], "--rate"),
        (["demo", "--shell"], "--shell"), (["decide", "--job", "x"], "--fleet"), (["explain"], "JOB"),
        (["run", "--set", "kafka.nonsense=1"], "kafka.nonsense"), (["nonsense"], "nonsense"), ([], "command"),
    ])
    func `Wrong usage exits with 2 and names what is wrong`(arguments: [String], word: String) throws {
        let ending = try ChildProcess(arguments).end()
        #expect(ending.code == 2)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains(word))
    }

    @Test func `A good configuration is shown, a bad one exits with 1 and names the key`() throws {
        let good = try ChildProcess.run("check", "--config", Example.path("settings.yaml"), "--format", "json")
        #expect(good.code == 0)
        #expect(good.output.first?.hasPrefix(#"{"ok":true,"effective":"#) == true)
        let bad = try ChildProcess.run("check", "--format", "json", environment: ["SPILLWAY_LANES=0"])
        #expect(bad.code == 1)
        #expect(bad.output.first?.hasPrefix(#"{"ok":false,"problems":"#) == true)
        #expect(bad.output.first?.contains("SPILLWAY_LANES") == true)
    }

    @Test func `A run with a bad setting is refused before anything starts`() throws {
        let ending = try ChildProcess.run("run", environment: ["SPILLWAY_LANES=many"])
        #expect(ending.code == 1)
        #expect(ending.errors.contains("SPILLWAY_LANES"))
    }
}
