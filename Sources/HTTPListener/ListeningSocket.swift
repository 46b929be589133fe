import Glibc

/// A socket bound to exactly the address given.
struct ListeningSocket {
    let descriptor: Int32
    let port: Int

    /// Binds and listens.
    ///
    /// - Parameter address: `127.0.0.1:9464` or `[::1]:9464`; port 0 takes any free one.
    init(_ address: String) throws(HTTPListenerError) {
        guard let (host, port, isIPv6) = Self.split(address) else {
            throw HTTPListenerError(
                reason: .invalidAddress, address: address,
                message: "must be an IP address and a port, such as 127.0.0.1:9464 or [::1]:9464")
        }
        let family = isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(
            family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure(.outOfResources, address) }
        var isOpen = true
        defer { if !isOpen { Glibc.close(descriptor) } }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        let status: Int32
        if isIPv6 {
            // `[::]` means IPv6 only: what is bound is what was written.
            unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size)
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            guard unsafe inet_pton(AF_INET6, host, &name.sin6_addr) == 1 else {
                isOpen = false
                throw HTTPListenerError(
                    reason: .invalidAddress, address: address, message: "\(host) isn't an IPv6 address")
            }
            status = unsafe withUnsafePointer(to: &name) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        } else {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            guard unsafe inet_pton(AF_INET, host, &name.sin_addr) == 1 else {
                isOpen = false
                throw HTTPListenerError(
                    reason: .invalidAddress, address: address, message: "\(host) isn't an IPv4 address")
            }
            status = unsafe withUnsafePointer(to: &name) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        guard status == 0, listen(descriptor, 1024) == 0, let bound = Self.port(of: descriptor) else {
            let failure = Self.failure(.cannotBind, address)
            isOpen = false
            throw failure
        }
        self.descriptor = descriptor
        self.port = bound
    }

    /// Takes `host:port` or `[host]:port` apart.
    static func split(_ address: String) -> (host: String, port: UInt16, isIPv6: Bool)? {
        guard let colon = address.lastIndex(of: ":") else { return nil }
        let digits = address[address.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits)
        else { return nil }
        let host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            return (String(host.dropFirst().dropLast()), port, true)
        }
        return host.isEmpty || host.contains(":") ? nil : (String(host), port, false)
    }

    private static func port(of descriptor: Int32) -> Int? {
        unsafe withUnsafeTemporaryAllocation(of: sockaddr_storage.self, capacity: 1) { storage -> Int? in
            guard let start = storage.baseAddress else { return nil }
            unsafe start.initialize(to: sockaddr_storage())
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let status = unsafe start.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
            guard status == 0 else { return nil }
            // The port stands at the same place for both families.
            return unsafe start.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                unsafe Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
    }

    private static func failure(_ reason: HTTPListenerError.Reason, _ address: String) -> HTTPListenerError {
        HTTPListenerError(reason: reason, address: address, message: unsafe String(cString: strerror(errno)))
    }
}

/// The address and port of a socket's peer: `127.0.0.1:40112`, or empty where it has gone.
func remoteName(of descriptor: Int32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: sockaddr_storage.self, capacity: 1) { storage -> String in
        guard let start = storage.baseAddress else { return "" }
        unsafe start.initialize(to: sockaddr_storage())
        return unsafe start.withMemoryRebound(to: sockaddr.self, capacity: 1) { name -> String in
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            guard unsafe getpeername(descriptor, name, &size) == 0 else { return "" }
            var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
            let status = unsafe getnameinfo(
                name, size, &host, socklen_t(host.count), &port, socklen_t(port.count),
                NI_NUMERICHOST | NI_NUMERICSERV)
            guard status == 0 else { return "" }
            let texts = [host, port].map { text in
                String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
            return texts[0].contains(":") ? "[\(texts[0])]:\(texts[1])" : "\(texts[0]):\(texts[1])"
        }
    }
}
