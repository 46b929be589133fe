/// Random numbers that are the same for the same seed on every machine (SplitMix64).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678 }

    mutating func next() -> UInt64 {
        self.state = self.state &+ 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// True that often.
    mutating func chance(_ probability: Double) -> Bool { Double(self.next() >> 11) * 0x1p-53 < probability }

    mutating func seconds(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + Double(self.next() >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(self.next() % UInt64(range.count))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[self.number(0...(elements.count - 1))] }
}
