import Glibc
import Synchronization

/// A thread of the measurement: what loads or listens must wait for nobody.
@safe final class BenchThread: Sendable {
    // Safe: handed to the new thread once, with a reference that the thread gives up at its start.
    private final class Start {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let id: Mutex<pthread_t?>

    /// Starts it.
    init(_ body: @escaping @Sendable () -> Void) throws(CommandFailure) {
        let start = unsafe Unmanaged.passRetained(Start(body)).toOpaque()
        var id = pthread_t()
        let code = unsafe pthread_create(
            &id, nil,
            { opaque in
                guard let opaque = unsafe opaque else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(opaque).takeRetainedValue().body()
                return nil
            }, start)
        guard code == 0 else {
            unsafe Unmanaged<Start>.fromOpaque(start).release()
            throw .failed("no thread to be had")
        }
        self.id = Mutex(id)
    }

    /// Waits for its end.
    func join() {
        let id = self.id.withLock { id in
            defer { id = nil }
            return id
        }
        if let id { _ = pthread_join(id, nil) }
    }
}

/// Clocks and pauses of the measurement.
enum BenchClock {
    /// Seconds since some moment in the past; never set back.
    static func monotonic() -> Double { Self.seconds(CLOCK_MONOTONIC) }

    /// Seconds of user and system time that this thread has taken so far: what else the machine does isn't in it.
    static func threadCPU() -> Double { Self.seconds(CLOCK_THREAD_CPUTIME_ID) }

    /// The time of day in seconds since 1970, as the broker on the same machine has it.
    static func now() -> Double { Self.seconds(CLOCK_REALTIME) }

    /// Seconds of user and system time that a process has taken so far. `nil`: there is no such process.
    static func cpu(of process: pid_t) -> Double? {
        var clock = clockid_t()
        guard unsafe clock_getcpuclockid(process, &clock) == 0 else { return nil }
        return Self.seconds(clock)
    }

    /// Does nothing for a time.
    static func pause(_ seconds: Double) {
        guard seconds > 0 else { return }
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
        unsafe nanosleep(&time, nil)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
