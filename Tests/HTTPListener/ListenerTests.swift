import Glibc
import HTTPListener
import Testing

/// What well-behaved peers get.
@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
    @Test func `A page is answered with its length and headers`() throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.get("/health/live")
        let answer = try #require(peer.answer())
        #expect(answer.status == 200)
        #expect(answer.text == "alive\n")
        #expect(answer.headers["content-length"] == "6")
        #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(answer.headers["date"] != nil)
    }

    @Test(arguments: [0, 1, 4096, 4097, 32_768, 32_769, 1_000_000])
    func `A body of any size arrives as it was made`(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let body = Body(bytes)
        let server = try Server(more: [Route("/body") { _ in Response(body: body) }])
        let peer = try Peer(server.port)
        peer.get("/body")
        #expect(peer.answer()?.body == bytes)
        peer.get("/body")
        #expect(peer.answer()?.body == bytes)
        server.listener.close()
        #expect(body.readerCount == 0)
    }

    @Test func `21 requests sent at once are answered in order on one connection`() throws {
        let server = try Server(
            more: [Route("/echo/{number}") { Response(text: $0.parameters["number"] ?? "") }])
        let peer = try Peer(server.port)
        peer.send((0..<21).map { "GET /echo/\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
        for number in 0..<21 { #expect(peer.answer()?.text == "\(number)") }
    }

    @Test func `HEAD gets the headers alone`() throws {
        let server = try Server(pageSize: 5000)
        let peer = try Peer(server.port)
        peer.send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = peer.answer(toHead: true)
        #expect(head?.status == 200)
        #expect(head?.headers["content-length"] == "5000")
        peer.get("/health/live")
        #expect(peer.answer()?.text == "alive\n")
    }

    @Test func `HTTP 1 0 is answered and closed`() throws {
        let server = try Server()
        let peer = try Peer(server.port)
        peer.send("GET /metrics HTTP/1.0\r\n\r\n")
        #expect(peer.answer()?.body.count == 1000)
        #expect(peer.isClosed(within: .seconds(2)))
    }

    @Test func `A handler sees what was sent`() throws {
        let route = Route("/v1/jobs/{definition}/events") { request in
            let parts = [
                request.method, request.path, request.query ?? "-", request.parameters["definition"] ?? "-",
                request.header("accept") ?? "-", request.header("none") ?? "-",
                request.queryValue("a b") ?? "-", request.queryValue("empty") ?? "-",
                String(request.remote.prefix { $0 != ":" }),
            ]
            return Response(text: parts.joined(separator: "|"))
        }
        let server = try Server(more: [route])
        let peer = try Peer(server.port)
        peer.get(
            "/v1/jobs/a%2Fb%20%C3%A4/events?x=1&a+b=c%26d&empty", headers: "Accept: one\r\naccept: two\r\n")
        #expect(
            peer.answer()?.text
                == "GET|/v1/jobs/a%2Fb%20%C3%A4/events|x=1&a+b=c%26d&empty|a/b ä|one, two|-|c&d||127.0.0.1")
        for path in ["/v1/jobs//events", "/v1/jobs/%zz/events", "/v1/jobs/%00/events", "/v1/jobs/%ff/events"] {
            peer.get(path)
            #expect(peer.answer()?.status == 404)
        }
    }

    @Test func `A route takes a body up to its limit`() throws {
        let route = Route("POST", "/v1/echo", bodyLimit: 100_000) { Response(body: Body($0.body)) }
        let server = try Server(more: [route])
        let peer = try Peer(server.port)
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        for size in [0, 5, 100_000] {
            peer.send("POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
            peer.send(Array(body[..<size]))
            #expect(peer.answer()?.body == Array(body[..<size]))
        }
        peer.send("POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(peer.answer()?.status == 100)
        peer.send("hello")
        #expect(peer.answer()?.text == "hello")
        peer.get("/v1/echo")
        #expect(peer.answer()?.headers["allow"] == "POST")
        peer.send("POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n")
        #expect(peer.answer()?.status == 413)
        #expect(peer.isClosed(within: .seconds(2)))
    }

    @Test func `A body that doesn't come in time closes the connection`() throws {
        let route = Route("POST", "/v1/echo", bodyLimit: 10) { Response(body: Body($0.body)) }
        let server = try Server(more: [route]) { $0.answerDeadline = .milliseconds(200) }
        let peer = try Peer(server.port)
        peer.send("POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello")
        #expect(peer.isClosed(within: .seconds(2)))
        #expect(server.log.count(dropped: .slowAnswer) == 1)
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "", "a\nb"])
    func `A header that can't be sent makes the answer a 500`(value: String) throws {
        let server = try Server(more: [Route("/bad") { _ in Response(headers: [("X-A", value)]) }])
        let peer = try Peer(server.port)
        peer.get("/bad")
        let answer = peer.answer()
        #expect(answer?.status == 500)
        #expect(answer?.headers["x-evil"] == nil)
    }

    @Test func `When all bodies are being read, the last one is shared and other variants must wait`() throws {
        let page = SharedPage(reuse: .zero, maximumBodies: 2)
        let renderings = Server.Counter()
        let route = Route("/shared/{key}") { request in
            page.response(for: request.parameters["key"] ?? "") {
                renderings.add()
                return Response(body: Body([UInt8](repeating: 0, count: 8_000_000)))
            }
        }
        let server = try Server(more: [route])
        let readers = try (0..<10).map { _ in
            let peer = try Peer(server.port, receiveBuffer: 4096)
            peer.get("/shared/a")
            #expect(peer.receive(until: .now + .seconds(5)) == .more)
            return peer
        }
        #expect(renderings.value == 2)
        let other = try Peer(server.port)
        other.get("/shared/b")
        #expect(other.answer()?.status == 503)
        for reader in readers { #expect(reader.answer()?.body.count == 8_000_000) }
        other.get("/shared/b")
        #expect(other.answer()?.status == 200)
        #expect(renderings.value == 3)
    }

    @Test func `Answers are reported by status and route`() throws {
        let server = try Server()
        let peer = try Peer(server.port)
        for (path, status) in [("/metrics", 200), ("/nowhere", 404), ("/health/live", 200)] {
            peer.get(path)
            #expect(peer.answer()?.status == status)
        }
        server.listener.close()
        #expect(
            server.log.all == [
                .answered(status: 200, route: "/metrics", isComplete: true),
                .answered(status: 404, route: nil, isComplete: true),
                .answered(status: 200, route: "/health/live", isComplete: true),
            ])
    }
}
