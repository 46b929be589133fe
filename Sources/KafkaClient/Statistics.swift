/// What librdkafka counts, at one moment. Counts go up for as long as the client lives.
public struct Statistics: Hashable, Sendable {
    /// librdkafka's name of the client.
    public var clientName = ""
    /// `producer` or `consumer`.
    public var clientType = ""
    /// When, in microseconds of a clock that only goes forward.
    public var timestampMicroseconds: Int64 = 0
    /// Reports, events and records that wait for the application to serve them.
    public var replyQueueDepth: Int64 = 0
    /// Records that the producer holds.
    public var queuedMessages: Int64 = 0
    /// The most records that the producer may hold.
    public var queuedMessagesLimit: Int64 = 0
    /// Bytes that the producer holds.
    public var queuedBytes: Int64 = 0
    /// The most bytes that the producer may hold.
    public var queuedBytesLimit: Int64 = 0
    /// Requests sent.
    public var requests: Int64 = 0
    /// Bytes sent.
    public var sentBytes: Int64 = 0
    /// Responses received.
    public var responses: Int64 = 0
    /// Bytes received.
    public var receivedBytes: Int64 = 0
    /// Records sent.
    public var sentMessages: Int64 = 0
    /// Bytes of records sent.
    public var sentMessageBytes: Int64 = 0
    /// Records received.
    public var receivedMessages: Int64 = 0
    /// Bytes of records received.
    public var receivedMessageBytes: Int64 = 0
    /// The brokers that are known, those of the bootstrap list included.
    public var brokers: [Broker] = []
    /// The partitions that are known, by topic and number.
    public var partitions: [Partition] = []
    /// The topics that are known.
    public var topics: [Topic] = []
    /// The group, where the client is in one.
    public var group: Group?
    /// The idempotent or transactional producer, where the client is one.
    public var transactions: Transactions?

    /// Times over the last interval.
    public struct Window: Hashable, Sendable {
        /// The shortest.
        public var minimum = Duration.zero
        /// The mean.
        public var average = Duration.zero
        /// The longest.
        public var maximum = Duration.zero
        /// Half were shorter.
        public var p50 = Duration.zero
        /// 99 of 100 were shorter.
        public var p99 = Duration.zero
        /// How many there were.
        public var count: Int64 = 0
    }

    /// Sizes over the last interval.
    public struct Sizes: Hashable, Sendable {
        /// The mean.
        public var average: Int64 = 0
        /// 99 of 100 were smaller.
        public var p99: Int64 = 0
        /// How many there were.
        public var count: Int64 = 0
    }

    /// A broker.
    public struct Broker: Hashable, Sendable {
        /// `address:port/number`.
        public var name = ""
        /// Its number, or -1 for one of the bootstrap list.
        public var id: Int64 = 0
        /// `UP`, `DOWN`, `CONNECT`, …
        public var state = ""
        /// Requests that wait to be sent.
        public var queuedRequests: Int64 = 0
        /// Records that wait to be sent to it.
        public var queuedMessages: Int64 = 0
        /// Requests whose answers are awaited.
        public var awaitedResponses: Int64 = 0
        /// Requests sent.
        public var requests: Int64 = 0
        /// Bytes sent.
        public var sentBytes: Int64 = 0
        /// Requests that couldn't be sent.
        public var sendErrors: Int64 = 0
        /// Requests sent again.
        public var retries: Int64 = 0
        /// Requests that went unanswered.
        public var timeouts: Int64 = 0
        /// Responses received.
        public var responses: Int64 = 0
        /// Bytes received.
        public var receivedBytes: Int64 = 0
        /// Responses that were broken.
        public var receiveErrors: Int64 = 0
        /// Connections made or tried.
        public var connects: Int64 = 0
        /// Connections lost.
        public var disconnects: Int64 = 0
        /// From a request to its answer.
        public var roundTrip = Window()
        /// How long records waited in the client.
        public var internalLatency = Window()
        /// How long requests waited to be sent.
        public var outputLatency = Window()
        /// How long the broker held this client back. Milliseconds, as it says.
        public var throttle = Window()
    }

    /// A topic.
    public struct Topic: Hashable, Sendable {
        /// Its name.
        public var name = ""
        /// Bytes of a batch of records.
        public var batchBytes = Sizes()
        /// Records of a batch.
        public var batchRecords = Sizes()
    }

    /// A partition.
    public struct Partition: Hashable, Sendable {
        /// The topic's name.
        public var topic = ""
        /// Its number.
        public var partition: Int32 = 0
        /// The broker that leads it.
        public var leader: Int64 = 0
        /// Records that wait to be made into a batch.
        public var queuedMessages: Int64 = 0
        /// Records that wait to be sent.
        public var sendQueueMessages: Int64 = 0
        /// Records sent whose answers are awaited.
        public var messagesInFlight: Int64 = 0
        /// Records that were fetched and wait to be read.
        public var fetchQueueMessages: Int64 = 0
        /// Their bytes.
        public var fetchQueueBytes: Int64 = 0
        /// `active`, `stopped`, `offset-query`, …
        public var fetchState = ""
        /// Where reading will go on.
        public var position: Int64 = 0
        /// What was stored to be committed.
        public var storedOffset: Int64 = 0
        /// What was last committed by this client.
        public var committedOffset: Int64 = 0
        /// The first offset.
        public var lowOffset: Int64 = 0
        /// The offset behind the last record.
        public var highOffset: Int64 = 0
        /// The offset up to which `read_committed` readers see.
        public var stableOffset: Int64 = 0
        /// Records between the committed offset and the end, or -1 where one of the two isn't known.
        public var lag: Int64 = 0
        /// Records between the stored offset and the end, or -1.
        public var storedLag: Int64 = 0
        /// Records sent.
        public var sentMessages: Int64 = 0
        /// Records received.
        public var receivedMessages: Int64 = 0
    }

    /// A group, as its member sees it.
    public struct Group: Hashable, Sendable {
        /// `up`, `wait-coord`, …
        public var state = ""
        /// `steady`, `wait-join`, …
        public var joinState = ""
        /// Since the last rebalance.
        public var rebalanceAge = Duration.zero
        /// Rebalances so far.
        public var rebalances: Int64 = 0
        /// Why the last one began.
        public var rebalanceReason = ""
        /// Partitions that are assigned.
        public var assignedPartitions: Int64 = 0
    }

    /// An idempotent or transactional producer.
    public struct Transactions: Hashable, Sendable {
        /// `Assigned`, `WaitPID`, …
        public var idempotenceState = ""
        /// `InTransaction`, `Ready`, …
        public var transactionState = ""
        /// Since the transaction's state last changed.
        public var transactionStateAge = Duration.zero
        /// The producer's number.
        public var producerID: Int64 = 0
        /// The producer's epoch.
        public var producerEpoch: Int64 = 0
        /// How often it got a new one.
        public var epochs: Int64 = 0
    }
}
