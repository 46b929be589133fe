import Metrics
import Testing

@Suite struct DeclarationTests {
    let registry = Registry()

    @Test(arguments: [
        "", "_total", "9lives_total", "with-dash_total", "with.dot_total", "recorded:rule_total", "ünder_total",
        "requests", "requests_count", "camelCase_total",
    ])
    func `A counter whose name breaks the rules is refused`(name: String) {
        #expect { try self.registry.counter(name, help: "Help.") } throws: {
            ($0 as? MetricsError)?.reason == .invalidName
        }
    }

    @Test(arguments: ["pending_total", "pending_count", "pending_sum", "health_bucket", "x_created", "_x", "a b"])
    func `A gauge whose name means another kind is refused`(name: String) {
        #expect { try self.registry.gauge(name, help: "Help.") } throws: {
            ($0 as? MetricsError)?.reason == .invalidName
        }
    }

    @Test(arguments: ["job", "instance", "le", "quantile", "_x", "__name__", "a-b", "", "1st", "camelCase", "twice"])
    func `A label that is reserved, malformed or there twice is refused`(label: String) {
        #expect { try self.registry.gauges("x", help: "Help.", labels: "twice", label) } throws: {
            ($0 as? MetricsError)?.reason == .invalidLabel
        }
    }

    @Test func `A family without a help text is refused`() {
        #expect { try self.registry.gauge("x", help: "") } throws: { ($0 as? MetricsError)?.reason == .invalidHelp }
    }

    @Test func `A name that doesn't end in its unit is refused`() {
        #expect { try self.registry.gauge("x_bytes", help: "Help.", unit: "seconds") } throws: {
            ($0 as? MetricsError)?.reason == .invalidUnit
        }
        #expect { try self.registry.counter("x_total", help: "Help.", unit: "seconds") } throws: {
            ($0 as? MetricsError)?.reason == .invalidUnit
        }
    }

    @Test(arguments: [[], [1, 1], [2, 1], [1, .infinity], [.nan], (0...31).map(Double.init)])
    func `Buckets that are not finite and rising, or too many, are refused`(buckets: [Double]) {
        #expect { try self.registry.histogram("x_seconds", help: "Help.", buckets: buckets) } throws: {
            ($0 as? MetricsError)?.reason == .invalidBuckets
        }
    }

    @Test func `A name that is taken is refused, whatever its kind and help`() throws {
        _ = try self.registry.counter("x_total", help: "Help.")
        #expect { try self.registry.counters("x_total", help: "Other.", labels: "a") } throws: {
            ($0 as? MetricsError)?.reason == .duplicateName
        }
        // OpenMetrics calls the counter's family `x`.
        #expect { try self.registry.gauge("x", help: "Help.") } throws: {
            ($0 as? MetricsError)?.reason == .duplicateName
        }
    }

    @Test func `An error says which metric is wrong and why`() {
        let error = #expect(throws: MetricsError.self) { try self.registry.counter("requests", help: "Help.") }
        #expect(error?.description == "metric requests: a counter's name must end in _total")
        #expect(error?.reason.label == "invalidName")
    }

    @Test func `A family that was refused takes no name and no place on the page`() throws {
        _ = try? self.registry.counter("x_total", help: "")
        #expect(self.registry.snapshot().isEmpty)
        _ = try self.registry.counter("x_total", help: "Help.")
        #expect(self.registry.snapshot().map(\.name) == ["x_total"])
    }
}
