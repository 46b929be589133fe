import FoundationEssentials
import Settings
import Testing

@Suite struct SecretTests {
    private let schema = SettingsSchema<SchemaTests.Server>(
        environmentPrefix: "APP_", settings: [.init("token", \.token, .secret())])

    private func load(_ text: String, _ environment: [String: String] = [:]) -> (
        root: SchemaTests.Server, problems: [String]
    ) {
        let file = SettingsFile(path: "f.yaml", contents: Array(text.utf8))
        let loaded = self.schema.load(defaults: SchemaTests.Server(), file: file, environment: environment)
        return (loaded.root, loaded.problems.map(\.description))
    }

    @Test func `Whatever prints a secret prints three stars`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        dump(["a": secret], to: &dumped)
        let printed = [
            "\(secret)", String(reflecting: secret), String(describing: [secret]), String(describing: Optional(secret)),
            dumped,
        ]
        for text in printed { #expect(!text.contains("hunter2") && text.contains("***")) }
        #expect(secret.reveal() == "hunter2")
    }

    @Test func `A secret comes as it is, from a file or from the environment`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)").path
        try Data("hunter2\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(self.load("token: hunter2").root.token == "hunter2")
        #expect(self.load("token: \"file:\(path)\"").root.token == "hunter2")
        #expect(self.load("token: env:TOKEN", ["TOKEN": "hunter2"]).root.token == "hunter2")
        #expect(self.load("", ["APP_TOKEN": "hunter2"]).root.token == "hunter2")
        #expect(self.load("", ["APP_TOKEN": "env:TOKEN", "TOKEN": "hunter2"]).root.token == "hunter2")
    }

    @Test func `A name that a secret mentions is no unknown setting`() {
        #expect(self.load("token: env:APP_PASSWORD", ["APP_PASSWORD": "x"]).problems.isEmpty)
        #expect(self.load("", ["APP_PASSWORD": "x"]).problems.count == 1)
    }

    @Test func `A secret that can't be had is a problem that names where it was looked for`() {
        #expect(self.load("token: env:NOWHERE").problems == ["f.yaml:1: token: the environment has no NOWHERE"])
        #expect(
            self.load("token: file:/nonexistent").problems == [
                "f.yaml:1: token: the file \"/nonexistent\" can't be read: No such file or directory"
            ])
    }

    @Test(arguments: ["token: [hunter2]", "token: {hunter2: 1}", "token: 12345", "token: true"])
    func `A secret in the wrong form isn't quoted`(text: String) {
        let problems = self.load(text).problems
        #expect(problems == ["f.yaml:1: token: must be a text; put it in quotes"])
    }

    @Test func `What is in effect shows that there is a secret, and not which`() {
        let shown = self.schema.tree(of: self.load("token: hunter2").root)
        #expect(shown.json == #"{"token":"***"}"# && shown.yaml == "token: \"***\"\n")
        #expect(self.schema.tree(of: SchemaTests.Server()).json == #"{"token":""}"#)
    }
}
