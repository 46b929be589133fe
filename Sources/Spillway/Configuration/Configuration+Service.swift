public import Settings

extension Configuration {
    /// The ledger of decisions.
    public struct Decisions: Hashable, Sendable {
        /// Whether decisions are written. The default is that they are.
        public var ledger = true
        /// Candidates and excluded datacenters that a decision names. The default is 8.
        public var candidates = 8

        /// The defaults.
        public init() {}
    }

    /// Bounds on what is read and remembered.
    public struct Limits: Hashable, Sendable {
        /// A longer record is refused. The default is 65,536 bytes.
        public var maxRecordBytes = 65_536
        /// The most workflows of a job. The default is 1,000.
        public var maxWorkflows = 1000
        /// The most tasks of a job: workflows times datacenters. The default is 2,000.
        public var maxTasks = 2000
        /// Open jobs of an instance; one more is answered with a failed result. The default is 1,000,000.
        public var openJobs = 1_000_000
        /// How long the ids of ended jobs are kept. The default is 24 hours.
        public var finishedJobsRemembered = Duration.seconds(86_400)
        /// Entries of a task's fallback chain that are kept, the newest. The default is 64.
        public var chainEntries = 64
        /// Ids of ended jobs that an instance keeps; the oldest go first. The default is 1,000,000.
        public var finishedJobs = 1_000_000

        /// The defaults.
        public init() {}
    }

    /// The two listeners.
    public struct HTTP: Hashable, Sendable {
        /// Where metrics and health are served, or nil for nowhere. The default is `0.0.0.0:9464`.
        public var metrics: Address? = Address(host: "0.0.0.0", port: 9464)
        /// Where the status page and the admin API are served, or nil for nowhere. The default is `127.0.0.1:9465`.
        public var admin: Address? = Address(host: "127.0.0.1", port: 9465)
        /// What acts asks for this token. Empty, the default, allows nothing that acts.
        public var adminToken = Secret("")

        /// The defaults.
        public init() {}
    }

    /// What `/metrics` shows.
    public struct Metrics: Hashable, Sendable {
        /// Recent jobs with a series of their own. The default is 100; 0 turns them off.
        public var jobSeries = 100

        /// The defaults.
        public init() {}
    }

    /// What the log shows.
    public struct Log: Hashable, Sendable {
        /// How a line is written.
        public enum Format: String, CaseIterable, Hashable, Sendable {
            /// `key=value`, for people and grep.
            case text
            /// An object a line.
            case json
        }

        /// The least level that is shown. The default is info.
        public var level = LogLevel.info
        /// How a line is written. The default is text.
        public var format = Format.text

        /// The defaults.
        public init() {}
    }
}
