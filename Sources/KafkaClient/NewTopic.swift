/// A topic that is to be created.
public struct NewTopic: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// How many partitions it has.
    public var partitions: Int
    /// On how many brokers each partition is, or nil for the cluster's default.
    public var replicationFactor: Int?
    /// The broker's settings for the topic, by name, such as `cleanup.policy`.
    public var configuration: [String: String]

    /// Plans a topic.
    public init(_ name: String, partitions: Int, replicationFactor: Int? = nil, configuration: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }
}
