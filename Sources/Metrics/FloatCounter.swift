/// A sum that only rises, such as seconds spent, from 0 at the start of the process.
public final class FloatCounter: Series {
    private let sum = AtomicDouble(0)
    private let prefix: [UInt8]

    init(_ name: SeriesName) {
        self.prefix = name.prefix()
    }

    /// Adds to the sum. What is below 0 or not finite adds nothing. May be called from any thread.
    public func add(_ amount: Double) {
        if amount > 0, amount.isFinite { self.sum.add(amount) }
    }

    /// Adds a duration, in seconds. May be called from any thread.
    public func add(_ duration: Duration) {
        self.add(duration / .seconds(1))
    }

    /// Takes over a sum that is kept elsewhere, where it is finite and above this one. May be called from any thread.
    public func raise(to total: Double) {
        if total.isFinite { self.sum.raise(to: total) }
    }

    /// The sum now.
    public var value: Double { self.sum.value }

    /// What it holds now. May be called from any thread.
    public var snapshot: SeriesValue { .number(self.value) }

    /// Adds its lines to a page. May be called from any thread.
    public func write(into page: inout [UInt8]) {
        page += self.prefix
        page.append(number: self.value)
        page.append(newline)
    }
}
