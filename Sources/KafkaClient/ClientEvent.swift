/// Something that happened to a client and that isn't the answer to a call.
public enum ClientEvent: Sendable {
    /// librdkafka reports an error that it deals with itself, such as a broker that is gone; a fatal one is marked.
    case error(KafkaError)
    /// A partition can't be read at the moment, or not at all.
    case partitionError(TopicPartition, KafkaError)
    /// Everything in the partition has been read, up to this offset. Only with `enable.partition.eof`.
    case endOfPartition(PartitionOffset)
    /// Numbers of librdkafka's. Only with `statistics.interval.ms`.
    case statistics(StatisticsDocument)
    /// A broker slows this client down.
    case throttled(broker: String, by: Duration)
}
