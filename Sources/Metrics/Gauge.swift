/// A value that rises and falls, from 0 at the start of the process.
public final class Gauge: Series {
    private let number = AtomicDouble(0)
    private let prefix: [UInt8]

    init(_ name: SeriesName) {
        self.prefix = name.prefix()
    }

    /// Sets the value. NaN and the infinities are written as such. May be called from any thread.
    public func set(_ value: Double) {
        self.number.set(value)
    }

    /// Sets the value. May be called from any thread.
    public func set(_ value: Int) {
        self.number.set(Double(value))
    }

    /// Sets 1 for true and 0 for false. May be called from any thread.
    public func set(_ isOn: Bool) {
        self.number.set(isOn ? 1 : 0)
    }

    /// Sets a duration, in seconds. May be called from any thread.
    public func set(_ duration: Duration) {
        self.number.set(duration / .seconds(1))
    }

    /// Adds to the value, or takes away what is below 0. May be called from any thread.
    public func add(_ amount: Double) {
        self.number.add(amount)
    }

    /// The value now.
    public var value: Double { self.number.value }

    /// What it holds now. May be called from any thread.
    public var snapshot: SeriesValue { .number(self.value) }

    /// Adds its lines to a page. May be called from any thread.
    public func write(into page: inout [UInt8]) {
        page += self.prefix
        page.append(number: self.value)
        page.append(newline)
    }
}
