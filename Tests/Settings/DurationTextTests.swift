import Settings
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("90s", Duration.seconds(90)), ("1m30s", .seconds(90)), ("500ms", .milliseconds(500)),
        ("1.5h", .seconds(5400)), ("90", .seconds(90)), ("1m30", .seconds(90)), ("0", .zero), ("2D", .seconds(172_800)),
        ("1W", .seconds(604_800)), ("1H2m3S4Ms", .milliseconds(3_723_004)), ("0.25", .milliseconds(250)),
        ("0.5ms", .microseconds(500)), ("2m1m", .seconds(180)),
    ])
    func `A duration is numbers with units`(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "-1s", "s", "1 s", " 1s", "1s ", "1x", "1.s", ".5s", "1..5s", "1e3", "+1s", "1m-30s", "1,5s", "NaN", "inf",
        "1000000000000000000000w", "٣s", "1µs",
    ])
    func `What isn't a duration is none`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        "0s", "50ms", "100ms", "5s", "30s", "60s", "90s", "300s", "10m", "90m", "24h", "168h", "1500ms", "0.5ms",
    ])
    func `What is written in its shortest form is shown as it was written`(text: String) throws {
        #expect(DurationText.format(try #require(DurationText.parse(text))) == text)
    }

    @Test func `The largest that is taken doesn't overflow`() {
        let text = String(repeating: "9", count: 12) + "w"
        #expect(DurationText.parse(text + text + text) != nil)
    }
}
