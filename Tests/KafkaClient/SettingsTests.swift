import KafkaClient
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct SettingsTests {
    @Test(arguments: [("no.such.setting", "1"), ("linger.ms", "soon"), ("acks", "7000")])
    func `A name or value that librdkafka refuses is an error that says which`(name: String, value: String) {
        let error = #expect(throws: KafkaError.self) { try Producer([name: value]) }
        #expect(error?.reason == .misconfigured)
        #expect(error?.message.contains(name) == true)
    }

    @Test func `Settings that contradict each other are refused`() {
        let error = #expect(throws: KafkaError.self) {
            try Producer(["enable.idempotence": "true", "acks": "1"])
        }
        #expect(error?.reason == .misconfigured)
    }

    @Test func `Settings keep their order, and the later ones win`() {
        var settings: ClientSettings = ["b": "1", "a": "2"]
        settings["c"] = "3"
        settings["b"] = nil
        #expect(settings.merging(["a": "4", "d": "5"]).description == "a=4 c=3 d=5")
        #expect(settings["a"] == "2")
    }

    @Test func `A secret shows in no description and in no error`() {
        var settings: ClientSettings = ["sasl.password": "hush-1", "sasl.username": "me"]
        settings.setSecret("sasl.mechanisms", "hush-2")
        #expect(settings.description == "sasl.password=*** sasl.username=me sasl.mechanisms=***")
        #expect(settings["sasl.password"] == "hush-1")
        let refused = #expect(throws: KafkaError.self) {
            var settings: ClientSettings = [:]
            settings.setSecret("linger.ms", "hush-3")
            _ = try Producer(settings)
        }
        #expect(refused?.description.contains("hush") == false)
        #expect(refused?.description.contains("linger.ms") == true)
    }

    @Test func `SASL and TLS settings pass through by name`() throws {
        let producer = try Producer([
            "security.protocol": "sasl_ssl", "sasl.mechanisms": "PLAIN", "sasl.username": "me",
            "sasl.password": "hush", "ssl.endpoint.identification.algorithm": "https",
            "bootstrap.servers": "127.0.0.1:1",
        ])
        producer.close()
        let error = #expect(throws: KafkaError.self) {
            try Producer(["security.protocol": "ssl", "ssl.ca.location": "/no/such/file"])
        }
        #expect(error != nil)
    }

    @Test func `The log comes as lines with level, facility and client, and without secrets`() throws {
        struct Lines { var lines: [LogLine] = [] }
        let box = Shared(Lines())
        var settings: ClientSettings = [
            "bootstrap.servers": "127.0.0.1:1", "client.id": "hush-4-client", "debug": "generic,broker",
        ]
        settings.setSecret("client.rack", "hush-4")
        let producer = try Producer(
            settings,
            onLog: { line in box.state.withLock { $0.lines.append(line) } })
        let name = producer.name
        // The threads that log are the client's own, and all of them end with it.
        producer.close()
        let lines = box.state.withLock { $0.lines }
        #expect(!lines.isEmpty)
        #expect(lines.allSatisfy { (0...7).contains($0.level) && !$0.facility.isEmpty && $0.clientName == name })
        #expect(lines.contains { $0.message.contains("***") })
        #expect(lines.allSatisfy { !$0.message.contains("hush-4") })
    }

    @Test func `The version of librdkafka is known`() {
        #expect(LibrdkafkaVersion.number >= 0x0200_0000)
        #expect(LibrdkafkaVersion.text.split(separator: ".").count >= 3)
    }

    @Test func `An error has a label of few values and one way out`() {
        let error = KafkaError(reason: .fenced, message: "m", isFatal: true, isRetriable: true, requiresAbort: true)
        #expect(error.reason.label == "fenced")
        #expect(error.recovery == .close)
        #expect(KafkaError(reason: .other, message: "m", isRetriable: true, requiresAbort: true).recovery == .abort)
        #expect(KafkaError(reason: .other, message: "m", isRetriable: true).recovery == .retry)
        #expect(KafkaError(reason: .other, message: "m").recovery == .close)
        #expect(ErrorCode.topicAuthorizationFailed.description == "TOPIC_AUTHORIZATION_FAILED")
    }
}

/// State that a handler on another thread changes.
final class Shared<State: Sendable>: Sendable {
    let state: Mutex<State>

    init(_ state: State) {
        self.state = Mutex(state)
    }
}
