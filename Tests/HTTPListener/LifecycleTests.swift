import Glibc
import HTTPListener
import Testing

@Suite(.timeLimit(.minutes(1))) struct LifecycleTests {
    static var hasIPv6: Bool { (try? HTTPListener(address: "[::1]:0", routes: [])) != nil }

    @Test func `An address that is taken is named`() throws {
        let server = try Server()
        let address = "127.0.0.1:\(server.port)"
        let error = #expect(throws: HTTPListenerError.self) { try HTTPListener(address: address, routes: []) }
        #expect(error?.reason == .cannotBind)
        #expect(error?.description == "can't listen on \(address): Address already in use")
    }

    @Test(arguments: [
        "", "9464", ":9464", "localhost:9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "256.0.0.1:1", "::1:9464", "[::1]", "[::x]:1", "[127.0.0.1]:1", "127.0.0.1:+1",
    ])
    func `What isn't an address is named`(address: String) {
        let error = #expect(throws: HTTPListenerError.self) { try HTTPListener(address: address, routes: []) }
        #expect(error?.reason == .invalidAddress)
        #expect(error?.address == address)
    }

    @Test func `An address of another machine can't be bound`() {
        let error = #expect(throws: HTTPListenerError.self) { try HTTPListener(address: "192.0.2.1:0", routes: []) }
        #expect(error?.reason == .cannotBind)
    }

    @Test func `It listens on the address given and no other`() throws {
        let server = try Server()
        #expect(throws: Peer.Failure.self) { try Peer(server.port, host: "127.0.0.2") }
        _ = try Peer(server.port)
    }

    @Test(.enabled(if: hasIPv6, "This machine has no IPv6 loopback"))
    func `It listens on an IPv6 address`() throws {
        let server = try Server(address: "[::1]:0")
        let peer = try Peer(server.port, host: "::1")
        peer.get("/health/live")
        #expect(peer.answer()?.text == "alive\n")
    }

    @Test func `Closing twice is closing once, and the port is free again`() throws {
        // An address that no other suite uses, so that nobody takes the port meanwhile.
        let server = try Server(address: "127.0.0.3:0")
        let peer = try Peer(server.port, host: "127.0.0.3")
        peer.get()
        #expect(peer.answer()?.status == 200)
        let start = ContinuousClock.now
        server.listener.close()
        server.listener.close()
        #expect(.now - start < .milliseconds(900))
        #expect(peer.isClosed(within: .seconds(1)))
        #expect(throws: Peer.Failure.self) { try Peer(server.port, host: "127.0.0.3") }
        let next = try HTTPListener(address: "127.0.0.3:\(server.port)", routes: [])
        next.close()
    }

    @Test func `An answer that is on its way is finished before the listener closes`() async throws {
        let server = try Server(pageSize: 8_000_000)
        let peer = try Peer(server.port, receiveBuffer: 4096)
        peer.get()
        // Once its first bytes are here the answer is on its way.
        #expect(peer.receive(until: .now + .seconds(5)) == .more)
        async let closed: Void = Self.close(server)
        #expect(peer.answer()?.body.count == 8_000_000)
        await closed
    }

    @concurrent private static func close(_ server: Server) async { server.listener.close() }

    @Test func `An answer that nobody reads doesn't keep the listener from closing`() throws {
        let server = try Server(pageSize: 8_000_000) { $0.drainDeadline = .milliseconds(100) }
        let peer = try Peer(server.port, receiveBuffer: 4096)
        peer.get()
        #expect(peer.receive(until: .now + .seconds(5)) == .more)
        let start = ContinuousClock.now
        server.listener.close()
        #expect(.now - start < .seconds(2))
    }

    @Test func `Many listeners come and go without leaving descriptors`() throws {
        let before = try Self.openDescriptors()
        for _ in 0..<20 {
            let server = try Server()
            #expect(try server.scrape().status == 200)
            server.listener.close()
        }
        // Other suites open and close some meanwhile.
        #expect(try Self.openDescriptors() < before + 1000)
    }

    private static func openDescriptors() throws -> Int {
        guard let folder = unsafe opendir("/proc/self/fd") else { throw Peer.Failure(call: "opendir", code: errno) }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }
}
