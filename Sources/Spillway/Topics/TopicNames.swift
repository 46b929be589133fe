/// The names of Spillway's topics (design section 2).
package struct TopicNames: Hashable, Sendable {
    /// What all of them begin with.
    package let prefix: String

    /// The topics that begin with a prefix.
    package init(prefix: String) {
        self.prefix = prefix
    }

    /// Managers' heartbeats.
    package var heartbeats: String { self.prefix + "heartbeats" }
    /// Everything that asks for work or reports on it.
    package var events: String { self.prefix + "events" }
    /// The ledger.
    package var decisions: String { self.prefix + "decisions" }
    /// Ends of jobs.
    package var results: String { self.prefix + "results" }
    /// Pause, resume, restart for producers.
    package var control: String { self.prefix + "control" }
    /// The tables that every instance reads.
    package var views: String { self.prefix + "views" }
    /// The changelog.
    package var state: String { self.prefix + "state" }
    /// What could not be read.
    package var deadLetter: String { self.prefix + "dead-letter" }
    /// What every job topic begins with.
    package var jobs: String { self.prefix + "jobs." }

    /// The job topic of a datacenter's runtime.
    package func jobs(_ datacenterID: String, _ runtime: String) -> String {
        "\(self.jobs)\(datacenterID).\(runtime)"
    }

    /// The topics that are there whatever the fleet.
    package var fixed: [String] {
        [
            self.heartbeats, self.events, self.decisions, self.results, self.control, self.views, self.state,
            self.deadLetter,
        ]
    }

    /// A topic's name without the prefix, for labels.
    package func short(_ name: String) -> String {
        name.hasPrefix(self.prefix) ? String(name.dropFirst(self.prefix.count)) : name
    }
}
