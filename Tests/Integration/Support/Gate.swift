import Glibc

/// A value that threads change and wait for.
@safe final class Gate<Value: Sendable>: @unchecked Sendable {
    // Safe: the value is touched under the lock alone; the lock and the condition live as long as this object.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var current: Value

    init(_ value: Value) {
        self.current = value
        unsafe pthread_mutex_init(self.lock, nil)
        unsafe pthread_cond_init(self.changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(self.changed)
        unsafe pthread_mutex_destroy(self.lock)
        unsafe self.changed.deallocate()
        unsafe self.lock.deallocate()
    }

    var value: Value { self.locked { self.current } }

    func change(_ body: (inout Value) -> Void) {
        self.locked {
            body(&self.current)
            unsafe pthread_cond_broadcast(self.changed)
        }
    }

    /// Waits until the condition holds, or so long.
    ///
    /// - Returns: whether it holds.
    @discardableResult
    func wait(_ seconds: Double, until condition: (Value) -> Bool) -> Bool {
        var end = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &end)
        let nanoseconds = Int(seconds * 1e9) + end.tv_nsec
        end.tv_sec += nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        return self.locked {
            while !condition(self.current) {
                if unsafe pthread_cond_timedwait(self.changed, self.lock, &end) == ETIMEDOUT {
                    return condition(self.current)
                }
            }
            return true
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(self.lock)
        defer { unsafe pthread_mutex_unlock(self.lock) }
        return body()
    }
}

/// A thread of its own: what blocks must not hold one of Swift's.
enum Thread {
    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let job = unsafe Unmanaged.passRetained(Job(body)).toOpaque()
        let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { opaque in
            if let opaque = unsafe opaque { unsafe Unmanaged<Job>.fromOpaque(opaque).takeRetainedValue().body() }
            return nil
        }
        unsafe pthread_create(&thread, nil, entry, job)
        pthread_detach(thread)
    }
}

/// Seconds on a clock that never goes back.
func monotonicSeconds() -> Double {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
