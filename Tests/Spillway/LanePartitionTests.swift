import SpillwayCore
import Testing

@testable import Spillway

/// When a partition's timers may go by the clock.
@Suite struct LanePartitionTests {
    private func partition(at position: Int64) -> LanePartition {
        LanePartition(partition: 0, engine: Engine(partition: 0, settings: EngineSettings()), position: position)
    }

    @Test func `An end that is told before the records that came with it still counts after them`() {
        let partition = self.partition(at: 10)
        #expect(!partition.isAtEnd)
        partition.heardEnd(at: 13)
        partition.position = 13
        #expect(partition.isAtEnd)
        partition.position = 14
        #expect(!partition.isAtEnd)
        partition.heardEnd(at: 15)
        #expect(partition.isAtEnd)
        partition.forgetEnd()
        #expect(!partition.isAtEnd)
    }

    @Test func `Timers go by the clock as far as all is taken that the partition held when the broker was asked`() {
        let partition = self.partition(at: 10)
        partition.heardEnd(at: 10)
        partition.lastStamp = 50
        #expect(partition.timersDue == 50)
        partition.toldEnd(10, at: 100)
        #expect(partition.timersDue == 100)
        // Two records are on their way.
        partition.toldEnd(12, at: 110)
        #expect(partition.timersDue == 100)
        partition.position = 12
        partition.lastStamp = 90
        partition.settle()
        #expect(partition.timersDue == 110)
    }

    @Test func `Marks of transactions behind the last record don't keep timers waiting`() {
        let partition = self.partition(at: 10)
        partition.heardEnd(at: 10)
        partition.toldEnd(12, at: 100)
        #expect(partition.timersDue == 0)
        partition.heardEnd(at: 12)
        #expect(partition.timersDue == 100)
    }

    @Test func `A record moves timers on to its own time`() {
        let partition = self.partition(at: 10)
        partition.heardEnd(at: 10)
        partition.toldEnd(10, at: 100)
        partition.lastStamp = 120
        #expect(partition.timersDue == 120)
    }
}
