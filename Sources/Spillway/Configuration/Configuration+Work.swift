extension Configuration {
    /// Which runtimes there are, in the order of preference.
    public struct Runtimes: Hashable, Sendable {
        /// The global order. The default is `shell` alone.
        public var order = ["shell"]
        /// Orders for task types of their own. None by default.
        public var taskTypes: [String: [String]] = [:]
        /// Whether the success rate reorders what the job left open. The default is not.
        public var adaptive = false
        /// Samples of each runtime before that. The default is 20.
        public var adaptiveMinSamples = 20
        /// An outcome counts half after this long. The default is 10 minutes.
        public var adaptiveHalfLife = Duration.seconds(600)

        /// The defaults.
        public init() {}
    }

    /// How often a task is tried on one target.
    public struct Attempts: Hashable, Sendable {
        /// Executions on one runtime and datacenter. The default is 3.
        public var max = 3
        /// The wait before the first re-execution, which doubles each time. The default is 100 milliseconds.
        public var backoffBase = Duration.milliseconds(100)
        /// The longest such wait. The default is 60 seconds.
        public var backoffCap = Duration.seconds(60)
        /// A wait is drawn from (1 ± this) times its value. The default is 0.2.
        public var jitter = 0.2

        /// The defaults.
        public init() {}
    }

    /// When a datacenter's runtime is left alone.
    public struct CircuitBreaker: Hashable, Sendable {
        /// Retryable failures and expired leases in a row that open it. The default is 5.
        public var failures = 5
        /// The time until one probe is let through. The default is 60 seconds.
        public var coolDown = Duration.seconds(60)

        /// The defaults.
        public init() {}
    }

    /// How long an attempt may be silent.
    public struct Leases: Hashable, Sendable {
        /// After a restart or rebalance a lease that is over is acted on no earlier than this. The default is 10 seconds.
        public var restoreGrace = Duration.seconds(10)
        /// No lease is shorter. The default is 10 seconds.
        public var minimum = Duration.seconds(10)
        /// No renewal beyond this after the dispatch. The default is 24 hours.
        public var hardLimit = Duration.seconds(86_400)

        /// The defaults.
        public init() {}
    }

    /// How the work of a lost datacenter moves.
    public struct Evacuation: Hashable, Sendable {
        /// Tasks a second that go to queue elsewhere while no receiver has free cores. The default is 1.
        public var floorPerSecond = 1.0

        /// The defaults.
        public init() {}
    }

    /// How many re-executions a job may cost.
    public struct RetryBudget: Hashable, Sendable {
        /// Of a job that asks for none. The default is 20.
        public var `default` = 20
        /// The most that a job gets. The default is 50.
        public var max = 50
        /// Of a workflow, where the job asks for none. The default is 3.
        public var perWorkflowDefault = 3
        /// The most that a workflow gets. The default is 5.
        public var perWorkflowMax = 5

        /// The defaults.
        public init() {}
    }

    /// Jobs for which some of their datacenters are enough.
    public struct BestEffort: Hashable, Sendable {
        /// What becomes of a result that comes after the job's end.
        public enum LateResultPolicy: String, CaseIterable, Hashable, Sendable {
            /// It is logged and counted.
            case logOnly = "log_only"
            /// It is merged into the result, as a new revision.
            case updateResult = "update_result"
        }

        /// Datacenters that must complete, where the job doesn't say. The default is 1.
        public var defaultMinDCs = 1
        /// The time for it, where the job doesn't say. The default is 300 seconds.
        public var defaultDeadline = Duration.seconds(300)
        /// What becomes of a late result. The default is to log it.
        public var lateResultPolicy = LateResultPolicy.logOnly
        /// Taken, without effect: every result and the deadline itself are looked at. The default is 5 seconds.
        public var checkInterval = Duration.seconds(5)

        /// The defaults.
        public init() {}
    }
}
