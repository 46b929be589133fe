/// How much a line matters.
public enum LogLevel: String, CaseIterable, Comparable, Hashable, Sendable {
    /// Something was lost or can't go on.
    case error
    /// Something is wrong and goes on.
    case warning
    /// What an operator wants to see in normal times.
    case info
    /// What helps to find a fault.
    case debug

    private var rank: Int {
        switch self {
        case .error: 3
        case .warning: 2
        case .info: 1
        case .debug: 0
        }
    }

    /// Whether the left matters less than the right.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rank < right.rank
    }
}
