import Settings
import Testing

@Suite struct SchemaTests {
    struct Server: Hashable, Sendable {
        enum Colour: String, CaseIterable { case red, green }
        var port = 80
        var name = "a"
        var share = 0.5
        var wait = Duration.seconds(1)
        var isOn = false
        var words = ["x"]
        var colour = Colour.red
        var token = Secret("")
        var rooms: [String: Int] = [:]
    }

    static let schema = SettingsSchema<Server>(
        environmentPrefix: "APP_", foreignPrefixes: ["APP_TEST_"],
        settings: [
            .init("net.port", \.port, .integer(in: 1...100)),
            .init("net.name", \.name, .text { $0.count > 5 ? "is too long" : nil }),
            .init("share", \.share, .number(in: 0...1)),
            .init("wait", \.wait, .duration(in: .zero...(.seconds(60))), otherName: "WAIT_SECONDS"),
            .init("on", \.isOn, .boolean),
            .init("words", \.words, .words(mayBeEmpty: false)),
            .init("colour", \.colour, .word),
            .init("token", \.token, .secret()),
            .init("rooms", \.rooms, .mapping(of: .integer(in: 0...9))),
        ],
        rules: [.init("share") { $0.share == 1 && !$0.isOn ? "must be below 1 unless on" : nil }]
    )

    private func load(
        _ text: String = "", environment: [String: String] = [:], flags: [SettingsFlag] = []
    ) -> (root: Server, problems: [String]) {
        let file = SettingsFile(path: "f.yaml", contents: Array(text.utf8))
        let loaded = Self.schema.load(defaults: Server(), file: file, environment: environment, flags: flags)
        return (loaded.root, loaded.problems.map(\.description))
    }

    @Test func `Nothing gives the defaults`() {
        #expect(self.load() == (Server(), []))
        #expect(self.load("net:\nrooms:\n") == (Server(), []))
    }

    @Test(arguments: [
        ("net:\n  port: 0", "f.yaml:2: net.port: must be from 1 to 100, is 0"),
        ("net:\n  port: \"5\"", "f.yaml:2: net.port: must be a whole number, is \"5\""),
        ("net:\n  port: 1.5", "f.yaml:2: net.port: must be a whole number, is 1.5"),
        ("net:\n  port: 0x10", "f.yaml:2: net.port: must be a whole number, is 0x10"),
        ("net:\n  port: 99999999999999999999", "f.yaml:2: net.port: must be a whole number, is 99999999999999999999"),
        ("net:\n  port:", "f.yaml:2: net.port: must be a whole number, is empty"),
        ("net:\n  port: [1]", "f.yaml:2: net.port: must be a whole number, is a list"),
        ("net:\n  prot: 5", "f.yaml:2: net.prot: is no setting; net.port is one"),
        ("other: 5", "f.yaml:1: other: is no setting"),
        ("net: 5", "f.yaml:1: net: must be a mapping"),
        ("[1]", "f.yaml:1: must be a mapping"),
        ("net:\n  name: 5", "f.yaml:2: net.name: must be a text, is 5; put it in quotes if it is meant as one"),
        ("net:\n  name: true", "f.yaml:2: net.name: must be a text, is true; put it in quotes if it is meant as one"),
        ("net:\n  name: longer", "f.yaml:2: net.name: is too long"),
        ("share: 1.5", "f.yaml:1: share: must be from 0 to 1, is 1.5"),
        ("share: .nan", "f.yaml:1: share: must be a number, is .nan"),
        ("wait: 2m", "f.yaml:1: wait: must be from 0s to 60s, is 120s"),
        ("wait: soon", "f.yaml:1: wait: must be a duration such as 90s, 1m30s or 500ms, is soon"),
        ("on: yes", "f.yaml:1: on: must be true or false, is yes"),
        ("on: \"true\"", "f.yaml:1: on: must be true or false, is \"true\""),
        ("words: []", "f.yaml:1: words: must not be empty"),
        ("words: a", "f.yaml:1: words: must be a list, is a"),
        ("words: [a, a]", "f.yaml:1: words: has \"a\" twice"),
        ("words:\n  - a\n  - 5", "f.yaml:3: words: must be a list of texts, has 5 in it"),
        ("colour: blue", "f.yaml:1: colour: must be red or green, is blue"),
        ("rooms:\n  a: 1\n  b: 10", "f.yaml:3: rooms.b: must be from 0 to 9, is 10"),
        ("rooms: [1]", "f.yaml:1: rooms: must be a mapping"),
        ("\nshare: 1", "f.yaml:2: share: must be below 1 unless on"),
    ])
    func `What can't be is refused with file, line, key and reason`(text: String, problem: String) {
        #expect(self.load(text).problems == [problem])
    }

    @Test func `All that is wrong is told at once, in the order of the lines`() {
        let problems = self.load("rooms: {a: x, b: 10}\nshare: 2\nother: 1\nnet:\n  port: no\n").problems
        #expect(
            problems == [
                "f.yaml:1: rooms.a: must be a whole number, is x", "f.yaml:1: rooms.b: must be from 0 to 9, is 10",
                "f.yaml:2: share: must be from 0 to 1, is 2", "f.yaml:3: other: is no setting",
                "f.yaml:5: net.port: must be a whole number, is no",
            ])
    }

    @Test func `A flag wins over the environment, which wins over the file, which wins over the default`() {
        let file = "net:\n  port: 2\n  name: file\nshare: 0.25\n"
        let environment = ["APP_NET_PORT": "3", "APP_NET_NAME": "env", "OTHER": "x", "APP_TEST_X": "x"]
        let flags = [SettingsFlag(name: "--port", key: "net.port", text: "4")]
        let loaded = self.load(file, environment: environment, flags: flags)
        #expect(loaded.problems.isEmpty)
        #expect(loaded.root.port == 4 && loaded.root.name == "env" && loaded.root.share == 0.25 && !loaded.root.isOn)
    }

    @Test func `In the environment and behind flags everything is text, and lists take commas`() {
        let environment = ["APP_NET_NAME": "5", "APP_ON": "True", "APP_WORDS": "a, b,c", "APP_COLOUR": "green"]
        let loaded = self.load(environment: environment, flags: [.init(name: "--set", key: "wait", text: "2")])
        #expect(loaded.problems.isEmpty)
        #expect(loaded.root.name == "5" && loaded.root.isOn && loaded.root.words == ["a", "b", "c"])
        #expect(loaded.root.colour == .green && loaded.root.wait == .seconds(2))
    }

    @Test func `A problem of the environment or of a flag has the name that was written there`() {
        #expect(
            self.load(environment: ["APP_NET_PORT": "x"]).problems == [
                "environment: APP_NET_PORT: must be a whole number, is x"
            ])
        #expect(
            self.load(environment: ["APP_NET_PROT": "x"]).problems == [
                "environment: APP_NET_PROT: is no setting; APP_NET_PORT is one"
            ])
        #expect(
            self.load(environment: ["APP_ROOMS": "a"]).problems == [
                "environment: APP_ROOMS: is a mapping: it is set in the file alone"
            ])
        #expect(
            self.load(flags: [.init(name: "--port", key: "net.port", text: "0")]).problems == [
                "command line: --port net.port: must be from 1 to 100, is 0"
            ])
    }

    @Test func `A value that is overridden is checked all the same`() {
        let loaded = self.load("net:\n  port: 0\n", flags: [.init(name: "--port", key: "net.port", text: "4")])
        #expect(loaded.problems == ["f.yaml:2: net.port: must be from 1 to 100, is 0"])
    }

    @Test func `Two names of one setting may agree, and may not differ`() {
        #expect(self.load(environment: ["APP_WAIT": "0m5s", "WAIT_SECONDS": "5"]).root.wait == .seconds(5))
        #expect(self.load(environment: ["WAIT_SECONDS": "7.5"]).root.wait == .milliseconds(7500))
        #expect(
            self.load(environment: ["WAIT_SECONDS": "5s"]).problems == [
                "environment: WAIT_SECONDS: must be a number of seconds, is 5s"
            ])
        #expect(
            self.load(environment: ["APP_WAIT": "6s", "WAIT_SECONDS": "5"]).problems == [
                "environment: WAIT_SECONDS: is 5, but APP_WAIT, which is the same setting, is 6s"
            ])
    }

    @Test func `Values that were set in code are checked by the same rules`() {
        var server = Server()
        server.port = 0
        server.rooms = ["a": 11]
        #expect(
            Self.schema.problems(of: server).map(\.description) == [
                "program: net.port: must be from 1 to 100, is 0", "program: rooms.a: must be from 0 to 9, is 11",
            ])
    }

    @Test func `What is in effect reads back as itself`() {
        var server = Server()
        server.name = "no"
        server.words = ["a b", "5", "off", "\u{7}\"\\"]
        server.rooms = ["x y": 1, "true": 2]
        let text = Self.schema.tree(of: server).yaml
        #expect(self.load(text) == (server, []))
    }

    @Test func `JSON is in the order of the file and escapes what could break out of it`() {
        var server = Server()
        server.name = "a\"\n\u{2028}\u{202E}"
        let json = Self.schema.tree(of: server).json
        #expect(
            json.hasPrefix(
                #"{"net":{"port":80,"name":"a\"\n\u2028\u202e"},"share":0.5,"wait":"1s","on":false,"words":["x"]"#))
    }
}
