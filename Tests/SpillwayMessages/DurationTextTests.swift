import SpillwayMessages
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("90s", 90.0), ("1m30s", 90), ("500ms", 0.5), ("1.5h", 5400), ("90", 90), ("1m30", 90), ("0", 0), ("0s", 0),
        ("1m", 60), ("30s", 30), ("2h", 7200), ("2w", 1_209_600), ("5S", 5), ("1w2d3h4m5s", 788_645), ("3600", 3600),
        ("1D", 86_400), ("7MS", 0.007), ("1M", 60), ("0.25", 0.25), ("1s500ms", 1.5), ("007", 7), ("3ms", 0.003),
    ])
    func `Texts of numbers and units are durations`(text: String, seconds: Double) {
        #expect(DurationText.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", " ", "s", "m30", "-1s", "+1s", "1 s", " 1s", "1s ", "1m 30s", "1x", "1sec", "1.s", ".5s", "1..5s", "1e3",
        "1,5s",
        "NaN", "inf", "1µs", "１s", "1s-", "1m1.5.5s", String(repeating: "9", count: 400), "1y",
    ])
    func `Other texts are none`(text: String) {
        #expect(DurationText.seconds(text) == nil)
    }
}
