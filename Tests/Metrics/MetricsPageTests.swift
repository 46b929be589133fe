import Metrics
import Synchronization
import Testing

@Suite struct MetricsPageTests {
    /// A clock that goes on when it is told to.
    final class Hand: Sendable {
        private let instant = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { self.instant.withLock { $0 } }
        func advance(by duration: Duration) { self.instant.withLock { $0 += duration } }
    }

    let registry = Registry()
    let hand = Hand()

    @Test func `Scrapes share a rendering until it is too old`() throws {
        let counter = try self.registry.counter("collections_total", help: "Help.")
        self.registry.collect { counter.add() }
        let page = MetricsPage(self.registry, now: { [hand] in hand.now })
        let first = page.page(accept: nil, acceptEncoding: nil)
        #expect(String(decoding: first.bytes, as: UTF8.self).hasSuffix("collections_total 1\n"))
        self.hand.advance(by: .milliseconds(249))
        #expect(page.page(accept: "text/plain", acceptEncoding: nil) == first)
        self.hand.advance(by: .milliseconds(1))
        let second = page.page(accept: nil, acceptEncoding: nil)
        #expect(String(decoding: second.bytes, as: UTF8.self).hasSuffix("collections_total 2\n"))
    }

    @Test func `Each format has its own rendering`() throws {
        _ = try self.registry.counter("x_total", help: "Help.")
        let page = MetricsPage(self.registry, now: { [hand] in hand.now })
        let text = page.page(accept: nil, acceptEncoding: nil)
        let openMetrics = page.page(accept: "application/openmetrics-text", acceptEncoding: nil)
        #expect(text.contentType == ExpositionFormat.text.contentType)
        #expect(openMetrics.contentType == ExpositionFormat.openMetrics.contentType)
        #expect(text.bytes != openMetrics.bytes)
        #expect(text.vary == "Accept, Accept-Encoding")
    }

    @Test func `A compressed page is the page`() throws {
        let family = try self.registry.gauges("x", help: "Help.", labels: "l")
        for index in 0..<1000 { family["\(index)"].set(index) }
        let page = MetricsPage(self.registry, now: { [hand] in hand.now })
        let compressed = page.page(accept: nil, acceptEncoding: "gzip")
        let identity = page.page(accept: nil, acceptEncoding: "gzip;q=0")
        #expect(compressed.contentEncoding == "gzip")
        #expect(identity.contentEncoding == nil)
        #expect(compressed.bytes.count * 2 < identity.bytes.count)
        #expect(gunzip(compressed.bytes) == identity.bytes)
    }

    @Test(arguments: [0, 1, 65_536, 300_000])
    func `What is compressed comes back whole`(count: Int) throws {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        let compressed = try #require(gzip(bytes))
        #expect(gunzip(compressed) == bytes)
        #expect(gunzip(Array(compressed.dropLast())) == nil)
        #expect(gunzip(compressed + [0]) == nil)
    }
}
