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
        #expect(partition.timersDue(100) == 0)
        partition.heardEnd(at: 13)
        partition.position = 13
        partition.lastStamp = 50
        #expect(partition.timersDue(100) == 100)
    }

    @Test func `A record beyond the end makes timers wait for the next end`() {
        let partition = self.partition(at: 10)
        partition.heardEnd(at: 10)
        partition.position = 11
        partition.lastStamp = 50
        #expect(partition.timersDue(100) == 50)
        partition.heardEnd(at: 11)
        #expect(partition.timersDue(100) == 100)
    }

    @Test func `A partition that is read anew is not at its end until it is told`() {
        let partition = self.partition(at: 10)
        partition.heardEnd(at: 10)
        partition.forgetEnd()
        #expect(partition.timersDue(100) == 0)
    }
}
