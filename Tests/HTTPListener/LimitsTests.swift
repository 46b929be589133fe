import Testing

@testable import HTTPListener

@Suite struct LimitsTests {
    @Test(
        arguments: [
            (nil, 10_000), ("10", 9500), ("3.25", 2750), ("600", 10_000), ("1e300", 10_000), ("0.5", 100), ("0.1", 100),
            ("0", 10_000), ("-1", 10_000), ("nan", 10_000), ("inf", 10_000), ("x", 10_000), ("", 10_000),
        ] as [(String?, Int)])
    func `An answer may take half a second less than the scraper waits, and never longer than the limit`(
        scrapeTimeout: String?, milliseconds: Int
    ) {
        #expect(Limits().answerDeadline(scrapeTimeout: scrapeTimeout) == .milliseconds(milliseconds))
    }

    @Test(
        arguments: [
            ([], .empty), ([("Content-Length", "0")], .empty), ([("content-length", "17")], .length(17)),
            ([("Content-Length", "99999999999999999999")], .length(.max)), ([("Transfer-Encoding", "gzip")], .chunked),
            ([("Content-Length", "")], .ambiguous), ([("Content-Length", "1 2")], .ambiguous),
            ([("Content-Length", "0"), ("Transfer-Encoding", "chunked")], .ambiguous),
        ] as [([(String, String)], BodyFraming)])
    func `What the headers say about the body is read strictly`(headers: [(String, String)], framing: BodyFraming) {
        #expect(BodyFraming(headers.map { Request.Header($0.0, $0.1) }) == framing)
    }

    @Test func `An idle connection makes room before any other, an answer last and not at once`() throws {
        let limits = Limits()
        let now = ContinuousClock.now
        let phases: [Connection.Phase] = [
            .idle(since: now), .fresh(since: now), .readingHeaders(since: now), .answering(since: now, deadline: now),
        ]
        let orders = phases.compactMap { limits.replaceable($0) }
        #expect(orders.map(\.rank) == [0, 1, 1, 2])
        #expect(orders.map(\.since) == [now, now, now, now + .seconds(1)])
        #expect(limits.replaceable(.closing) == nil)
        #expect(limits.deadline(.closing) == nil)
    }
}
