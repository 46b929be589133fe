/// A text that may be used and never be shown: whatever prints it prints `***`.
///
/// It has no `Encodable` conformance and an empty mirror, so neither an encoder nor `dump` gets at it.
public struct Secret: Hashable, Sendable {
    private let text: String

    /// Keeps a text secret.
    public init(_ text: String) {
        self.text = text
    }

    /// Whether there is nothing to keep.
    public var isEmpty: Bool { self.text.isEmpty }

    /// The text itself, for the one place that needs it. What it returns must not be logged.
    public func reveal() -> String { self.text }
}

extension Secret: ExpressibleByStringLiteral {
    /// Keeps a literal secret, for tests and for hosts that have their own store.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `***`, always.
    public var description: String { "***" }

    /// `***`, always.
    public var debugDescription: String { "***" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
