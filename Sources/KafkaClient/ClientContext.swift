import CRdKafka

/// What librdkafka's callbacks reach: it lives as long as the handle that it was made for.
///
/// Everything but the log is called on the thread that polls the client; the log on any.
final class ClientContext {
    var onEvent: ((ClientEvent) -> Void)?
    let onLog: (@Sendable (LogLine) -> Void)?
    let mask: SecretMask
    let refused = RefusedPartitions()
    var onDelivery: ((DeliveryReport) -> Void)?
    var deliveries = Deliveries()
    weak var consumer: Consumer?
    /// Woken by reports that come in; held here because librdkafka holds it without a reference.
    var reportWaker: Waker?
    /// The client is in no group, whatever librdkafka was told.
    var isWithoutGroup = false
    /// The client may have met a fatal error, which must be asked for.
    var mayBeFatal = false

    init(
        _ settings: ClientSettings, onEvent: ((ClientEvent) -> Void)?, onLog: (@Sendable (LogLine) -> Void)?
    ) {
        self.mask = SecretMask(settings)
        self.onEvent = onEvent
        self.onLog = onLog
    }

    static func from(_ opaque: UnsafeMutableRawPointer) -> ClientContext {
        unsafe Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
    }

    /// Sets the callbacks. They are formed here, outside of any actor, because librdkafka calls them on its threads.
    func install(in configuration: OpaquePointer, _ type: rd_kafka_type_t) {
        unsafe rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
        unsafe rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
            guard let client = unsafe client, let opaque = unsafe rd_kafka_opaque(client) else { return }
            let context = unsafe ClientContext.from(opaque)
            let facility = unsafe facility.map { unsafe String(cString: $0) } ?? ""
            let message = unsafe text.map { unsafe String(cString: $0) } ?? ""
            context.refused.note(facility: facility, message)
            guard let onLog = context.onLog else { return }
            unsafe onLog(
                LogLine(
                    level: level, facility: facility, message: context.mask.masking(message),
                    clientName: String(cString: rd_kafka_name(client))))
        }
        unsafe rd_kafka_conf_set_error_cb(configuration) { client, code, text, opaque in
            guard let client = unsafe client, let opaque = unsafe opaque else { return }
            let message = unsafe text.map { unsafe String(cString: $0) }
            unsafe ClientContext.from(opaque).failed(client, rd_kafka_resp_err_t(rawValue: code), message)
        }
        unsafe rd_kafka_conf_set_stats_cb(configuration) { _, json, length, opaque in
            if let json = unsafe json, let opaque = unsafe opaque {
                let bytes = unsafe Array(UnsafeRawBufferPointer(start: json, count: length))
                unsafe ClientContext.from(opaque).onEvent?(.statistics(StatisticsDocument(json: bytes)))
            }
            return 0
        }
        unsafe rd_kafka_conf_set_throttle_cb(configuration) { _, broker, _, milliseconds, opaque in
            guard let opaque = unsafe opaque else { return }
            let name = unsafe broker.map { unsafe String(cString: $0) } ?? ""
            unsafe ClientContext.from(opaque).onEvent?(
                .throttled(broker: name, by: .milliseconds(milliseconds)))
        }
        if type == RD_KAFKA_PRODUCER {
            unsafe rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
                guard let message = unsafe message, let opaque = unsafe opaque else { return }
                let context = unsafe ClientContext.from(opaque)
                // Counted first, and apart: the handler may ask for the counts.
                let error = unsafe context.deliveries.count(message)
                if let onDelivery = context.onDelivery { unsafe onDelivery(DeliveryReport(message, error)) }
            }
        } else {
            unsafe rd_kafka_conf_set_rebalance_cb(configuration) { client, code, partitions, opaque in
                guard let client = unsafe client, let partitions = unsafe partitions, let opaque = unsafe opaque else {
                    return
                }
                unsafe ClientContext.from(opaque).rebalance(client, code, partitions)
            }
        }
    }

    /// Whether an error is about the group that stands in for none.
    func isAboutNoGroup(_ code: rd_kafka_resp_err_t) -> Bool {
        self.isWithoutGroup && code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED
    }

    private func failed(_ client: OpaquePointer, _ code: rd_kafka_resp_err_t, _ message: String?) {
        guard !self.isAboutNoGroup(code) else { return }
        guard code == RD_KAFKA_RESP_ERR__FATAL else {
            self.onEvent?(.error(KafkaError(code: code, message: message.map(self.mask.masking))))
            return
        }
        self.mayBeFatal = true
        var text = [CChar](repeating: 0, count: 512)
        let cause = unsafe rd_kafka_fatal_error(client, &text, text.count)
        self.onEvent?(.error(KafkaError(code: cause, message: ClientHandle.string(text), isFatal: true)))
    }

    private func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        guard let consumer = self.consumer else {
            // Nobody is left to ask.
            unsafe rd_kafka_assign(client, nil)
            return
        }
        unsafe consumer.rebalance(client, code, partitions)
    }
}
