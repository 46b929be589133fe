import Metrics
import Testing

@Suite struct NegotiationTests {
    static let text = "text/plain; version=0.0.4; charset=utf-8"
    static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    static let oldOpenMetrics = "application/openmetrics-text; version=0.0.1; charset=utf-8"

    static let wishes: [(accept: String, contentType: String)] = [
        // Prometheus 2.42, by default and with native histograms.
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", openMetrics
        ),
        (
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
                + "application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", openMetrics
        ),
        // Prometheus 3.
        (
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2", openMetrics + "; escaping=underscores"
        ),
        ("application/openmetrics-text;version=0.0.1", oldOpenMetrics),
        ("application/openmetrics-text", openMetrics),
        ("application/openmetrics-text; version=\"1.0.0\" ; q=1", openMetrics),
        ("APPLICATION/OpenMetrics-Text;VERSION=1.0.0", openMetrics),
        ("application/openmetrics-text;version=9.9", text),
        ("application/openmetrics-text;q=0.4,text/plain;q=0.5", text),
        ("text/plain,application/openmetrics-text", openMetrics),
        ("application/openmetrics-text;q=0,text/plain;q=0.1", text),
        ("application/openmetrics-text;q=0", text),
        ("application/openmetrics-text;q=nan,*/*;q=0.1", text),
        ("application/openmetrics-text;q=inf", text),
        ("application/openmetrics-text;q=1e0", text),
        ("application/openmetrics-text;q=2", text),
        ("application/openmetrics-text;q=", openMetrics),
        ("*/*", text), ("text/*", text), ("text/html", text), ("", text), (",,;;,=", text),
        (String(repeating: "a/b,", count: 16) + "application/openmetrics-text", text),
        (String(repeating: "x", count: 1000) + "/y,application/openmetrics-text;q=0", text),
    ]

    @Test(arguments: wishes)
    func `The best format that is taken is answered`(accept: String, contentType: String) {
        #expect(ExpositionFormat.negotiated(accept: accept).contentType == contentType)
    }

    @Test func `Without a wish it is text`() {
        #expect(ExpositionFormat.negotiated(accept: nil) == .text)
    }

    @Test(
        arguments: [
            (nil, false), ("gzip", true), ("GZIP", true), ("identity", false), ("gzip;q=0", false),
            ("gzip;q=0.1", true),
            ("*", true), ("*;q=0", false), ("gzip;q=0, *", false), ("deflate, gzip;q=1.0, *;q=0.5", true),
            ("br", false),
            ("gzip;q=x", false), ("", false),
        ] as [(String?, Bool)])
    func `Gzip is sent to those who take it`(acceptEncoding: String?, isTaken: Bool) {
        #expect(acceptsGzip(acceptEncoding) == isTaken)
    }
}
