import Glibc
import SpillwayCore

/// The clocks, read here and handed to what decides as values.
enum Clock {
    /// The time of day, in whole milliseconds as the broker stamps: shorter in records, and none is finer.
    static func now() -> UnixSeconds {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec * 1000 + time.tv_nsec / 1_000_000) / 1000
    }

    /// Seconds since some moment in the past; never set back.
    static func monotonic() -> Seconds {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
