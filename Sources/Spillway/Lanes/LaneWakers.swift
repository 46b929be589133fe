import KafkaClient
import Synchronization

/// Ends the waits of the lanes' polls, when something has changed that held slots wait for.
final class LaneWakers: Sendable {
    private let wakers = Mutex<[Int: Waker]>([:])

    func set(_ waker: Waker?, lane: Int) {
        self.wakers.withLock { $0[lane] = waker }
    }

    func wake() {
        for waker in self.wakers.withLock({ Array($0.values) }) { waker.wake() }
    }
}
