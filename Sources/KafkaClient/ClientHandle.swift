import CRdKafka
import Glibc

/// Owns a client of librdkafka, which is destroyed with the last that holds this: its consumer or producer, a batch
/// with records in it, a topic.
@safe final class ClientHandle {
    // Safe: valid from init to deinit, and every user of it holds this object.
    let pointer: OpaquePointer
    let context: ClientContext
    /// Freed after the client is: its records may lie there.
    let payloads: PayloadMemory?

    init(
        _ type: rd_kafka_type_t, _ settings: ClientSettings, _ context: ClientContext, payloads: PayloadMemory? = nil
    ) throws(KafkaError) {
        let configuration = try unsafe Self.configuration(type, settings, context)
        var text = [CChar](repeating: 0, count: 512)
        guard let pointer = unsafe rd_kafka_new(type, configuration, &text, text.count) else {
            let code = rd_kafka_last_error()
            unsafe rd_kafka_conf_destroy(configuration)
            throw KafkaError(code: code, message: context.mask.masking(Self.string(text)))
        }
        unsafe self.pointer = unsafe pointer
        self.context = context
        self.payloads = payloads
    }

    // A consumer that wasn't closed leaves its group by its session's end: no callback may run here.
    deinit { unsafe rd_kafka_destroy_flags(self.pointer, Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)) }

    /// The error that made the client useless, if one did.
    var fatalError: KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        let code = unsafe rd_kafka_fatal_error(self.pointer, &text, text.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(code: code, message: Self.string(text), isFatal: true)
    }

    var name: String { unsafe String(cString: rd_kafka_name(self.pointer)) }

    /// Whether the consumer's group moves partitions one by one rather than all at once.
    var isCooperative: Bool { unsafe Self.isCooperative(self.pointer) }

    static func isCooperative(_ client: OpaquePointer) -> Bool {
        guard let name = unsafe rd_kafka_rebalance_protocol(client) else { return false }
        return unsafe strcmp(name, "COOPERATIVE") == 0
    }

    static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func configuration(
        _ type: rd_kafka_type_t, _ settings: ClientSettings, _ context: ClientContext
    ) throws(KafkaError) -> OpaquePointer {
        let configuration: OpaquePointer = unsafe rd_kafka_conf_new()
        do throws(KafkaError) {
            try unsafe self.set("socket.nagle.disable", "true", isSecret: false, configuration)
            for entry in settings.entries {
                try unsafe self.set(entry.name, entry.value, isSecret: entry.isSecret, configuration)
            }
        } catch {
            unsafe rd_kafka_conf_destroy(configuration)
            throw error
        }
        unsafe context.install(in: configuration, type)
        return unsafe configuration
    }

    private static func set(
        _ name: String, _ value: String, isSecret: Bool, _ configuration: OpaquePointer
    ) throws(KafkaError) {
        var text = [CChar](repeating: 0, count: 512)
        let result = unsafe rd_kafka_conf_set(configuration, name, value, &text, text.count)
        guard result != RD_KAFKA_CONF_OK else { return }
        // librdkafka's own text quotes the value.
        var message = isSecret ? "The value of \"\(name)\" was refused" : self.string(text)
        // It names a setting by another of its names, where it has several.
        if !message.contains(name) { message = "\(name): \(message)" }
        throw KafkaError(
            reason: .misconfigured, code: RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue, codeName: "_INVALID_ARG",
            message: message)
    }
}
