import HTTPListener
import Synchronization
import Testing

@Suite struct SharedPageTests {
    /// A clock that goes on when it is told to.
    final class Hand: Sendable {
        private let instant = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { self.instant.withLock { $0 } }
        func advance(by duration: Duration) { self.instant.withLock { $0 += duration } }
    }

    let hand = Hand()
    let page: SharedPage

    init() {
        self.page = SharedPage(maximumBodies: 2, now: { [hand] in hand.now })
    }

    private func body(_ key: String = "text") -> Body { self.page.response(for: key) { Response(text: key) }.body }

    @Test func `A rendering is shared until it is too old`() {
        let first = self.body()
        self.hand.advance(by: .milliseconds(249))
        #expect(self.body() === first)
        self.hand.advance(by: .milliseconds(1))
        #expect(self.body() !== first)
    }

    @Test func `Variants don't push each other out, and there are only so many`() {
        let text = self.body("text")
        let gzip = self.body("gzip")
        #expect(self.body("text") === text)
        #expect(self.body("gzip") === gzip)
        let third = self.body("third")
        #expect(self.body("third") === third)
        #expect(self.body("text") !== text)
    }

    @Test func `A failure isn't shared`() {
        #expect(self.page.response(for: "text") { Response(status: 500) }.status == 500)
        #expect(self.page.response(for: "text") { Response() }.status == 200)
    }
}
