import CMicroHTTPD
import Glibc
import Synchronization

/// An HTTP server for pages that are made at once: metrics, health, an admin API.
///
/// It has one thread of its own, on which everything happens, and never delays the rest of the process. However rough
/// its peers are, it holds a bounded number of connections, each for a bounded time, and lets the next scrape in.
public final class HTTPListener: Sendable {
    /// The address as it was given.
    public let address: String
    /// The port it listens on; the one that was free, where 0 was given.
    public let port: Int

    private struct State {
        var thread: pthread_t?
    }

    private let engine: Engine
    private let state: Mutex<State>

    /// Binds to exactly the address given and begins to answer.
    ///
    /// - Parameters:
    ///   - address: `127.0.0.1:9464` or `[::1]:9464`; port 0 takes any free one.
    ///   - routes: the first one that fits answers.
    ///   - limits: what it puts up with.
    ///   - onEvent: hears what happened, on the listener's thread; it must be quick.
    /// - Throws: an ``HTTPListenerError`` that names the address.
    public init(
        address: String, routes: [Route], limits: Limits = Limits(),
        onEvent: @escaping @Sendable (HTTPEvent) -> Void = { _ in }
    ) throws(HTTPListenerError) {
        let socket = try ListeningSocket(address)
        guard
            let engine = Engine(listening: socket.descriptor, routes: routes, limits: limits, report: onEvent),
            let thread = Self.startThread(engine)
        else {
            throw HTTPListenerError(
                reason: .outOfResources, address: address, message: "no descriptor, thread or memory left")
        }
        self.address = address
        self.port = socket.port
        self.engine = engine
        self.state = Mutex(State(thread: thread))
    }

    deinit { self.close() }

    /// Stops accepting, lets the answers that are on their way finish for a moment, closes all connections, and returns
    /// when the thread has ended. A second call does nothing.
    public func close() {
        self.engine.stop()
        self.state.withLock { state in
            // From within a handler the thread can't wait for itself; it ends once the handler has returned.
            guard let thread = state.thread, pthread_equal(thread, pthread_self()) == 0 else { return }
            pthread_join(thread, nil)
            state.thread = nil
        }
    }

    private static func startThread(_ engine: Engine) -> pthread_t? {
        var thread = pthread_t()
        // Signals are for the threads that expect them: a new thread inherits the mask of the one that starts it.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let argument = unsafe Unmanaged.passRetained(engine)
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe shim_name_thread("http")
                unsafe Unmanaged<Engine>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            unsafe argument.release()
            return nil
        }
        return thread
    }
}
