import CAllocationCount

/// How long something takes that is done again and again in this thread, and what it allocates.
struct BenchTiming: Sendable {
    /// Seconds of this thread's CPU for one, which on an idle machine are seconds.
    var seconds: Double
    /// Allocations of one; below 0 where they can't be counted.
    var allocations: Double

    private static let portions = 16

    /// Does it for a time, in portions, of which the fastest half counts: what else runs on the machine only slows down.
    ///
    /// - Parameter body: does it so many times, from the given number on.
    static func measure(for seconds: Double, _ body: (_ first: Int, _ count: Int) -> Void) throws(CommandFailure)
        -> Self
    {
        // How many fit in a portion; this also warms up.
        var count = 1
        var done = 0
        while true {
            let began = BenchClock.threadCPU()
            body(done, count)
            done += count
            let took = BenchClock.threadCPU() - began
            if took >= seconds / Double(Self.portions) || count > 1 << 40 { break }
            let wanted = seconds / Double(Self.portions) / max(took, 1e-7)
            count = max(count + 1, min(count * 10, Int(Double(count) * wanted)))
        }
        var times: [Double] = []
        var allocations = 0
        for _ in 0..<Self.portions {
            try BenchInterrupt.check()
            callocationcount_begin()
            let began = BenchClock.threadCPU()
            body(done, count)
            let took = BenchClock.threadCPU() - began
            let counted = callocationcount_end()
            done += count
            times.append(took / Double(count))
            allocations = counted < 0 ? -1 : allocations + counted
        }
        let fastest = times.sorted().prefix(Self.portions / 2)
        return BenchTiming(
            seconds: fastest.reduce(0, +) / Double(fastest.count),
            allocations: allocations < 0 ? -1 : Double(allocations) / Double(count * Self.portions))
    }
}
