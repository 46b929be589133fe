import HTTPListener
import Metrics

/// What the metrics listener answers: `/metrics`, `/health/live`, `/health/ready`.
struct Pages: Sendable {
    let metrics: MetricsPage
    let health: Health

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
        let page = self.metrics.page(
            accept: request.header("Accept"), acceptEncoding: request.header("Accept-Encoding"))
        var headers = [(name: "Content-Type", value: page.contentType), (name: "Vary", value: page.vary)]
        if let encoding = page.contentEncoding { headers.append((name: "Content-Encoding", value: encoding)) }
        return Response(status: 200, headers: headers, body: Body(page.bytes))
    }
}
