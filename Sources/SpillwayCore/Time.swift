/// A point in time in seconds since 1970 UTC, as the wire has it. The core never reads a clock: times come in as values.
package typealias UnixSeconds = Double

/// A length of time in seconds. `+∞` stands for "never".
package typealias Seconds = Double
