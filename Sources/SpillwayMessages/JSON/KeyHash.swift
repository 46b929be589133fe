/// Hashes keys with a secret, so that nobody can write a record whose keys all collide.
struct KeyHash: Sendable {
    private let secret: UInt64

    /// A hash with a secret of its own. No answer of the decoders depends on it, only the time that they take.
    init() {
        self.secret = UInt64.random(in: .min ... .max)
    }

    @inline(__always)
    func callAsFunction(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> UInt32 {
        var state = self.secret ^ UInt64(truncatingIfNeeded: end &- start)
        var at = start
        repeat {
            let word = bytes.word(at: at, count: end &- at)
            let product = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15 ^ (self.secret | 1))
            state = product.high ^ product.low &+ 0x2545_f491_4f6c_dd1d
            at &+= 8
        } while at < end
        return UInt32(truncatingIfNeeded: state ^ (state >> 32))
    }
}
