import KafkaClient
import SpillwayCore

/// Asks the broker every two seconds whether it is there, so that readiness tells within ten that it isn't.
struct BrokerProbe {
    let context: LaneContext

    private static let interval: Seconds = 2
    private static let patience = Duration.seconds(3)

    /// Asks until the stop signal, on a thread of its own.
    func run() {
        var admin: Admin?
        while !self.context.stop.isSet {
            do throws(KafkaError) {
                let asked: Admin
                if let known = admin {
                    asked = known
                } else {
                    asked = try Admin(self.context.configuration.clientSettings(for: .admin))
                    admin = asked
                }
                _ = try asked.brokers(timeout: Self.patience)
                self.context.health.brokerAnswered()
                if self.context.health.mended("kafka.bootstrap_servers") {
                    self.context.log.info("BrokerAnswers", "the broker answers again")
                }
            } catch {
                self.context.log.trouble(self.context.health, "kafka.bootstrap_servers", error)
            }
            self.context.stop.wait(Self.interval)
        }
        admin?.close()
    }
}
