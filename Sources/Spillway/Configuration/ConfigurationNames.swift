import Settings

/// What names may look like. Each rule answers with what is wrong, as the end of a sentence.
enum ConfigurationNames {
    /// Datacenters and runtimes, which become parts of topic names.
    static func datacenterOrRuntime(_ name: String) -> String? {
        let isName = (1...64).contains(name.utf8.count) && name.utf8.allSatisfy { Self.isWord($0) }
        return isName ? nil : "must be 1 to 64 letters, digits, - and _"
    }

    /// A name that is stored with records: 1 to 256 bytes without control characters.
    static func identifier(_ name: String) -> String? {
        let isName = (1...256).contains(name.utf8.count) && !Self.hasControls(name)
        return isName ? nil : "must be 1 to 256 bytes without control characters"
    }

    /// The beginning of topics' names. 115 bytes leave room for `jobs.`, a datacenter, a dot and a runtime in Kafka's 249.
    static func topicPrefix(_ prefix: String) -> String? {
        let isLegal = prefix.utf8.count <= 115 && prefix.utf8.allSatisfy { Self.isWord($0) || $0 == UInt8(ascii: ".") }
        return isLegal ? nil : "must be at most 115 letters, digits, ., - and _, which is what topics' names may have"
    }

    /// A process in the group. The lane's number comes behind it, and Kafka takes 249 bytes of what topics may be called.
    static func instance(_ name: String) -> String? {
        let isLegal = name.utf8.count <= 240 && name.utf8.allSatisfy { Self.isWord($0) || $0 == UInt8(ascii: ".") }
        return isLegal ? nil : "must be at most 240 letters, digits, ., - and _"
    }

    /// Brokers: `host:port`, commas between them; a protocol in front and a missing port are librdkafka's business.
    static func servers(_ list: String) -> String? {
        let servers = list.split(separator: ",", omittingEmptySubsequences: false)
        for server in servers {
            var address = String(server.drop { $0 == " " })
            while address.last == " " { address.removeLast() }
            for scheme in ["PLAINTEXT://", "SSL://", "SASL_PLAINTEXT://", "SASL_SSL://"]
            where address.uppercased().hasPrefix(scheme) {
                address.removeFirst(scheme.count)
            }
            let hasPort = Configuration.Address(address).map { $0.port > 0 } ?? false
            let isHost = !address.contains(":") && Configuration.Address(address + ":1") != nil
            if !hasPort, !isHost {
                return "must be host:port, with commas between several, is \(SettingsNode.shown(list))"
            }
        }
        return nil
    }

    /// A variable of a child's environment.
    static func variable(_ name: String) -> String? {
        let isName =
            (1...256).contains(name.utf8.count) && !name.utf8.contains(UInt8(ascii: "=")) && !Self.hasControls(name)
        return isName ? nil : "is no name of a variable"
    }

    /// A program, with `*` allowed in the last part of its path.
    static func program(_ path: String) -> String? {
        guard path.hasPrefix("/"), !Self.hasControls(path) else { return "must be an absolute path" }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains("") || parts.contains(".") || parts.contains("..") {
            return "must be a path without empty parts, . and .."
        }
        return parts.dropLast().contains { $0.contains("*") } ? "may have * in its last part only" : nil
    }

    /// A folder, or nothing.
    static func directory(_ path: String) -> String? {
        Self.hasControls(path) ? "must be a path without control characters" : nil
    }

    /// A text for Kafka's groups and clients.
    static func group(_ name: String) -> String? {
        let isName = (1...200).contains(name.utf8.count) && !Self.hasControls(name)
        return isName ? nil : "must be 1 to 200 bytes without control characters"
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func hasControls(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
