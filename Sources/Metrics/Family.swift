import Synchronization

/// All series of one name: one for each combination of label values that was asked for.
///
/// Finding a series takes a lock. Keep what you found: raising it then is an atomic addition.
public final class Family<Metric: Series>: Sendable {
    private struct Entry {
        let labelValues: [String]
        let metric: Metric
    }

    /// Sorted by label values, which is the order on the page and finds a series by halving.
    private struct Entries {
        var sorted: [Entry] = []

        func position(of values: [String]) -> (index: Int, isFound: Bool) {
            var low = 0
            var high = self.sorted.count
            while low < high {
                let middle = (low + high) / 2
                if self.sorted[middle].labelValues.lexicographicallyPrecedes(values) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return (low, low < self.sorted.count && self.sorted[low].labelValues == values)
        }
    }

    let declaration: FamilyDeclaration
    private let make: @Sendable (SeriesName) -> Metric
    private let entries = Mutex(Entries())

    init(_ declaration: FamilyDeclaration, make: @escaping @Sendable (SeriesName) -> Metric) {
        self.declaration = declaration
        self.make = make
    }

    /// The series with these label values, made where there is none. May be called from any thread.
    ///
    /// - Parameter labelValues: one for each label of the family, in its order.
    public func with(_ labelValues: [String]) -> Metric {
        precondition(
            labelValues.count == self.declaration.labelNames.count,
            "\(self.declaration.name) has \(self.declaration.labelNames.count) labels")
        return self.entries.withLock { entries in
            let (index, isFound) = entries.position(of: labelValues)
            if isFound { return entries.sorted[index].metric }
            let name = SeriesName(
                self.declaration.name, labelNames: self.declaration.labelNames, values: labelValues)
            let entry = Entry(labelValues: labelValues, metric: self.make(name))
            entries.sorted.insert(entry, at: index)
            return entry.metric
        }
    }

    /// The series with these label values, made where there is none. May be called from any thread.
    public subscript(_ labelValues: String...) -> Metric { self.with(labelValues) }

    /// Takes a series off the page. Whoever still holds it raises it unseen. May be called from any thread.
    public func remove(_ labelValues: [String]) {
        self.entries.withLock { entries in
            let (index, isFound) = entries.position(of: labelValues)
            if isFound { entries.sorted.remove(at: index) }
        }
    }

    /// Takes every series off the page whose label values don't fit. May be called from any thread.
    public func removeAll(where shouldBeRemoved: ([String]) -> Bool = { _ in true }) {
        self.entries.withLock { $0.sorted.removeAll { shouldBeRemoved($0.labelValues) } }
    }

    /// How many series there are.
    public var count: Int { self.entries.withLock { $0.sorted.count } }
}

/// A family of any kind, as the registry sees it.
protocol RegisteredFamily: Sendable {
    func write(_ format: ExpositionFormat, into page: inout [UInt8])
    var snapshot: FamilySnapshot { get }
}

extension Family: RegisteredFamily {
    func write(_ format: ExpositionFormat, into page: inout [UInt8]) {
        page += self.declaration.metadata(format)
        // A copy of the references: whoever looks for a series doesn't wait for the page.
        for entry in self.entries.withLock({ $0.sorted }) { entry.metric.write(into: &page) }
    }

    var snapshot: FamilySnapshot {
        FamilySnapshot(
            name: self.declaration.name, help: self.declaration.help, unit: self.declaration.unit,
            kind: self.declaration.kind, labelNames: self.declaration.labelNames,
            series: self.entries.withLock({ $0.sorted }).map {
                SeriesSnapshot(labelValues: $0.labelValues, value: $0.metric.snapshot)
            })
    }
}
