/// What a connection to Kafka is for, which decides its librdkafka settings.
package enum ClientRole: Hashable, Sendable {
    /// A lane's consumer of `events`, a static member of the group.
    case laneConsumer(lane: Int)
    /// A lane's producer: transactional, or idempotent with `at_least_once`.
    case laneProducer(lane: Int)
    /// A consumer that is assigned its partitions and commits nothing: heartbeats, views, state.
    case reader
    /// An agent's consumer of its datacenter's job topics.
    case agentConsumer(datacenter: String)
    /// A producer for few records that shouldn't wait: an agent's heartbeats and outcomes, the demo's load.
    case reporter
    /// A connection for metadata and for creating topics.
    case admin

    /// Whether it reads.
    var isConsumer: Bool {
        switch self {
        case .laneConsumer, .reader, .agentConsumer: true
        case .laneProducer, .reporter, .admin: false
        }
    }

    /// What stands behind the instance in its client id, as brokers log it.
    var suffix: String {
        switch self {
        case .laneConsumer(let lane), .laneProducer(let lane): "\(lane)"
        case .reader: "reader"
        case .agentConsumer(let datacenter): "agent-\(datacenter)"
        case .reporter: "reporter"
        case .admin: "admin"
        }
    }
}
