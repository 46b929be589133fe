extension Configuration {
    /// `spillway agent`: the manager and its workers.
    public struct Agent: Hashable, Sendable {
        /// What happens to a task that finds the queue full.
        public enum WhenFull: String, CaseIterable, Hashable, Sendable {
            /// It is rejected as `no_capacity`.
            case reject
            /// It stays in the topic.
            case pause
        }

        /// How simulated tasks misbehave.
        public struct Simulated: Hashable, Sendable {
            /// The share that fails. The default is 0.
            public var errorRate = 0.0
            /// The share that takes longer than it said. The default is 0.
            public var overrunRate = 0.0
            /// The share of which nothing is heard again. The default is 0.
            public var vanishRate = 0.0
            /// What the random numbers begin with. The default is 1.
            public var seed = 1

            /// The defaults.
            public init() {}
        }

        /// Tasks that may wait here beyond those that run. The default is 100.
        public var queue = 100
        /// What happens to one more. The default is that it is rejected.
        public var whenFull = WhenFull.reject
        /// Where the journal of what runs is kept. Empty, the default: nowhere.
        public var stateDirectory = ""
        /// Programs that the runtime shell may start: absolute paths, `*` allowed in the last part. None by default.
        public var allow: [String] = []
        /// What a command inherits of the environment. The default is PATH, HOME, LANG and TZ.
        public var environment = ["PATH", "HOME", "LANG", "TZ"]
        /// Where a command runs. Empty, the default: in a new empty directory for each attempt, removed afterwards.
        public var workingDirectory = ""
        /// Bytes of standard output and error each that are kept. The default is 4,096.
        public var outputTailBytes = 4096
        /// The time from terminate to kill, of the whole process group. The default is 10 seconds.
        public var killAfter = Duration.seconds(10)
        /// How simulated tasks misbehave. They don't by default.
        public var simulated = Simulated()

        /// The defaults.
        public init() {}
    }
}
