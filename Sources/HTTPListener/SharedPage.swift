import Synchronization

/// Lets requests at the same time share one rendering, and bounds how many renderings are being sent at once.
///
/// Readers that don't read hold a body each; when as many bodies as allowed are held, the last one is shared further
/// although it is older, so that memory stays bounded and everyone is answered.
public final class SharedPage: Sendable {
    private struct Rendering {
        var key: String
        var renderedAt: ContinuousClock.Instant
        var response: Response
    }

    private let reuse: Duration
    private let maximumBodies: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    /// The newest last. What is neither the newest of its key nor being sent is forgotten.
    private let renderings = Mutex<[Rendering]>([])

    /// - Parameters:
    ///   - reuse: for how long a rendering is shared. The default is 250 milliseconds.
    ///   - maximumBodies: how many bodies may be held at once, over all keys. The default is 4.
    ///   - now: the clock.
    public init(
        reuse: Duration = .milliseconds(250), maximumBodies: Int = 4,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.reuse = reuse
        self.maximumBodies = maximumBodies
        self.now = now
    }

    /// The shared rendering of a key, made where there is none or it is too old. Only an answer of 200 is shared.
    ///
    /// - Parameters:
    ///   - key: which variant it is, such as its content type. There should be few: an old one is forgotten for a new one.
    ///   - render: makes the page. It must not ask this page for another.
    /// - Returns: the page, or 503 where all bodies are held and none of them is of this key.
    public func response(for key: String, render: () -> Response) -> Response {
        self.renderings.withLock { renderings in
            let now = self.now()
            let newest = renderings.last { $0.key == key }
            if let newest, now - newest.renderedAt < self.reuse { return newest.response }
            renderings.removeAll { rendering in
                rendering.response.body.readerCount == 0
                    && (rendering.key == key || now - rendering.renderedAt >= self.reuse)
            }
            if renderings.count >= self.maximumBodies,
                let unread = renderings.firstIndex(where: { $0.response.body.readerCount == 0 })
            {
                renderings.remove(at: unread)
            }
            if renderings.count >= self.maximumBodies {
                return newest?.response ?? Response(status: 503, text: "Too many answers are being read.\n")
            }
            let response = render()
            if response.status == 200 {
                renderings.append(Rendering(key: key, renderedAt: now, response: response))
            }
            return response
        }
    }
}
