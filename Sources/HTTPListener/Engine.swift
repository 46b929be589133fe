import CMicroHTTPD
import Glibc
import Synchronization

/// The thread behind a listener: waits, lets libmicrohttpd work, and closes what is too slow.
///
/// libmicrohttpd's own thread can't be woken by a clock, and its timeout starts anew with each byte. So it is driven from
/// here, and all that it calls back happens on this one thread.
@safe final class Engine: @unchecked Sendable {
    // @unchecked: `isStopping` is atomic and `wake` is a descriptor that is only written to; all else that
    // changes belongs to the one thread that runs `run()`, which the compiler can't know of a thread of pthread's.

    let router: Router
    let limits: Limits
    let report: @Sendable (HTTPEvent) -> Void
    var connections: [ObjectIdentifier: Connection] = [:]
    /// How often libmicrohttpd was let work.
    private(set) var round = 0
    /// Whether a connection went away in the last round.
    var hasClosed = false

    private let isStopping = Atomic(false)
    private let wake: Int32
    /// Set in `init` and gone once `run()` has returned.
    private var daemon: OpaquePointer?

    init?(
        listening descriptor: Int32, routes: [Route], limits: Limits, report: @escaping @Sendable (HTTPEvent) -> Void
    ) {
        self.router = Router(routes: routes)
        self.limits = limits
        self.report = report
        self.wake = shim_eventfd()
        guard self.wake >= 0 else {
            Glibc.close(descriptor)
            return nil
        }
        unsafe self.daemon = self.startDaemon(listening: descriptor)
        guard unsafe self.daemon != nil else { return nil }
    }

    deinit {
        // Only where no thread could be started: `run()` ends its daemon itself.
        if let daemon = unsafe self.daemon { unsafe MHD_stop_daemon(daemon) }
        if self.wake >= 0 { Glibc.close(self.wake) }
    }

    /// Makes `run()` return. May be called from any thread.
    func stop() {
        self.isStopping.store(true, ordering: .releasing)
        shim_eventfd_raise(self.wake)
    }

    /// Serves until it is stopped.
    func run() {
        guard let daemon = unsafe self.daemon else { return }
        let epoll = unsafe shim_mhd_epoll(daemon)
        var drainedBy: ContinuousClock.Instant?
        while true {
            if self.isStopping.load(ordering: .acquiring) {
                if let drainedBy {
                    if self.isDrained || .now >= drainedBy { break }
                } else {
                    drainedBy = .now + self.limits.drainDeadline
                    let listening = unsafe MHD_quiesce_daemon(daemon)
                    if listening >= 0 { Glibc.close(listening) }
                }
            }
            // To the last, what has arrived already is answered, but nothing is waited for that isn't being answered.
            let latest = drainedBy.map { self.isDrained ? .now : $0 }
            self.wait(epoll, until: min(self.nextDeadline(now: .now), latest ?? .now + .seconds(60)))
            self.round += 1
            unsafe MHD_run(daemon)
            self.sweep(now: .now)
        }
        unsafe self.daemon = nil
        unsafe MHD_stop_daemon(daemon)
    }

    /// Waits until there is something to read or write, something is overdue, or the engine is to stop.
    private func wait(_ epoll: Int32, until deadline: ContinuousClock.Instant) {
        guard let daemon = unsafe self.daemon else { return }
        let left = max(.zero, deadline - .now)
        // A millisecond more: waking before the deadline would turn the loop for nothing.
        var timeout =
            Int32(clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000) + 1
        var wanted: UInt64 = 0
        // libmicrohttpd stops listening when it is full, and looks whether it still is only when it is let work again.
        if self.hasClosed { timeout = 0 }
        self.hasClosed = false
        if unsafe MHD_get_timeout(daemon, &wanted) == .YES { timeout = min(timeout, Int32(clamping: wanted)) }
        // Once it is to stop, the event stays raised and would end every wait at once.
        let isStopping = self.isStopping.load(ordering: .acquiring)
        var descriptors = [
            pollfd(fd: epoll, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isStopping ? -1 : self.wake, events: Int16(POLLIN), revents: 0),
        ]
        unsafe poll(&descriptors, nfds_t(descriptors.count), timeout)
    }

    private var isDrained: Bool {
        !self.connections.values.contains { connection in
            if case .answering = connection.phase { true } else { false }
        }
    }
}

extension Engine {
    /// How many connections there are that will go on.
    private var openCount: Int { self.connections.values.count { $0.phase != .closing } }

    /// Whether newcomers may be waiting because nothing could be closed for them yet.
    private var isOverfull: Bool { self.openCount > self.limits.connections }

    /// When the sweep has something to do if nothing happens before.
    private func nextDeadline(now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        var next = now + .seconds(60)
        let isOverfull = self.isOverfull
        for connection in self.connections.values {
            if let deadline = self.limits.deadline(connection.phase) { next = min(next, deadline.instant) }
            if isOverfull, let replaceable = self.limits.replaceable(connection.phase) {
                next = min(next, max(now, replaceable.since))
            }
        }
        return next
    }

    /// Closes what is overdue, and makes room where newcomers may be waiting.
    private func sweep(now: ContinuousClock.Instant) {
        for connection in self.connections.values {
            if let deadline = self.limits.deadline(connection.phase), deadline.instant <= now {
                self.drop(connection, deadline.reason)
            }
        }
        if self.isOverfull { self.makeRoom(now: now) }
    }

    /// Closes the connections that matter least until one more fits.
    ///
    /// Those just accepted are spared: what they sent may not have been read yet.
    func makeRoom(now: ContinuousClock.Instant) {
        while self.openCount >= self.limits.connections {
            let candidates = self.connections.values.compactMap { connection in
                self.round - connection.startedInRound < 2
                    ? nil
                    : self.limits.replaceable(connection.phase).map { (connection, rank: $0.rank, since: $0.since) }
            }
            let least = candidates.filter { $0.since <= now }.min { ($0.rank, $0.since) < ($1.rank, $1.since) }
            guard let least else { return }
            self.drop(least.0, .noRoom)
        }
    }

    private func drop(_ connection: Connection, _ reason: HTTPEvent.DropReason) {
        connection.phase = .closing
        self.report(.dropped(reason))
        // libmicrohttpd sees the end and closes the descriptor, so its number isn't used anew before that.
        shutdown(connection.socket, Int32(SHUT_RDWR))
    }
}
