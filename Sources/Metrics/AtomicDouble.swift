import Synchronization

/// A number that threads change without a lock.
struct AtomicDouble: ~Copyable, Sendable {
    private let bits: Atomic<UInt64>

    init(_ value: Double) {
        self.bits = Atomic(value.bitPattern)
    }

    var value: Double { Double(bitPattern: self.bits.load(ordering: .relaxed)) }

    func set(_ value: Double) {
        self.bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var seen = self.bits.load(ordering: .relaxed)
        while true {
            let sum = (Double(bitPattern: seen) + amount).bitPattern
            let (exchanged, original) = self.bits.weakCompareExchange(expected: seen, desired: sum, ordering: .relaxed)
            if exchanged { return }
            seen = original
        }
    }

    func raise(to value: Double) {
        var seen = self.bits.load(ordering: .relaxed)
        while Double(bitPattern: seen) < value {
            let (exchanged, original) = self.bits.weakCompareExchange(
                expected: seen, desired: value.bitPattern, ordering: .relaxed)
            if exchanged { return }
            seen = original
        }
    }
}
