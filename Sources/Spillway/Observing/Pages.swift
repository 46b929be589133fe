import HTTPListener
import Metrics

/// What the metrics listener answers: `/metrics`, `/health/live`, `/health/ready`.
struct Pages: Sendable {
    /// Rendered when asked for, and then shared by all scrapes of a quarter of a second.
    let metrics: MetricsPage
    let shared = SharedPage()
    let health: RouterHealth

    /// The routes of the metrics listener.
    var routes: [Route] {
        [
            Route("GET", "/metrics") { request in self.exposition(request) },
            Route("GET", "/health/live") { _ in
                self.health.isLive
                    ? Response(status: 200, text: "live\n") : Response(status: 503, text: "a lane doesn't turn\n")
            },
            Route("GET", "/health/ready") { _ in
                let obstacles = self.health.obstacles
                return obstacles.isEmpty
                    ? Response(status: 200, text: "ready\n")
                    : Response(status: 503, text: obstacles.joined(separator: "\n") + "\n")
            },
        ]
    }

    private func exposition(_ request: Request) -> Response {
        let (accept, encoding) = (request.header("Accept"), request.header("Accept-Encoding"))
        let kind = ExpositionFormat.negotiated(accept: accept).contentType + (acceptsGzip(encoding) ? "+gzip" : "")
        return self.shared.response(for: kind) {
            let page = self.metrics.page(accept: accept, acceptEncoding: encoding)
            var headers = [(name: "Content-Type", value: page.contentType), (name: "Vary", value: page.vary)]
            if let encoding = page.contentEncoding { headers.append((name: "Content-Encoding", value: encoding)) }
            return Response(status: 200, headers: headers, body: Body(page.bytes))
        }
    }
}
