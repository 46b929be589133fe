import Glibc

/// A client on a raw socket, so that a test can be as rude as it likes.
final class Peer {
    struct Failure: Error { var call: String; var code: Int32 }

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]
        var text: String { String(decoding: self.body, as: UTF8.self) }
    }

    let descriptor: Int32
    private var received: [UInt8] = []
    private var isOpen = true

    /// - Parameter receiveBuffer: how much the kernel takes for a peer that doesn't read, in bytes.
    init(_ port: Int, host: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws {
        let isIPv6 = host.contains(":")
        let descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        self.descriptor = descriptor
        if var size = receiveBuffer {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        let status: Int32
        if isIPv6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = UInt16(port).bigEndian
            unsafe inet_pton(AF_INET6, host, &name.sin6_addr)
            status = Self.connect(descriptor, &name)
        } else {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = UInt16(port).bigEndian
            unsafe inet_pton(AF_INET, host, &name.sin_addr)
            status = Self.connect(descriptor, &name)
        }
        guard status == 0 else { throw Failure(call: "connect", code: errno) }
    }

    private static func connect<Name>(_ descriptor: Int32, _ name: inout Name) -> Int32 {
        unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Name>.size))
            }
        }
    }

    deinit { self.close() }

    func close() {
        if self.isOpen { Glibc.close(self.descriptor) }
        self.isOpen = false
    }

    /// Closes with a reset instead of a farewell.
    func reset() {
        var off = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &off, socklen_t(MemoryLayout<linger>.size))
        self.close()
    }

    /// Sends all of it, or as much as the other side takes before it closes.
    ///
    /// - Returns: whether all of it went out.
    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    self.descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult func send(_ text: String) -> Bool { self.send(Array(text.utf8)) }

    /// Sends a request for a page.
    func get(_ path: String = "/metrics", headers: String = "") {
        self.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
    }

    /// The next answer, or nil where the connection ends or five seconds pass before it is whole.
    func answer(toHead: Bool = false) -> Answer? {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            if let end = self.received.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: self.received[..<end.lowerBound], as: UTF8.self)
                    .replacing("\r\n", with: "\n").split(separator: "\n")
                let status = Int(lines[0].split(separator: " ")[1]) ?? 0
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
                }
                let length = toHead || status == 100 ? 0 : headers["content-length"].flatMap(Int.init) ?? 0
                if self.received.count >= end.upperBound + length {
                    let body = Array(self.received[end.upperBound..<end.upperBound + length])
                    self.received.removeFirst(end.upperBound + length)
                    return Answer(status: status, headers: headers, body: body)
                }
            }
            guard self.receive(until: deadline) == .more else { return nil }
        }
    }

    enum Arrival { case more, ended, nothing }

    /// Waits for bytes, the end, or the deadline.
    func receive(until deadline: ContinuousClock.Instant) -> Arrival {
        let left = max(.zero, deadline - .now)
        var descriptors = [pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)]
        let timeout = Int32(left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
        guard unsafe poll(&descriptors, 1, timeout) == 1 else { return .nothing }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(self.descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return .ended }
        self.received += chunk[..<count]
        return .more
    }

    /// Whether the other side closes in time, whatever it sends before.
    func isClosed(within duration: Duration) -> Bool {
        let deadline = ContinuousClock.now + duration
        while true {
            switch self.receive(until: deadline) {
            case .more: continue
            case .ended: return true
            case .nothing: return false
            }
        }
    }
}
