import Glibc
import SpillwayCore

/// The clocks, read here and handed to what decides as values.
enum Clock {
    /// The time of day.
    static func now() -> UnixSeconds {
        Self.seconds(CLOCK_REALTIME)
    }

    /// Seconds since some moment in the past; never set back.
    static func monotonic() -> Seconds {
        Self.seconds(CLOCK_MONOTONIC)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
