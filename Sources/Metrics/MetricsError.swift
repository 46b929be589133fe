/// Why a family of metrics could not be declared.
public struct MetricsError: Error, Hashable, CustomStringConvertible {
    /// What was wrong. New reasons may be added; switch with a default.
    public struct Reason: Hashable, Sendable {
        enum Known: String { case invalidName, duplicateName, invalidLabel, invalidHelp, invalidUnit, invalidBuckets }
        let known: Known

        /// The name breaks the rules for its kind: its letters, or an ending that means another kind.
        public static let invalidName = Reason(known: .invalidName)
        /// The name, or one that it implies such as `x_count`, is taken by a family that was declared before.
        public static let duplicateName = Reason(known: .duplicateName)
        /// A label's name breaks the rules, is reserved, or occurs twice.
        public static let invalidLabel = Reason(known: .invalidLabel)
        /// The help text is empty.
        public static let invalidHelp = Reason(known: .invalidHelp)
        /// The name doesn't end in the unit.
        public static let invalidUnit = Reason(known: .invalidUnit)
        /// The bounds of the buckets are not finite and rising, or there are none or too many.
        public static let invalidBuckets = Reason(known: .invalidBuckets)

        /// A name that is safe as a metric's label: there are only so many.
        public var label: String { self.known.rawValue }
    }

    /// What was wrong.
    public var reason: Reason
    /// The family that was to be declared.
    public var name: String
    /// What is wrong with it, for people.
    public var message: String

    /// The name and the message.
    public var description: String { "metric \(self.name): \(self.message)" }
}
