import Synchronization

/// A whole count that only rises, from 0 at the start of the process.
public final class Counter: Series {
    private let count = Atomic<UInt64>(0)
    private let prefix: [UInt8]

    init(_ name: SeriesName) {
        self.prefix = name.prefix()
    }

    /// Adds to the count; an amount below 0 adds nothing. One relaxed atomic instruction; may be called from any thread.
    public func add(_ amount: Int = 1) {
        self.count.wrappingAdd(UInt64(clamping: amount), ordering: .relaxed)
    }

    /// Takes over a count that is kept elsewhere, where it is above this one. May be called from any thread.
    public func raise(to total: UInt64) {
        _ = self.count.max(total, ordering: .relaxed)
    }

    /// The count now.
    public var value: UInt64 { self.count.load(ordering: .relaxed) }

    /// What it holds now. May be called from any thread.
    public var snapshot: SeriesValue { .count(self.value) }

    /// Adds its lines to a page. May be called from any thread.
    public func write(into page: inout [UInt8]) {
        page += self.prefix
        page.append(decimal: self.value)
        page.append(newline)
    }
}
