import CRdKafka

/// A member of a group, as the broker describes it.
public struct GroupMember: Hashable, Sendable {
    /// The broker's name for it; of a static member: its `group.instance.id`, `-` and a UUID.
    public var id: String
    /// Its `client.id`.
    public var clientID: String
    /// Where it connects from.
    public var host: String
}

extension Admin {
    /// Who is in a group now.
    ///
    /// - Throws: ``KafkaError/Reason/timedOut`` where a broker didn't answer, ``KafkaError/Reason/notAuthorized``.
    public func members(ofGroup group: String, timeout: Duration) throws(KafkaError) -> [GroupMember] {
        let client = try unsafe self.opened().pointer
        var list: UnsafePointer<rd_kafka_group_list>?
        try unsafe KafkaError.check(
            rd_kafka_list_groups(client, group, &list, max(1, timeout.wholeMilliseconds)))
        guard let list = unsafe list else { return [] }
        defer { unsafe rd_kafka_group_list_destroy(list) }
        var members: [GroupMember] = []
        for index in 0..<Int(unsafe list.pointee.group_cnt) {
            let described = unsafe list.pointee.groups[index]
            try unsafe KafkaError.check(described.err)
            for member in 0..<Int(unsafe described.member_cnt) {
                let info = unsafe described.members[member]
                members.append(
                    unsafe GroupMember(
                        id: String(cString: info.member_id), clientID: String(cString: info.client_id),
                        host: String(cString: info.client_host)))
            }
        }
        return members
    }
}

extension Consumer {
    /// The broker's name for this member of the group, or nil while it is in none.
    public var memberID: String? {
        guard let handle = try? self.opened(), let text = unsafe rd_kafka_memberid(handle.pointer) else { return nil }
        defer { unsafe rd_kafka_mem_free(handle.pointer, text) }
        let id = unsafe String(cString: text)
        return id.isEmpty ? nil : id
    }
}
