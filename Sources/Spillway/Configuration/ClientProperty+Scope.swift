extension ClientProperty {
    /// Properties that librdkafka takes for consumers only.
    static let ofConsumers: Set<String> = [
        "group.id", "group.instance.id", "partition.assignment.strategy", "session.timeout.ms",
        "heartbeat.interval.ms", "group.protocol.type", "coordinator.query.interval.ms", "max.poll.interval.ms",
        "enable.auto.commit", "auto.commit.interval.ms", "enable.auto.offset.store", "queued.min.messages",
        "queued.max.messages.kbytes", "fetch.wait.max.ms", "max.partition.fetch.bytes", "fetch.max.bytes",
        "fetch.min.bytes", "fetch.error.backoff.ms", "offset.store.method", "isolation.level",
        "enable.partition.eof", "check.crcs", "allow.auto.create.topics", "client.rack", "auto.commit.enable",
        "auto.offset.reset", "offset.store.path", "offset.store.sync.interval.ms", "consume.callback.max.messages",
        "fetch.queue.backoff.ms",
    ]

    /// Properties that librdkafka takes for producers only.
    static let ofProducers: Set<String> = [
        "transactional.id", "transaction.timeout.ms", "enable.idempotence", "enable.gapless.guarantee",
        "queue.buffering.max.messages", "queue.buffering.max.kbytes", "linger.ms", "retries", "retry.backoff.ms",
        "retry.backoff.max.ms", "queue.buffering.backpressure.threshold", "compression.type", "batch.num.messages",
        "batch.size", "delivery.report.only.error", "sticky.partitioning.linger.ms", "acks", "request.timeout.ms",
        "message.timeout.ms", "queuing.strategy", "partitioner", "msg_order_cmp", "compression.level",
    ]
}
