import Metrics
import Testing

@Suite struct RecentLabelsTests {
    let registry = Registry()
    let recent = RecentLabels(limit: 2)
    let family: BoundedFamily<Counter>
    let ratio: BoundedFamily<Gauge>

    init() throws {
        self.family = try self.registry.boundedCounters("x_total", help: "Help.", label: "job_id", recent: self.recent)
        self.ratio = try self.registry.boundedGauges("x_ratio", help: "Help.", label: "job_id", recent: self.recent)
    }

    private var samples: [String] {
        String(decoding: self.registry.render(.text), as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map(String.init)
    }

    @Test func `The series of all others is there from the start for counters only`() {
        #expect(self.samples == ["x_total{job_id=\"_other\"} 0"])
    }

    @Test func `A value that was not admitted counts with the others`() {
        self.family["a"].add()
        #expect(self.samples == ["x_total{job_id=\"_other\"} 1"])
        #expect(self.family.own("a") == nil)
        #expect(self.recent.overflowCount == 1)
    }

    @Test func `The least recent value leaves with all of its series, which are never added to the others`() {
        for (value, count) in [("a", 5), ("b", 7)] {
            self.recent.admit(value)
            self.family[value].add(count)
            self.ratio.own(value)?.set(0.5)
        }
        self.recent.admit("a")
        self.recent.admit("c")
        self.family["b"].add()
        #expect(
            self.samples == [
                "x_total{job_id=\"_other\"} 1", "x_total{job_id=\"a\"} 5", "x_ratio{job_id=\"a\"} 0.5",
            ])
        #expect(self.recent.count == 2)
    }

    @Test func `A finished value leaves before one that is more recent`() {
        self.recent.admit("a")
        self.recent.admit("b")
        self.recent.finish("b")
        self.recent.admit("c")
        #expect(self.family.own("a") != nil)
        #expect(self.family.own("b") == nil)
    }

    @Test func `A value can be taken off by name`() {
        self.recent.admit("a")
        self.family["a"].add()
        self.recent.remove("a")
        self.recent.remove("never there")
        #expect(self.samples == ["x_total{job_id=\"_other\"} 0"])
    }

    @Test func `A limit of 0 leaves the others only`() throws {
        let recent = RecentLabels(limit: 0)
        let family = try self.registry.boundedCounters("y_total", help: "Help.", label: "job_id", recent: recent)
        recent.admit("a")
        family["a"].add(3)
        #expect(family.other.value == 3)
        #expect(recent.count == 0)
    }

    @Test func `A value that calls itself the others is one of them`() {
        self.recent.admit("_other")
        #expect(self.recent.count == 0)
        #expect(self.family["_other"] === self.family.other)
    }

    @Test func `A long value is cut at a whole character and told apart by a hash of the whole`() {
        let long = String(repeating: "ä", count: 100)
        let cut = boundedLabelValue(long + "1")
        #expect(cut.utf8.count == 127)
        #expect(cut.hasPrefix(String(repeating: "ä", count: 55) + "~"))
        #expect(cut != boundedLabelValue(long + "2"))
        #expect(boundedLabelValue(String(repeating: "x", count: 128)).hasSuffix("x"))
        self.recent.admit(long)
        #expect(self.family.own(long) != nil)
    }
}
