import Settings
import Spillway
import Testing

@testable import spillway_cli

@Suite struct OptionsTests {
    private func failure(_ line: String) -> CommandFailure? {
        do throws(CommandFailure) {
            _ = try Options.parse(line.split(separator: " ").map(String.init))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("", "a command is missing"), ("--nonsense", "--nonsense"), ("chek", "check"), ("--version now", "--version"),
        ("run --confg x", "--confg"), ("run --conf x", "write --config"), ("run --config", "--config needs a value"),
        ("run --config a --config b", "--config is given twice"), ("run --create-topics=yes", "--create-topics"),
        ("run -x", "-x"), ("run here", "\"here\""), ("run --set lanes", "--set"), ("run --set lane=1", "--set lane"),
        ("run --format xml", "--format"), ("run --config=", "--config"),
        ("agent --cores 1", "--datacenter"), ("agent --datacenter a", "--cores"),
        ("agent --datacenter a.b --cores 1", "--datacenter"), ("agent --datacenter a --cores 0", "--cores"),
        ("agent --datacenter a --cores x", "--cores"), ("agent --datacenter a --cores 2147483648", "--cores"),
        ("agent --datacenter a --cores 1 --runtimes a,,b", "--runtimes"),
        ("agent --datacenter a --cores 1 --runtimes a,a", "--runtimes"),
        ("demo --duration soon", "--duration"), ("demo --rate -1", "--rate"),
        ("demo --metrics-port 65536", "--metrics-port"),
        ("demo --datacenters 0", "--datacenters"), ("demo --seed -1", "--seed"),
        ("decide --job j", "--fleet"), ("decide --fleet f", "--job"), ("decide --fleet - --job -", "--fleet"),
        ("decide --fleet f --job j --now today", "--now"),
        ("explain", "JOB"), ("explain a b", "JOB"),
        ("bench", "bench"), ("bench nothing", "nothing"), ("bench pipeline", "--bootstrap"),
        ("bench view --managers 0", "--managers"), ("bench wait --managers 1", "--managers"),
        ("bench pipeline --bootstrap b --offered 1,x", "--offered"),
        ("replay", "replay: not built yet"), ("simulate --what ever", "simulate: not built yet"),
        ("help nothing", "nothing"),
    ])
    func `Wrong usage ends with 2 and names the flag`(line: String, name: String) throws {
        let failure = try #require(self.failure(line))
        #expect(failure.exitCode == 2)
        #expect(failure.message.contains(name))
        #expect(!failure.message.contains("\n"))
    }

    @Test func `The agent's flags have the defaults that the contract says`() throws {
        guard case .agent(let options) = try Options.parse(["agent", "--datacenter", "dc-a", "--cores=8"]) else {
            throw CommandFailure.failed("not the agent")
        }
        #expect(options.datacenter == "dc-a" && options.cores == 8 && options.runtimes == ["shell"])
        #expect(options.managerID.contains("-") && options.settings.flags.isEmpty)
    }

    @Test func `The demo's flags have the defaults that the contract says, and it ends by itself only if told when`()
        throws
    {
        guard case .demo(let options) = try Options.parse(["demo"]) else { throw CommandFailure.failed("not the demo") }
        #expect(options.duration == nil && options.datacenters == 4 && options.rate == 200)
        #expect(options.seed == 1 && options.metricsPort == 9464 && !options.shell && options.format == .text)
    }

    @Test func `Flags that are settings win as such`() throws {
        let line = ["run", "--create-topics", "--metrics", "off", "--set", "lanes=2", "--set=kafka.group_id=a=b"]
        guard case .run(let options) = try Options.parse(line + ["--format", "json"]) else {
            throw CommandFailure.failed("not run")
        }
        let configuration = try options.settings.read(environment: ["SPILLWAY_LANES": "3"]).get()
        #expect(configuration.kafka.createTopics && configuration.http.metrics == nil && configuration.lanes == 2)
        #expect(configuration.kafka.groupID == "a=b" && configuration.log.format == .json)
    }

    @Test func `A flag may stand before and after what is none, and nothing behind two hyphens is one`() throws {
        for line in [["j", "--format", "json"], ["--format=json", "j"], ["--format", "json", "--", "j"]] {
            guard case .explain(let options) = try Options.parse(["explain"] + line) else {
                throw CommandFailure.failed("not explain")
            }
            #expect(options.job == "j" && options.format == .json)
        }
        guard case .explain(let options) = try Options.parse(["explain", "--", "--format"]) else {
            throw CommandFailure.failed("not explain")
        }
        #expect(options.job == "--format")
    }

    @Test func `Standard input is a file by the name of a hyphen`() throws {
        guard case .decide(let options) = try Options.parse(["decide", "--fleet", "-", "--job", "j", "--now", "1.5"])
        else { throw CommandFailure.failed("not decide") }
        #expect(options.fleet == "-" && options.job == "j" && options.now == 1.5)
    }

    @Test func `The pipeline's flags have the workload's defaults`() throws {
        guard
            case .bench(let options) = try Options.parse([
                "bench", "pipeline", "--bootstrap", "b", "--offered", "5000,2e4",
            ]),
            case .pipeline(let pipeline) = options.subject
        else { throw CommandFailure.failed("not the pipeline") }
        #expect(pipeline.jobs == 1_000_000 && pipeline.datacenters == 16 && pipeline.managers == 4)
        #expect(pipeline.cores == 1_000_000 && pipeline.lanes == [1] && pipeline.runs == 3)
        #expect(pipeline.offered == [5000, 20_000] && pipeline.offeredFor == .seconds(30))
    }

    @Test(arguments: CommandHelp.all.map(\.name))
    func `Every command's help has its flags and an example`(name: String) throws {
        guard case .help(let text) = try Options.parse([name, "--help"]) else { throw CommandFailure.failed("no help") }
        let help = try #require(CommandHelp.all.first { $0.name == name })
        #expect(text.contains("\nExamples:\n  ") && text.contains("--help"))
        for option in help.options { #expect(text.contains("--\(option.name)")) }
        guard case .help(let overview) = try Options.parse(["--help"]) else { throw CommandFailure.failed("no help") }
        #expect(overview.contains("\n  \(name)"))
    }

    @Test func `Examples of the help are command lines that are taken`() throws {
        for example in CommandHelp.all.flatMap(\.examples) {
            let words = example.split(separator: " ").map(String.init).drop { $0.contains("=") && !$0.hasPrefix("-") }
            #expect(words.first == "spillway")
            _ = try Options.parse(Array(words.dropFirst()))
        }
    }
}
