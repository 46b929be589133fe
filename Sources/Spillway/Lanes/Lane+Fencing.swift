import KafkaClient
import SpillwayCore

/// Whether the group's word that this instance is fenced means another process.
///
/// librdkafka 2.0.2 can fence itself: after a session that it believes to have timed out (the broker was away) it sends
/// heartbeats without its member id, which the broker refuses in favour of the very member that it is.
extension Lane {
    /// How often the broker is asked who has the instance id, before the client is replaced without knowing.
    private static let questions = 20

    /// Asks the group who has this lane's instance id now.
    func isFencedByAnother() -> Bool {
        let instance = self.context.configuration.kafka.groupInstanceID(lane: self.number)
        do throws(KafkaError) {
            let admin = try Admin(self.context.configuration.clientSettings(for: .admin))
            defer { admin.close() }
            for _ in 0..<Self.questions where !self.context.stop.isSet {
                self.context.health.turned(self.number)
                do throws(KafkaError) {
                    let members = try admin.members(
                        ofGroup: self.context.configuration.kafka.groupID, timeout: .seconds(2))
                    return members.contains {
                        Self.isStatic($0.id, instance: instance) && $0.id != self.memberID
                    }
                } catch {
                    self.say(error)
                    self.context.stop.wait(0.5)
                }
            }
        } catch {
            self.say(error)
        }
        return false
    }

    /// The broker names a static member by its instance id, a hyphen and a UUID.
    private static func isStatic(_ member: String, instance: String) -> Bool {
        member.utf8.count == instance.utf8.count + 37 && member.hasPrefix("\(instance)-")
    }
}
