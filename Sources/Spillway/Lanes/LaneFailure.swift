import KafkaClient

/// What a lane does about an error of Kafka's.
struct LaneFailure: Error {
    enum Remedy {
        /// Abort the transaction, restore the state, go on from the committed offsets.
        case restore
        /// The same with a new producer: this one is fenced or broken.
        case replaceProducer
        /// The same with new clients.
        case replaceClients
        /// Another process has this instance's id.
        case end
        /// The stop signal came and the broker doesn't answer.
        case giveUp
    }

    var remedy: Remedy
    var error: KafkaError?

    init(_ remedy: Remedy, _ error: KafkaError? = nil) {
        self.remedy = remedy
        self.error = error
    }

    /// Of a call of the producer's.
    init(producer error: KafkaError) {
        self.error = error
        switch error.recovery {
        case .close: self.remedy = error.isFatal ? .replaceProducer : .restore
        case .abort, .retry: self.remedy = .restore
        }
    }

    /// Of a call of the consumer's.
    init(consumer error: KafkaError) {
        self.error = error
        self.remedy = error.reason == .instanceFenced ? .end : .replaceClients
    }
}
