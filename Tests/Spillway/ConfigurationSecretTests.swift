import Settings
import Spillway
import Testing

@Suite struct ConfigurationSecretTests {
    private let text = """
        kafka:
          properties: {sasl.username: spillway, ssl.key.password: hunter2, sasl.oauthbearer.config: hunter2}
          secrets: {sasl.password: hunter2, ssl.keystore.password: "env:STORE"}
        http: {admin_token: hunter2}
        """

    @Test func `No output of the settings contains a secret`() throws {
        let root = try configuration(self.text, environment: ["STORE": "hunter2"])
        #expect(root.kafka.secrets["ssl.keystore.password"]?.reveal() == "hunter2")
        var dumped = ""
        dump(root.kafka.secrets, to: &dumped)
        dump(root.http, to: &dumped)
        for text in [root.effectiveJSON, root.effectiveYAML, dumped] { #expect(!text.contains("hunter2")) }
        #expect(root.effective["kafka", "secrets", "sasl.password"] == .hidden)
        #expect(root.effective["kafka", "properties", "ssl.key.password"] == .hidden)
        #expect(root.effective["kafka", "properties", "sasl.username"] == .text("spillway"))
        #expect(root.effectiveJSON.contains(#""admin_token":"***""#))
    }

    @Test func `A problem elsewhere doesn't show a secret either`() {
        let found = problems(self.text + "\nlanes: 0\n", environment: ["SPILLWAY_HTTP_ADMIN_TOKENS": "hunter2"])
        #expect(found.count == 3 && !found.joined().contains("hunter2"))
        for text in ["kafka: hunter2", "kafka: {secrets: hunter2}", "kafka: {secrets: {sasl.password: [hunter2]}}"] {
            let found = problems(text)
            #expect(found.count == 1 && !found.joined().contains("hunter2"))
        }
    }

    @Test func `The hash changes with what decides, and with nothing else`() throws {
        let plain = Configuration()
        #expect(plain.configHash.count == 8)
        #expect(try configuration(self.text, environment: ["STORE": "x"]).configHash == plain.configHash)
        #expect(try configuration("lanes: 2\nlog: {level: debug}").configHash == plain.configHash)
        #expect(try configuration("spillover: {max_wait: 60}").configHash == plain.configHash)
        #expect(try configuration("spillover: {max_wait: 61}").configHash != plain.configHash)
        #expect(try configuration("fleet: {datacenters: {dc-a: {rtt_ms: 1}}}").configHash != plain.configHash)
    }
}
