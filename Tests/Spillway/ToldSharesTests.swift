import SpillwayCore
import Testing

@testable import Spillway

/// When the other instances are told what a lane's partitions have taken.
@Suite struct ToldSharesTests {
    private func share(_ cores: Int) -> ReservedView {
        let running = [CoresUntil(until: 1000, cores: cores)]
        return ReservedView(
            partition: 3, datacenters: cores == 0 ? [] : [.init(datacenterID: "a", running: running, queued: [])])
    }

    @Test func `What is told once isn't news, until it changes`() {
        var told = ToldShares()
        #expect(told.isNews(self.share(4)))
        told.note(self.share(4))
        #expect(!told.isNews(self.share(4)))
        #expect(told.isNews(self.share(5)))
        #expect(told.isNews(self.share(0)))
    }

    @Test func `After an assignment all is told anew, since who had the partition before may have told otherwise`() {
        var told = ToldShares()
        told.note(self.share(4))
        told.forget()
        #expect(told.isNews(self.share(4)))
        told.note(self.share(0))
        told.forget()
        #expect(told.isNews(self.share(0)))
    }

    @Test func `It is looked at every half second, and at once after an assignment`() {
        var told = ToldShares()
        #expect(told.wait(from: 0.1) == 0)
        let looks = [0.1, 0.25, 0.6].map { told.isDue(at: $0) }
        #expect(looks == [true, false, true])
        #expect(abs(told.wait(from: 0.75) - 0.35) < 1e-9)
        #expect(told.wait(from: 5) == 0)
        told.forget()
        let isDue = told.isDue(at: 0.75)
        #expect(isDue)
    }
}
