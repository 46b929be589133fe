import FoundationEssentials
import Settings
import Spillway
import Testing

@testable import spillway_cli

@Suite struct CheckCommandTests {
    /// Runs `check` on a text, in a file of its own.
    private func check(
        _ text: String, format: String = "json", arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> (text: String, exitCode: Int32, path: String) {
        let path = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString).yaml").path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let line = ["check", "--config", path, "--format", format] + arguments
        guard case .check(let options) = try Options.parse(line) else { throw CommandFailure.failed("not check") }
        let outcome = try CheckCommand(options: options).outcome(of: options.settings.read(environment: environment))
        return (outcome.text, outcome.exitCode, path)
    }

    private struct Report: Decodable {
        struct Problem: Decodable, Hashable {
            var file: String
            var line: Int?
            var key: String
            var reason: String
        }
        struct Effective: Decodable {
            struct Kafka: Decodable { var secrets: [String: String] }
            struct HTTP: Decodable { var admin_token: String }
            var lanes: Int
            var kafka: Kafka
            var http: HTTP
        }
        var ok: Bool
        var effective: Effective?
        var problems: [Problem]?
    }

    @Test func `Sound settings are shown nested like the file, secrets as stars, on one line`() throws {
        let outcome = try self.check(
            "lanes: 2\nkafka: {secrets: {sasl.password: hunter2}}\nhttp: {admin_token: hunter2}\n")
        #expect(outcome.exitCode == 0)
        #expect(outcome.text.filter { $0 == "\n" }.count == 1 && !outcome.text.contains("hunter2"))
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.text.utf8))
        #expect(report.ok && report.problems == nil && report.effective?.lanes == 2)
        #expect(report.effective?.kafka.secrets == ["sasl.password": "***"])
        #expect(report.effective?.http.admin_token == "***")
    }

    @Test func `Problems are listed with file, line, key and reason`() throws {
        let outcome = try self.check("lanes: 0\n\nother: 1\n", environment: ["SPILLWAY_LANES": "x"])
        #expect(outcome.exitCode == 1)
        #expect(outcome.text.hasPrefix(#"{"ok":false,"problems":[{"file":"#) && outcome.text.contains(#""line":null"#))
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.text.utf8))
        #expect(!report.ok && report.effective == nil)
        #expect(
            report.problems == [
                .init(file: outcome.path, line: 1, key: "lanes", reason: "must be from 1 to 64, is 0"),
                .init(file: outcome.path, line: 3, key: "other", reason: "is no setting"),
                .init(file: "environment", line: nil, key: "SPILLWAY_LANES", reason: "must be a whole number, is x"),
            ])
    }

    @Test func `As text, sound settings are a file again, and problems are a line each`() throws {
        let sound = try self.check("lanes: 2\n", format: "text")
        #expect(sound.exitCode == 0)
        #expect(try self.check(sound.text, format: "text").text == sound.text)
        let unsound = try self.check("lanes: 0\nother: 1\n", format: "text")
        #expect(unsound.exitCode == 1)
        #expect(
            unsound.text == """
                \(unsound.path):1: lanes: must be from 1 to 64, is 0
                \(unsound.path):2: other: is no setting

                """)
    }

    @Test func `A wrong value behind a flag is wrong usage`() throws {
        let failure = #expect(throws: CommandFailure.self) { try self.check("", arguments: ["--set", "lanes=0"]) }
        #expect(failure?.exitCode == 2 && failure?.message.contains("--set lanes") == true)
    }

    @Test func `A catalog that is given is a problem as long as nothing reads it`() throws {
        let outcome = try self.check("", format: "text", arguments: ["--catalog", "/nonexistent/catalog.yaml"])
        #expect(outcome.exitCode == 1)
        #expect(
            outcome.text == """
                /nonexistent/catalog.yaml: can't be read: No such file or directory
                /nonexistent/catalog.yaml: a catalog has no effect: events that create work are not built yet

                """)
    }

    @Test func `A file that isn't there is a problem`() throws {
        guard case .check(let options) = try Options.parse(["check", "--config", "/nonexistent/s.yaml"]) else {
            throw CommandFailure.failed("not check")
        }
        let outcome = try CheckCommand(options: options).outcome(of: options.settings.read(environment: [:]))
        #expect(outcome.exitCode == 1 && outcome.text.hasPrefix("/nonexistent/s.yaml: can't be read"))
    }

    @Test func `A property that librdkafka doesn't know is a problem at its line, and a secret isn't quoted`() throws {
        let text = """
            kafka:
              properties:
                sesion.timeout.ms: 9000
                security.protocol: nonsense
              secrets:
                security.protocol.too: hunter2
            """
        let outcome = try self.check(text, format: "text")
        #expect(outcome.exitCode == 1)
        let lines = outcome.text.split(separator: "\n").map { $0.dropFirst(outcome.path.count) }
        #expect(lines.count == 3 && !outcome.text.contains("hunter2"))
        #expect(lines.first == ":3: kafka.properties.sesion.timeout.ms: is no property of librdkafka")
        #expect(lines.dropFirst().first?.hasPrefix(":4: kafka.properties.security.protocol: ") == true)
        #expect(lines.last == ":6: kafka.secrets.security.protocol.too: librdkafka refuses it or its value")
    }
}
