import Synchronization

/// All families of a process: each is declared once and written in the order of declaration.
///
/// May be used from any thread.
public final class Registry: Sendable {
    private struct Collector: Sendable {
        let collect: @Sendable () -> Void
    }

    private struct State {
        var families: [any RegisteredFamily] = []
        var usedNames: Set<String> = []
        var collectors: [Collector] = []
        var pageSize = 4096
    }

    private let state = Mutex(State())
    /// Held for a whole reading, so that a collector that replaces series is never read halfway.
    private let reading = Mutex(())

    /// A registry without families.
    public init() {}

    /// Adds what is called before each page and each snapshot, to set values that are read rather than counted.
    ///
    /// It runs on the thread that asks for the page, one at a time, and must not ask for a page itself.
    public func collect(_ collector: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.collectors.append(Collector(collect: collector)) }
    }

    /// The whole page in a format.
    public func render(_ format: ExpositionFormat) -> [UInt8] {
        self.reading.withLock { _ in
            let (families, pageSize) = self.collected()
            var page: [UInt8] = []
            page.reserveCapacity(pageSize + pageSize / 8)
            for family in families { family.write(format, into: &page) }
            if format.isOpenMetrics { page += "# EOF\n".utf8 }
            self.state.withLock { $0.pageSize = page.count }
            return page
        }
    }

    /// Every family with all of its series, as values.
    public func snapshot() -> [FamilySnapshot] {
        self.reading.withLock { _ in self.collected().families.map(\.snapshot) }
    }

    private func collected() -> (families: [any RegisteredFamily], pageSize: Int) {
        for collector in self.state.withLock({ $0.collectors }) { collector.collect() }
        return self.state.withLock { ($0.families, $0.pageSize) }
    }

    func declare<Metric: Series>(
        _ declaration: FamilyDeclaration, make: @escaping @Sendable (SeriesName) -> Metric
    ) throws(MetricsError) -> Family<Metric> {
        let family = Family(declaration, make: make)
        let taken: String? = self.state.withLock { state in
            let names = declaration.usedNames
            if let taken = names.first(where: state.usedNames.contains) { return taken }
            state.usedNames.formUnion(names)
            state.families.append(family)
            return nil
        }
        if let taken {
            throw MetricsError(reason: .duplicateName, name: declaration.name, message: "\(taken) is declared already")
        }
        return family
    }
}
