extension Statistics {
    /// Reads librdkafka's text. Members that aren't known are passed over.
    init?(json: [UInt8]) {
        var statistics = Statistics()
        var cursor = JSONCursor(json)
        cursor.object { cursor, name in statistics.read(name, &cursor) }
        guard !cursor.hasFailed else { return nil }
        self = statistics
    }

    private mutating func read(_ name: String, _ cursor: inout JSONCursor) {
        switch name {
        case "name": self.clientName = cursor.text()
        case "type": self.clientType = cursor.text()
        case "ts": self.timestampMicroseconds = cursor.integer()
        case "replyq": self.replyQueueDepth = cursor.integer()
        case "msg_cnt": self.queuedMessages = cursor.integer()
        case "msg_max": self.queuedMessagesLimit = cursor.integer()
        case "msg_size": self.queuedBytes = cursor.integer()
        case "msg_size_max": self.queuedBytesLimit = cursor.integer()
        case "tx": self.requests = cursor.integer()
        case "tx_bytes": self.sentBytes = cursor.integer()
        case "rx": self.responses = cursor.integer()
        case "rx_bytes": self.receivedBytes = cursor.integer()
        case "txmsgs": self.sentMessages = cursor.integer()
        case "txmsg_bytes": self.sentMessageBytes = cursor.integer()
        case "rxmsgs": self.receivedMessages = cursor.integer()
        case "rxmsg_bytes": self.receivedMessageBytes = cursor.integer()
        case "brokers":
            var brokers: [Broker] = []
            cursor.object { cursor, name in brokers.append(Broker(name, &cursor)) }
            self.brokers = brokers
        case "topics":
            var topics: [Topic] = []
            var partitions: [Partition] = []
            cursor.object { cursor, name in topics.append(Topic(name, &partitions, &cursor)) }
            self.topics = topics
            self.partitions = partitions
        case "cgrp": self.group = Group(&cursor)
        case "eos": self.transactions = Transactions(&cursor)
        default: cursor.skip()
        }
    }
}

extension Statistics.Window {
    /// A window whose unit is the microsecond, as all are but the throttle's.
    fileprivate init(_ cursor: inout JSONCursor, unit: Duration = .microseconds(1)) {
        var window = Self()
        cursor.object { cursor, name in
            switch name {
            case "min": window.minimum = unit * Int(cursor.integer())
            case "avg": window.average = unit * Int(cursor.integer())
            case "max": window.maximum = unit * Int(cursor.integer())
            case "p50": window.p50 = unit * Int(cursor.integer())
            case "p99": window.p99 = unit * Int(cursor.integer())
            case "cnt": window.count = cursor.integer()
            default: cursor.skip()
            }
        }
        self = window
    }
}

extension Statistics.Sizes {
    fileprivate init(_ cursor: inout JSONCursor) {
        var sizes = Self()
        cursor.object { cursor, name in
            switch name {
            case "avg": sizes.average = cursor.integer()
            case "p99": sizes.p99 = cursor.integer()
            case "cnt": sizes.count = cursor.integer()
            default: cursor.skip()
            }
        }
        self = sizes
    }
}

extension Statistics.Broker {
    fileprivate init(_ name: String, _ cursor: inout JSONCursor) {
        var broker = Self()
        broker.name = name
        cursor.object { cursor, name in
            switch name {
            case "nodeid": broker.id = cursor.integer()
            case "state": broker.state = cursor.text()
            case "outbuf_cnt": broker.queuedRequests = cursor.integer()
            case "outbuf_msg_cnt": broker.queuedMessages = cursor.integer()
            case "waitresp_cnt": broker.awaitedResponses = cursor.integer()
            case "tx": broker.requests = cursor.integer()
            case "txbytes": broker.sentBytes = cursor.integer()
            case "txerrs": broker.sendErrors = cursor.integer()
            case "txretries": broker.retries = cursor.integer()
            case "req_timeouts": broker.timeouts = cursor.integer()
            case "rx": broker.responses = cursor.integer()
            case "rxbytes": broker.receivedBytes = cursor.integer()
            case "rxerrs": broker.receiveErrors = cursor.integer()
            case "connects": broker.connects = cursor.integer()
            case "disconnects": broker.disconnects = cursor.integer()
            case "rtt": broker.roundTrip = Statistics.Window(&cursor)
            case "int_latency": broker.internalLatency = Statistics.Window(&cursor)
            case "outbuf_latency": broker.outputLatency = Statistics.Window(&cursor)
            case "throttle": broker.throttle = Statistics.Window(&cursor, unit: .milliseconds(1))
            default: cursor.skip()
            }
        }
        self = broker
    }
}

extension Statistics.Topic {
    fileprivate init(_ name: String, _ partitions: inout [Statistics.Partition], _ cursor: inout JSONCursor) {
        var topic = Self()
        topic.name = name
        var found: [Statistics.Partition] = []
        cursor.object { cursor, member in
            switch member {
            case "batchsize": topic.batchBytes = Statistics.Sizes(&cursor)
            case "batchcnt": topic.batchRecords = Statistics.Sizes(&cursor)
            case "partitions":
                cursor.object { cursor, _ in
                    let partition = Statistics.Partition(name, &cursor)
                    // -1 stands for records whose partition hasn't been chosen yet.
                    if partition.partition >= 0 { found.append(partition) }
                }
            default: cursor.skip()
            }
        }
        partitions += found
        self = topic
    }
}

extension Statistics.Partition {
    fileprivate init(_ topic: String, _ cursor: inout JSONCursor) {
        var partition = Self()
        partition.topic = topic
        cursor.object { cursor, name in
            switch name {
            case "partition": partition.partition = Int32(clamping: cursor.integer())
            case "leader": partition.leader = cursor.integer()
            case "msgq_cnt": partition.queuedMessages = cursor.integer()
            case "xmit_msgq_cnt": partition.sendQueueMessages = cursor.integer()
            case "msgs_inflight": partition.messagesInFlight = cursor.integer()
            case "fetchq_cnt": partition.fetchQueueMessages = cursor.integer()
            case "fetchq_size": partition.fetchQueueBytes = cursor.integer()
            case "fetch_state": partition.fetchState = cursor.text()
            case "app_offset": partition.position = cursor.integer()
            case "stored_offset": partition.storedOffset = cursor.integer()
            case "committed_offset": partition.committedOffset = cursor.integer()
            case "lo_offset": partition.lowOffset = cursor.integer()
            case "hi_offset": partition.highOffset = cursor.integer()
            case "ls_offset": partition.stableOffset = cursor.integer()
            case "consumer_lag": partition.lag = cursor.integer()
            case "consumer_lag_stored": partition.storedLag = cursor.integer()
            case "txmsgs": partition.sentMessages = cursor.integer()
            case "rxmsgs": partition.receivedMessages = cursor.integer()
            default: cursor.skip()
            }
        }
        self = partition
    }
}

extension Statistics.Group {
    fileprivate init(_ cursor: inout JSONCursor) {
        var group = Self()
        cursor.object { cursor, name in
            switch name {
            case "state": group.state = cursor.text()
            case "join_state": group.joinState = cursor.text()
            case "rebalance_age": group.rebalanceAge = .milliseconds(cursor.integer())
            case "rebalance_cnt": group.rebalances = cursor.integer()
            case "rebalance_reason": group.rebalanceReason = cursor.text()
            case "assignment_size": group.assignedPartitions = cursor.integer()
            default: cursor.skip()
            }
        }
        self = group
    }
}

extension Statistics.Transactions {
    fileprivate init(_ cursor: inout JSONCursor) {
        var transactions = Self()
        cursor.object { cursor, name in
            switch name {
            case "idemp_state": transactions.idempotenceState = cursor.text()
            case "txn_state": transactions.transactionState = cursor.text()
            case "txn_stateage": transactions.transactionStateAge = .milliseconds(cursor.integer())
            case "producer_id": transactions.producerID = cursor.integer()
            case "producer_epoch": transactions.producerEpoch = cursor.integer()
            case "epoch_cnt": transactions.epochs = cursor.integer()
            default: cursor.skip()
            }
        }
        self = transactions
    }
}
