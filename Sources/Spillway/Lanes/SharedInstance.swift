import SpillwayCore
import Synchronization

/// The instance behind its lock: a decision and its taking of cores are one step, whichever lane takes it.
final class SharedInstance: Sendable {
    private let state: Mutex<Instance>
    /// The view's epoch, readable without the lock: whether held slots are worth a look.
    let epoch = Atomic<UInt64>(0)

    init(_ instance: Instance) {
        self.state = Mutex(instance)
    }

    /// Lends the instance. Nothing in the body may block.
    func lend<Answer: Sendable>(_ body: (inout Instance) -> Answer) -> Answer {
        self.state.withLock { instance in
            let answer = body(&instance)
            self.epoch.store(instance.fleet.placementEpoch, ordering: .relaxed)
            return answer
        }
    }
}
