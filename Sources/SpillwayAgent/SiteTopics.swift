package import KafkaClient

/// What sites read and write, and how to connect for that.
package struct SiteTopics: Sendable {
    /// Where managers' heartbeats go.
    package var heartbeats: String
    /// Where outcomes go.
    package var events: String
    /// What every job topic's name begins with; datacenter, dot and runtime follow.
    package var jobsPrefix: String
    /// How job topics are read.
    package var reading: Reading
    /// Settings of the consumer of job topics.
    package var consumer: ClientSettings
    /// Settings of the producer. Its partitioner has to be murmur2, so that outcomes go home at once.
    package var producer: ClientSettings

    /// How job topics are read.
    package enum Reading: Equatable, Sendable {
        /// Every partition from its beginning, without a group: for a process that is all there is of its sites.
        case everything
        /// As a member of the group that the consumer's settings name.
        case group
    }

    /// Names and settings.
    package init(
        heartbeats: String, events: String, jobsPrefix: String, reading: Reading, consumer: ClientSettings,
        producer: ClientSettings
    ) {
        self.heartbeats = heartbeats
        self.events = events
        self.jobsPrefix = jobsPrefix
        self.reading = reading
        self.consumer = consumer
        self.producer = producer
    }

    /// The job topic of a datacenter's runtime.
    func jobs(_ datacenterID: String, _ runtime: String) -> String {
        "\(self.jobsPrefix)\(datacenterID).\(runtime)"
    }
}
