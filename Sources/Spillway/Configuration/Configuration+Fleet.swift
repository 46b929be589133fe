extension Configuration {
    /// The datacenters and how their reports are believed.
    public struct Fleet: Hashable, Sendable {
        /// What is known of a datacenter beforehand.
        public struct Datacenter: Hashable, Sendable {
            /// The round-trip time in milliseconds. Unknown by default, which keeps it from being a spillover candidate.
            public var rttMilliseconds: Double?
            /// How many managers it should have. With 0, the default, as many as were seen.
            public var managers = 0
            /// Whether it gets no new work. The default is not.
            public var drained = false

            /// A datacenter of which nothing is known.
            public init(rttMilliseconds: Double? = nil, managers: Int = 0, drained: Bool = false) {
                self.rttMilliseconds = rttMilliseconds
                self.managers = managers
                self.drained = drained
            }
        }

        /// Datacenters that are known beforehand, by name; others are learned from heartbeats. None by default.
        public var datacenters: [String: Datacenter] = [:]
        /// A heartbeat older than this is stale. The default is 30 seconds.
        public var staleness = Duration.seconds(30)
        /// The time between heartbeats, until it is known from the heartbeats themselves. The default is 5 seconds.
        public var heartbeatInterval = Duration.seconds(5)
        /// Spillover and evacuation freeze when fewer than this share of the known datacenters report in time. The default
        /// is 0.5; 0 turns it off.
        public var panicShare = 0.5
        /// A datacenter that is silent for so many of its own heartbeat intervals is lost. The default is 4.
        public var lostIntervals = 4.0
        /// A panic lasts no longer. The default is 10 minutes.
        public var panicLimit = Duration.seconds(600)
        /// A manager that is silent for so long is forgotten, and a start reads heartbeats this far back. The default is
        /// 10 minutes.
        public var forgetAfter = Duration.seconds(600)
        /// A better health counts only after this long; a worse one at once. The default is 0.
        public var healthHoldDown = Duration.zero

        /// The defaults.
        public init() {}
    }

    /// When a job goes elsewhere although its primary datacenter is usable.
    public struct Spillover: Hashable, Sendable {
        /// Whether it does at all. The default is that it does.
        public var enabled = true
        /// A wait up to this in the primary datacenter is accepted. The default is 60 seconds.
        public var maxWait = Duration.seconds(60)
        /// The most that the round trip may be longer than the primary's, in milliseconds. The default is 100.
        public var maxLatencyPenaltyMilliseconds = 100.0
        /// The candidate's wait may be at most this share of the primary's. The default is 0.5.
        public var minImprovementRatio = 0.5
        /// Whether datacenters that free up soon are candidates, too. The default is that they aren't.
        public var considerFutureCapacity = false

        /// The defaults.
        public init() {}
    }
}
