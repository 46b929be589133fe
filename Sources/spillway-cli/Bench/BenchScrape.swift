import Glibc

/// Looks at a router's HTTP pages, as Prometheus would.
struct BenchScrape {
    let port: Int

    private static let patience = 2

    /// A port on loopback that nobody listens on now.
    static func freePort() throws(CommandFailure) -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = Self.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, size) == 0 && getsockname(socket, pointer, &size) == 0
            }
        }
        guard isBound else { throw .failed("no port to be had") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Asks for a page. `nil`: nobody answers.
    func get(_ path: String) -> (status: Int, body: Substring)? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = Self.loopback(port: self.port)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return nil }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
        guard unsafe send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return nil
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        // Swift's characters take \r\n as one.
        let body = text.firstRange(of: "\r\n\r\n").map { text[$0.upperBound...] } ?? ""
        return (status, body)
    }

    /// Whether the router is ready.
    var isReady: Bool { self.get("/health/ready")?.status == 200 }

    /// Everything on `/metrics`, by name with labels as they stand there.
    func metrics() -> BenchMetrics {
        BenchMetrics(self.get("/metrics")?.body ?? "")
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}

/// Values of `/metrics`.
struct BenchMetrics {
    private var values: [Substring: Double] = [:]

    init(_ text: Substring) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            self.values[line[..<space]] = value
        }
    }

    /// The value of a series without labels.
    subscript(_ name: String) -> Double { self.values[Substring(name)] ?? 0 }

    /// The sums of a family by the value of one of its labels.
    func sums(of family: String, by label: String) -> [String: Double] {
        var sums: [String: Double] = [:]
        for (series, value) in self.values where series.hasPrefix(family + "{") {
            guard let start = series.firstRange(of: label + "=\"") else { continue }
            sums[String(series[start.upperBound...].prefix { $0 != "\"" }), default: 0] += value
        }
        return sums
    }
}
