import Glibc
import KafkaClient
import Synchronization
import Testing

/// A broker with TLS, SASL and ACLs, on which the user that the environment names may do nothing.
private let secureBroker: ClientSettings? = {
    func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }
    guard let servers = variable("KAFKA_SECURE_BOOTSTRAP"), let authority = variable("KAFKA_SECURE_CA"),
        let user = variable("KAFKA_SECURE_USER"), let password = variable("KAFKA_SECURE_PASSWORD")
    else { return nil }
    return [
        "bootstrap.servers": servers, "security.protocol": "sasl_ssl", "ssl.ca.location": authority,
        "sasl.mechanisms": "PLAIN", "sasl.username": user, "sasl.password": password,
    ]
}()

@Suite(.timeLimit(.minutes(2)), .enabled(if: secureBroker != nil && realBroker != nil), .serialized)
struct SecureBrokerTests {
    let settings = secureBroker ?? [:]
    let topic = "secure-\(UInt64.random(in: 0...UInt64.max))"

    init() throws {
        let admin = try Admin(realBroker ?? [:])
        let results = try admin.createTopics([NewTopic(self.topic, partitions: 1)], timeout: .seconds(30))
        #expect(results.map(\.error) == [nil])
    }

    @Test func `Wrong credentials are told apart from a broker that is away, and never shown`() throws {
        let errors = Box<[KafkaError]>([])
        let lines = Shared<[LogLine]>([])
        let consumer = try Consumer(
            self.settings.merging(["sasl.password": "wrong-hush", "debug": "security,conf"]),
            onEvent: { event in if case .error(let error) = event { errors.value.append(error) } },
            onLog: { line in lines.state.withLock { $0.append(line) } })
        try consumer.poll { errors.value.contains { $0.reason == .authentication } }
        #expect(errors.value.contains { $0.reason == .authentication })
        #expect(errors.value.allSatisfy { !$0.description.contains("hush") })
        try consumer.close()
        #expect(lines.state.withLock { $0.allSatisfy { !$0.message.contains("hush") } })
    }

    @Test func `A record for a topic without an ACL fails, and its report names the topic`() throws {
        let producer = try Producer(self.settings)
        try producer.send("v", to: self.topic, partition: 0, ticket: 3)
        #expect(try producer.flush(timeout: .seconds(30)))
        let failure = producer.takeFailure()
        #expect(failure?.topic == self.topic)
        #expect(failure?.error.reason == .notAuthorized)
        #expect(failure?.error.codeName == "TOPIC_AUTHORIZATION_FAILED")
    }

    @Test func `A transactional id without an ACL is refused`() throws {
        let producer = try Producer(self.settings.merging(["transactional.id": "x"]))
        let error = #expect(throws: KafkaError.self) { try producer.initTransactions(timeout: .seconds(30)) }
        #expect(error?.reason == .notAuthorized)
        #expect(error?.recovery == .close)
    }

    @Test func `A topic that may not be seen is a description with an error`() throws {
        let admin = try Admin(self.settings)
        #expect(try admin.describeTopic(self.topic, timeout: .seconds(10)).error?.reason == .notAuthorized)
    }
}
