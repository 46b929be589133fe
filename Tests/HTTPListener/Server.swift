import Glibc
import HTTPListener
import Synchronization

/// A listener under test, with what it reported.
final class Server: Sendable {
    /// What the listener reported, from whichever thread.
    final class Log: Sendable {
        private let events = Mutex<[HTTPEvent]>([])
        /// A pipe that gets a byte at each event, so that a test can wait for one.
        private let ends: [Int32]

        init() {
            var ends: [Int32] = [-1, -1]
            unsafe pipe(&ends)
            self.ends = ends
        }

        deinit { for end in self.ends { close(end) } }

        func add(_ event: HTTPEvent) {
            self.events.withLock { $0.append(event) }
            var one: UInt8 = 1
            unsafe write(self.ends[1], &one, 1)
        }

        /// Waits until a condition holds for what was reported, at most five seconds.
        func waits(until isMet: (Log) -> Bool) -> Bool {
            let deadline = ContinuousClock.now + .seconds(20)
            while !isMet(self) {
                let left = deadline - .now
                guard left > .zero else { return false }
                var descriptor = pollfd(fd: self.ends[0], events: Int16(POLLIN), revents: 0)
                var bytes = [UInt8](repeating: 0, count: 256)
                if unsafe poll(&descriptor, 1, Int32(left.components.seconds) * 1000 + 999) == 1 {
                    unsafe read(self.ends[0], &bytes, bytes.count)
                }
            }
            return true
        }

        var all: [HTTPEvent] { self.events.withLock { $0 } }
        func count(_ event: HTTPEvent) -> Int { self.all.count { $0 == event } }
        func count(dropped reason: HTTPEvent.DropReason) -> Int { self.count(.dropped(reason)) }
    }

    let listener: HTTPListener
    let log: Log
    /// How often the page was made.
    let renderings: Counter
    var port: Int { self.listener.port }

    final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        func add() { self.count.wrappingAdd(1, ordering: .relaxed) }
        var value: Int { self.count.load(ordering: .relaxed) }
    }

    init(
        pageSize: Int = 1000, address: String = "127.0.0.1:0", more: [Route] = [],
        limits adjust: (inout Limits) -> Void = { _ in }
    ) throws {
        var limits = Limits()
        adjust(&limits)
        let log = Log()
        let renderings = Counter()
        let page = SharedPage()
        let metrics = Route("/metrics") { _ in
            page.response(for: "text") {
                renderings.add()
                return Response(
                    headers: [("Content-Type", "text/plain")],
                    body: Body([UInt8](repeating: UInt8(ascii: "x"), count: pageSize)))
            }
        }
        self.log = log
        self.renderings = renderings
        self.listener = try HTTPListener(
            address: address, routes: [metrics, Route("/health/live") { _ in Response(text: "alive\n") }] + more,
            limits: limits, onEvent: { log.add($0) })
    }

    deinit { self.listener.close() }

    /// A scrape as Prometheus does it, on a connection of its own: its status, and how long it took.
    func scrape() throws -> (status: Int?, size: Int, duration: Duration) {
        let start = ContinuousClock.now
        let peer = try Peer(self.port)
        peer.get(headers: "Accept: */*\r\nX-Prometheus-Scrape-Timeout-Seconds: 10\r\n")
        let answer = peer.answer()
        return (answer?.status, answer?.body.count ?? 0, .now - start)
    }
}
