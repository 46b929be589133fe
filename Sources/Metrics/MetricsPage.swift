import Synchronization

/// A registry as the answer to a scrape: negotiates, compresses, and lets scrapes at the same time share one rendering.
///
/// May be used from any thread. A scrape that comes while another one renders waits for that rendering.
public final class MetricsPage: Sendable {
    /// What to answer a scrape with.
    public struct Page: Hashable, Sendable {
        /// The value of `Content-Type`.
        public var contentType: String
        /// The value of `Content-Encoding`, or nil to send none.
        public var contentEncoding: String?
        /// The body. Pages that share a rendering share its storage.
        public var bytes: [UInt8]
        /// The value of `Vary`.
        public var vary: String
    }

    private struct Rendering {
        var renderedAt: ContinuousClock.Instant
        var identity: [UInt8]
        var compressed: [UInt8]?
    }

    /// By kind of format: the versions of OpenMetrics differ in their `Content-Type` only.
    private struct Renderings {
        var text: Rendering?
        var openMetrics: Rendering?

        subscript(_ format: ExpositionFormat) -> Rendering? {
            get { format.isOpenMetrics ? self.openMetrics : self.text }
            set { if format.isOpenMetrics { self.openMetrics = newValue } else { self.text = newValue } }
        }
    }

    private let registry: Registry
    private let reuse: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let renderings = Mutex(Renderings())

    /// - Parameters:
    ///   - registry: what is written.
    ///   - reuse: for how long a rendering is shared. The default is 250 milliseconds.
    ///   - now: the clock.
    public init(
        _ registry: Registry, reuse: Duration = .milliseconds(250),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.registry = registry
        self.reuse = reuse
        self.now = now
    }

    /// The page for a request with these headers.
    public func page(accept: String?, acceptEncoding: String?) -> Page {
        let format = ExpositionFormat.negotiated(accept: accept)
        let wantsGzip = acceptsGzip(acceptEncoding)
        return self.renderings.withLock { renderings in
            var rendering = self.rendering(format, in: &renderings)
            if wantsGzip, rendering.compressed == nil {
                rendering.compressed = gzip(rendering.identity)
                renderings[format] = rendering
            }
            let compressed = wantsGzip ? rendering.compressed : nil
            return Page(
                contentType: format.contentType, contentEncoding: compressed == nil ? nil : "gzip",
                bytes: compressed ?? rendering.identity, vary: "Accept, Accept-Encoding")
        }
    }

    private func rendering(_ format: ExpositionFormat, in renderings: inout Renderings) -> Rendering {
        let now = self.now()
        if let current = renderings[format], now - current.renderedAt < self.reuse { return current }
        // What is old goes first, so that memory holds one page, not two.
        renderings[format] = nil
        let fresh = Rendering(renderedAt: now, identity: self.registry.render(format))
        renderings[format] = fresh
        return fresh
    }
}
