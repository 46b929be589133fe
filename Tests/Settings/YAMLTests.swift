import Settings
import Testing

@Suite struct YAMLTests {
    private func problems(_ text: String) -> [String] {
        SettingsFile(path: "f.yaml", contents: Array(text.utf8)).problems.map(\.description)
    }

    @Test func `Nodes know their lines and how they were written`() throws {
        let file = SettingsFile(path: "f.yaml", contents: Array("a: 1\nb:\n  c: \"1\"\n  d: [x, 'y']\n".utf8))
        #expect(file.problems.isEmpty)
        let root = try #require(file.root)
        #expect(root.line(of: ["a"]) == 1)
        #expect(root.line(of: ["b", "c"]) == 3)
        #expect(root.line(of: ["b", "d"]) == 4)
        let section = try #require(root.entries?.last?.value.entries)
        #expect(section.first?.value.content == .scalar("1", .quoted))
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: a: is here a second time, the first is in line 1"),
        ("k:\n  a: 1\n  a: 1\n", "f.yaml:3: k.a: is here a second time, the first is in line 2"),
        ("a: &x [1]\n", "f.yaml:1: a: anchors and aliases are not taken: write the value out"),
        ("a: &x [*x]\n", "f.yaml:1: a: anchors and aliases are not taken: write the value out"),
        ("a: 1\nb: *x\n", "f.yaml:2: b: anchors and aliases are not taken: write the value out"),
        ("a: !!int 5\n", "f.yaml:1: a: tags are not taken"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: a second document begins here: one file is one document"),
        ("k:\n\ta: 1\n", "f.yaml:2: a tab doesn't indent: use spaces"),
        ("[a]: 1\n", "f.yaml:1: a key must be a word"),
    ])
    func `What a settings file has no use for is refused at its line`(text: String, problem: String) {
        #expect(self.problems(text) == [problem])
    }

    @Test func `A syntax error names its line`() throws {
        let problems = self.problems("a: 1\nb: [1, 2\nc: 3\n")
        #expect(problems.count == 1)
        #expect(try #require(problems.first).hasPrefix("f.yaml:3: "))
    }

    @Test func `Two keys that are doubled are two problems`() {
        #expect(self.problems("a: 1\na: 2\nb: 1\nb: 2\n").count == 2)
    }

    @Test(arguments: [16, 17, 100_000])
    func `Nesting is bounded`(levels: Int) {
        let text = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        #expect(self.problems(text).isEmpty == (levels <= 16))
    }

    @Test func `What is not UTF-8 is refused at its line`() {
        let file = SettingsFile(path: "f.yaml", contents: Array("a: 1\nb: ".utf8) + [0xC3, 0x28, 0x0A])
        #expect(file.problems.map(\.description) == ["f.yaml:2: is not UTF-8"])
    }

    @Test func `An empty file, and one of comments, has no problems and no root`() {
        for text in ["", "# nothing\n", "\n\n"] {
            let file = SettingsFile(path: "f.yaml", contents: Array(text.utf8))
            #expect(file.problems.isEmpty && file.root == nil)
        }
    }

    @Test func `A file that isn't there is one problem that says so`() {
        let file = SettingsFile(path: "/nonexistent/spillway.yaml")
        #expect(
            file.problems.map(\.description) == [
                "/nonexistent/spillway.yaml: can't be read: No such file or directory"
            ])
        #expect(SettingsFile(path: "/").problems.count == 1)
        #expect(SettingsFile(path: "/dev/zero").problems.map(\.reason) == ["is longer than 1048576 bytes"])
    }
}
