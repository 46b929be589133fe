import Metrics
import Synchronization
import Testing

@Suite struct SeriesTests {
    let registry = Registry()

    private func page() -> String { String(decoding: self.registry.render(.text), as: UTF8.self) }

    @Test func `The same label values find the same series`() throws {
        let family = try self.registry.counters("x_total", help: "Help.", labels: "a", "b")
        #expect(family["1", "2"] === family.with(["1", "2"]))
        #expect(family["1", "2"] !== family["2", "1"])
        #expect(family.count == 2)
    }

    @Test func `A series that was removed is off the page and begins anew`() throws {
        let family = try self.registry.counters("x_total", help: "Help.", labels: "a")
        family["1"].add(5)
        family["2"].add(5)
        family.remove(["1"])
        family.remove(["not there"])
        #expect(!self.page().contains("a=\"1\""))
        #expect(family["1"].value == 0)
        family.removeAll { $0 == ["2"] }
        #expect(!self.page().contains("a=\"2\""))
        family.removeAll()
        #expect(family.count == 0)
    }

    @Test func `A counter never falls`() throws {
        let counter = try self.registry.counter("x_total", help: "Help.")
        counter.add(5)
        counter.add(-3)
        counter.raise(to: 4)
        #expect(counter.value == 5)
        counter.raise(to: 9)
        #expect(counter.value == 9)
        let float = try self.registry.floatCounter("y_total", help: "Help.")
        float.add(1.5)
        for value in [-1, .nan, .infinity] { float.add(value) }
        for value in [1, .nan, .infinity] { float.raise(to: value) }
        #expect(float.value == 1.5)
        float.raise(to: 2.5)
        #expect(float.value == 2.5)
    }

    @Test func `A gauge takes numbers, claims and durations`() throws {
        let gauge = try self.registry.gauge("x", help: "Help.")
        gauge.set(true)
        #expect(gauge.value == 1)
        gauge.set(.milliseconds(250))
        #expect(gauge.value == 0.25)
        gauge.set(7)
        gauge.add(-2.5)
        #expect(gauge.value == 4.5)
    }

    @Test func `Nothing is lost when threads raise one series`() async throws {
        let counter = try self.registry.counter("c_total", help: "Help.")
        let gauge = try self.registry.gauge("g", help: "Help.")
        let histogram = try self.registry.histogram("h", help: "Help.", buckets: [1])
        let family = try self.registry.counters("f_total", help: "Help.", labels: "l")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { @concurrent in
                    for step in 0..<5_000 {
                        counter.add()
                        gauge.add(1)
                        histogram.observe(2)
                        family["\(step % 10)"].add()
                    }
                }
            }
            group.addTask { @concurrent in for _ in 0..<50 { _ = self.registry.render(.openMetrics) } }
        }
        #expect(counter.value == 20_000)
        #expect(gauge.value == 20_000)
        #expect(
            histogram.snapshot == .histogram(HistogramSnapshot(bounds: [1], counts: [0, 20_000], sum: 40_000)))
        #expect((0..<10).map { family["\($0)"].value } == Array(repeating: 2_000, count: 10))
    }

    @Test func `A collector runs before each page and each snapshot`() throws {
        let gauge = try self.registry.gauge("x", help: "Help.")
        self.registry.collect { gauge.add(1) }
        #expect(self.page().hasSuffix("x 1\n"))
        #expect(self.page().hasSuffix("x 2\n"))
        #expect(self.registry.snapshot()[0].series[0].value == .number(3))
    }

    @Test func `The process is described`() throws {
        try self.registry.collectProcessMetrics()
        let values = Dictionary(
            uniqueKeysWithValues: self.registry.snapshot().map { ($0.name, $0.series[0].value) })
        #expect(values.count == 7)
        for (name, value) in values {
            guard case .number(let number) = value else {
                Issue.record("\(name) is no number")
                continue
            }
            #expect(number > 0, "\(name)")
        }
        if case .number(let start)? = values["process_start_time_seconds"] { #expect(start > 1_700_000_000) }
    }
}
