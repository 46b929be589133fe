import Metrics
import Testing

@Suite struct ExpositionTests {
    let registry = Registry()

    private func page(_ format: ExpositionFormat) -> String {
        String(decoding: self.registry.render(format), as: UTF8.self)
    }

    @Test func `Text names the counter as its sample, OpenMetrics without the ending`() throws {
        try self.registry.counter("x_seconds_total", help: "A \"quote\", a \\ and a\nline.").add(3)
        #expect(
            self.page(.text) == """
                # HELP x_seconds_total A "quote", a \\\\ and a\\nline.
                # TYPE x_seconds_total counter
                x_seconds_total 3

                """)
        #expect(
            self.page(.openMetrics) == """
                # TYPE x_seconds counter
                # UNIT x_seconds seconds
                # HELP x_seconds A \\"quote\\", a \\\\ and a\\nline.
                x_seconds_total 3
                # EOF

                """)
    }

    @Test func `A histogram is cumulated, has its infinite bucket, and spells its bounds alike in both formats`() throws
    {
        let histogram = try self.registry.histograms(
            "x_seconds", help: "Help.", buckets: [0.00001, 0.005, 1, 2.5, 1_000_000], labels: "kind")["a"]
        for value in [0.000005, 0.005, 1, 1.5, 5_000_000, -1, .nan, .infinity] { histogram.observe(value) }
        let samples = """
            x_seconds_bucket{kind="a",le="1e-05"} 2
            x_seconds_bucket{kind="a",le="0.005"} 3
            x_seconds_bucket{kind="a",le="1.0"} 4
            x_seconds_bucket{kind="a",le="2.5"} 5
            x_seconds_bucket{kind="a",le="1e+06"} 5
            x_seconds_bucket{kind="a",le="+Inf"} 7
            x_seconds_sum{kind="a"} 5000002.505005
            x_seconds_count{kind="a"} 7

            """
        #expect(self.page(.text) == "# HELP x_seconds Help.\n# TYPE x_seconds histogram\n" + samples)
        #expect(
            self.page(.openMetrics)
                == "# TYPE x_seconds histogram\n# UNIT x_seconds seconds\n# HELP x_seconds Help.\n\(samples)# EOF\n")
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-17, "-17"), (0.1, "0.1"), (1e-7, "1e-07"), (4e15, "4000000000000000"),
            (1e300, "1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0.0 / 0.0, "NaN"), (-Double.nan, "NaN"),
        ] as [(Double, String)])
    func `A number is written as every reader takes it`(value: Double, text: String) throws {
        try self.registry.gauge("x", help: "Help.").set(value)
        #expect(self.page(.text).hasSuffix("\nx \(text)\n"))
    }

    @Test(
        arguments: [
            (0.0001, "0.0001"), (0.1, "0.1"), (10, "10.0"), (100_000, "100000.0"), (250_000, "250000.0"),
            (1e6, "1e+06"),
            (2_500_000, "2.5e+06"), (1_234_567, "1.234567e+06"), (1e10, "1e+10"), (1e17, "1e+17"), (-5, "-5.0"),
            (-2_000_000, "-2e+06"),
        ] as [(Double, String)])
    func `A bound is spelled as OpenMetrics wants it`(bound: Double, text: String) throws {
        _ = try self.registry.histogram("x", help: "Help.", buckets: [bound])
        #expect(self.page(.text).contains("x_bucket{le=\"\(text)\"} 0\n"))
    }

    @Test func `No label value can break out of its quotes or its line`() throws {
        try self.registry.gauges("x", help: "Help.", labels: "a", "b").with(["a\"b\\c", "1\n2\r\n3 äöü 🎈"]).set(1)
        #expect(self.page(.text).hasSuffix("\nx{a=\"a\\\"b\\\\c\",b=\"1\\n2\r\\n3 äöü 🎈\"} 1\n"))
    }

    @Test func `Families stand in the order of declaration, series in the order of their labels`() throws {
        let second = try self.registry.gauges("b", help: "Help.", labels: "l")
        let first = try self.registry.gauges("a", help: "Help.", labels: "l")
        for value in ["2", "10", "1"] {
            first[value].set(1)
            second[value].set(1)
        }
        let samples = self.page(.text).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            samples == [
                "b{l=\"1\"} 1", "b{l=\"10\"} 1", "b{l=\"2\"} 1", "a{l=\"1\"} 1", "a{l=\"10\"} 1", "a{l=\"2\"} 1",
            ])
    }

    @Test func `An empty registry is a valid page`() {
        #expect(self.page(.text) == "")
        #expect(self.page(.openMetrics) == "# EOF\n")
    }

    @Test func `The snapshot holds what the page shows`() throws {
        try self.registry.counters("c_total", help: "C.", labels: "l")["v"].add(2)
        try self.registry.floatCounter("f_seconds_total", help: "F.").add(.milliseconds(1500))
        try self.registry.histogram("h", help: "H.", buckets: [1, 2]).observe(1.5)
        let histogram = HistogramSnapshot(bounds: [1, 2], counts: [0, 1, 0], sum: 1.5)
        #expect(histogram.count == 1)
        #expect(
            self.registry.snapshot() == [
                FamilySnapshot(
                    name: "c_total", help: "C.", unit: nil, kind: .counter, labelNames: ["l"],
                    series: [SeriesSnapshot(labelValues: ["v"], value: .count(2))]),
                FamilySnapshot(
                    name: "f_seconds_total", help: "F.", unit: "seconds", kind: .counter, labelNames: [],
                    series: [SeriesSnapshot(labelValues: [], value: .number(1.5))]),
                FamilySnapshot(
                    name: "h", help: "H.", unit: nil, kind: .histogram, labelNames: [],
                    series: [SeriesSnapshot(labelValues: [], value: .histogram(histogram))]),
            ])
    }
}
