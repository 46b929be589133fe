extension Configuration {
    /// A host and a port to listen on.
    public struct Address: Hashable, Sendable, CustomStringConvertible {
        /// A name or an IP address, the latter without brackets.
        public var host: String
        /// The port; 0 lets the system choose.
        public var port: Int

        /// Names an address.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// Reads `host:port`; an IPv6 address stands in brackets. Nil for anything else.
        public init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":") else { return nil }
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
            guard let port = Int(digits), port <= 65_535 else { return nil }
            var host = text[..<colon]
            if host.first == "[", host.last == "]" {
                host = host.dropFirst().dropLast()
                guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                    return nil
                }
            } else {
                guard host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }) else {
                    return nil
                }
            }
            guard !host.isEmpty else { return nil }
            self.init(host: String(host), port: port)
        }

        /// `host:port`, with an IPv6 address in brackets.
        public var description: String {
            self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
        }
    }
}
