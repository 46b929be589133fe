import Glibc
import HTTPListener
import Testing

/// Peers that mean no good, and a scrape that is answered all the same.
@Suite(.timeLimit(.minutes(1)), .serialized) struct AbuseTests {
    /// Far above what a scrape takes, far below any deadline that it could have waited for.
    static let prompt = Duration.seconds(1)

    private func expectPromptScrape(_ server: Server, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let scrape = try server.scrape()
        #expect(scrape.status == 200, sourceLocation: sourceLocation)
        #expect(scrape.duration < Self.prompt, sourceLocation: sourceLocation)
    }

    @Test(arguments: ["GET /metrics HTTP/1.1\r\nHost: x\r\nX-A: ", "GET /metr"])
    func `200 connections that drip their headers are closed in time, and a scrape gets in`(start: String) throws {
        let server = try Server { $0.headerDeadline = .milliseconds(400) }
        let began = ContinuousClock.now
        var peers = try (0..<200).map { _ in
            let peer = try Peer(server.port)
            peer.send(start)
            return peer
        }
        try self.expectPromptScrape(server)
        let deadline = began + .seconds(10)
        while !peers.isEmpty, .now < deadline {
            for peer in peers { peer.send("a") }
            var waiting = peers.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            unsafe poll(&waiting, nfds_t(waiting.count), 20)
            peers.removeAll { $0.isClosed(within: .zero) }
        }
        #expect(peers.isEmpty)
        #expect(.now - began < .seconds(5))
        try self.expectPromptScrape(server)
        #expect(server.log.count(dropped: .slowHeaders) + server.log.count(dropped: .noRoom) == 200)
        #expect(server.log.count(dropped: .slowHeaders) >= 48)
    }

    @Test(arguments: [20_000, 1_000_000, 20_000_000])
    func `A header that is too large is refused`(size: Int) throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.send("GET /metrics HTTP/1.1\r\nHost: x\r\nX-A: ")
        peer.send([UInt8](repeating: UInt8(ascii: "a"), count: size))
        peer.send("\r\n\r\n")
        #expect(peer.answer()?.status == 431)
        #expect(peer.isClosed(within: .seconds(2)))
        try self.expectPromptScrape(server)
    }

    @Test func `More than 64 headers are refused`() throws {
        let server = try Server()
        for (count, status) in [(63, 200), (64, 431)] {
            let peer = try Peer(server.port)
            peer.get(headers: (0..<count).map { "X-\($0): a\r\n" }.joined())
            #expect(peer.answer()?.status == status)
        }
    }

    @Test(arguments: [(2048, 404), (2049, 414), (12_000, 414), (1_000_000, 414)])
    func `A target that is too long is refused`(size: Int, status: Int) throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.get("/" + String(repeating: "a", count: size - 1))
        #expect(peer.answer()?.status == status)
        try self.expectPromptScrape(server)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "FOO", "get"])
    func `Another method is refused, and the right ones are named`(method: String) throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.send("\(method) /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = peer.answer()
        #expect(answer?.status == 405)
        #expect(answer?.headers["allow"] == "GET, HEAD")
        // No body was announced, so the connection goes on.
        peer.get()
        #expect(peer.answer()?.status == 200)
    }

    @Test(arguments: [
        "/", "/metrics/", "/Metrics", "//metrics", "/metrics/x", "/%6detrics", "/metrics%00", "/metrics;a", "metrics",
        "/./metrics", "/health", "*",
    ])
    func `A path that isn't there is not found, however it is spelled`(path: String) throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.get(path)
        let answer = peer.answer()
        #expect(answer?.status == 404)
        // Nothing of the request is repeated.
        #expect(answer?.text == "There is nothing here.\n")
    }

    @Test(arguments: ["/metrics\0", "/metrics\0?a", "/metr\u{1}ics", "/mäh"])
    func `A target with bytes that don't belong there is refused`(path: String) throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.get(path)
        #expect(peer.answer()?.status == 400)
    }

    @Test(arguments: [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: -1\r\n", "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: 0x5\r\n", "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ])
    func `A body whose length is ambiguous is refused and the connection closed`(headers: String) throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.get(headers: headers)
        let status = peer.answer()?.status
        #expect(status == 400 || status == 413)
        #expect(peer.isClosed(within: .seconds(2)))
    }

    @Test func `A request without a host is refused`() throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.send("GET /metrics HTTP/1.1\r\n\r\n")
        #expect(peer.answer()?.status == 400)
    }

    @Test(arguments: [("POST", 405), ("GET", 413), ("POST /nowhere", 404)])
    func `A body of a gigabyte is refused without being read`(method: String, status: Int) throws {
        let server = try Server()
        let peer = try Peer(server.port)
        let start = method.contains(" ") ? method : "\(method) /metrics"
        peer.send("\(start) HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
        #expect(peer.answer()?.status == status)
        #expect(peer.isClosed(within: .seconds(2)))
        try self.expectPromptScrape(server)
    }

    @Test func `A chunked body is refused`() throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.get(headers: "Transfer-Encoding: chunked\r\n")
        #expect(peer.answer()?.status == 411)
        #expect(peer.isClosed(within: .seconds(2)))
    }

    @Test(arguments: [
        [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x0a, 0x0d, 0x0a],
        [UInt8](0...255) + [0x0d, 0x0a, 0x0d, 0x0a], Array("GET /metrics\r\n\r\n".utf8), Array("GET\r\n\r\n".utf8),
        Array("\r\n\r\n\r\n".utf8), Array("GET /metrics HTTP/9.9\r\nHost: x\r\n\r\n".utf8),
        [UInt8](repeating: 0, count: 100), Array("GET /metrics HTTP/1.1\r\n Host: x\r\n\r\n".utf8),
        Array("GET /metrics HTTP/1.1\r\nHost x\r\n\r\n".utf8),
    ])
    func `What isn't HTTP is refused or closed within the header deadline`(bytes: [UInt8]) throws {
        let server = try Server { $0.headerDeadline = .milliseconds(300) }
        let peer = try Peer(server.port)
        peer.send(bytes)
        let answer = peer.answer()
        #expect(answer == nil || answer?.status ?? 0 >= 400, "\(answer?.status ?? 0)")
        #expect(peer.isClosed(within: .seconds(2)))
        try self.expectPromptScrape(server)
    }

    @Test func `100 scrapes at once are all answered whole, from few renderings`() throws {
        let server = try Server(pageSize: 680_000)
        let peers = try (0..<100).map { _ in
            let peer = try Peer(server.port)
            peer.get(headers: "Connection: close\r\n")
            return peer
        }
        #expect(peers.allSatisfy { $0.answer()?.body.count == 680_000 })
        #expect(server.renderings.value <= 8)
    }

    @Test func `50 readers that never read share a body and are closed in time`() throws {
        let server = try Server(pageSize: 8_000_000) {
            $0.answerDeadline = .seconds(3)
        }
        let peers = try (0..<50).map { _ in
            let peer = try Peer(server.port, receiveBuffer: 4096)
            peer.get()
            return peer
        }
        try self.expectPromptScrape(server)
        #expect(server.log.waits { $0.count(dropped: .slowAnswer) == 50 })
        withExtendedLifetime(peers) {}
        #expect(server.renderings.value <= 4)
        try self.expectPromptScrape(server)
    }

    @Test func `Readers that never read don't lock a scraper out when they hold every connection`() throws {
        let server = try Server(pageSize: 8_000_000) { $0.answerGrace = .milliseconds(200) }
        let peers = try (0..<120).map { _ in
            let peer = try Peer(server.port, receiveBuffer: 4096)
            peer.get()
            return peer
        }
        try withExtendedLifetime(peers) {
            let scrape = try server.scrape()
            #expect(scrape.status == 200)
            #expect(scrape.duration < .seconds(4))
        }
        #expect(server.log.count(dropped: .noRoom) > 0)
        #expect(server.renderings.value <= 8)
    }

    @Test func `200 resets after the request leave nothing behind`() throws {
        let server = try Server(pageSize: 680_000)
        for _ in 0..<200 {
            let peer = try Peer(server.port)
            peer.get()
            peer.reset()
        }
        try self.expectPromptScrape(server)
        #expect(server.renderings.value <= 20)
        // Every connection is gone but those that still answer: another 64 get in without pushing anyone out.
        let dropped = server.log.count(dropped: .noRoom)
        for _ in 0..<60 { #expect(try server.scrape().status == 200) }
        #expect(server.log.count(dropped: .noRoom) == dropped)
    }

    @Test func `1500 idle connections make room for a scrape`() throws {
        let server = try Server()
        var peers: [Peer] = []
        for index in 0..<1500 {
            peers.append(try Peer(server.port))
            if index % 300 == 299 { try self.expectPromptScrape(server) }
        }
        #expect(server.log.count(dropped: .noRoom) >= 1500 - 80)
        #expect(peers.count { $0.isClosed(within: .zero) } >= 1500 - 80)
    }

    @Test func `Idle connections are closed after a while`() throws {
        let server = try Server {
            $0.idleDeadline = .milliseconds(200)
            $0.headerDeadline = .milliseconds(200)
        }
        let silent = try Peer(server.port)
        let served = try Peer(server.port)
        served.get()
        #expect(served.answer()?.status == 200)
        #expect(served.isClosed(within: .seconds(2)))
        #expect(silent.isClosed(within: .seconds(2)))
        #expect(server.log.count(dropped: .idle) == 1)
        #expect(server.log.count(dropped: .slowHeaders) == 1)
    }

    @Test func `A later request on a kept connection must end its headers in time too`() throws {
        let server = try Server { $0.headerDeadline = .milliseconds(200) }
        let peer = try Peer(server.port)
        peer.get()
        #expect(peer.answer()?.status == 200)
        peer.send("GET /metrics HTTP/1.1\r\nHost: x\r\n")
        #expect(peer.isClosed(within: .seconds(2)))
        #expect(server.log.count(dropped: .slowHeaders) == 1)
    }

    @Test func `A scraper's own timeout ends its answer`() throws {
        let server = try Server(pageSize: 8_000_000)
        let peer = try Peer(server.port, receiveBuffer: 4096)
        let start = ContinuousClock.now
        peer.get(headers: "X-Prometheus-Scrape-Timeout-Seconds: 0.7\r\n")
        #expect(server.log.waits { $0.count(dropped: .slowAnswer) == 1 })
        #expect(.now - start < .seconds(2))
        #expect(server.log.count(dropped: .slowAnswer) == 1)
        #expect(
            server.log.count(.answered(status: 200, route: "/metrics", isComplete: false)) <= 1)
    }
}
