import SpillwayCore
import Testing

/// Whole histories of a fleet against an oracle that was written from the design's text alone. A failure prints its seed.
@Suite struct FleetOracleTests {
    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `A fleet's every answer is the oracle's, whatever it has heard`(seed: UInt64) {
        var play = FleetHistory(seed: seed)
        for _ in 0..<(seed % 5 == 0 ? 400 : 200) {
            play.step()
            play.compareStatuses()
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `What was asked before makes no difference to an answer`(seed: UInt64) {
        var play = FleetHistory(seed: seed)
        play.replayEvery = 6
        for _ in 0..<(seed % 5 == 0 ? 400 : 200) { play.step() }
    }
}
