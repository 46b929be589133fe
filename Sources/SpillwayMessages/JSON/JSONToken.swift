/// One value or key of a JSON text: where it stands, not what it means.
struct JSONToken: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        case object, array, key, string, number, yes, no, null
    }

    /// What it is.
    var kind: Kind
    /// Strings and keys: holds no escape. Numbers: digits alone, after a sign if any.
    var isPlain: Bool
    /// The first byte, within the quotes of a string. A key with escapes stands in the tape's own text instead.
    var start: UInt32
    /// After the last byte.
    var end: UInt32
    /// Values: the token after this one and all within it. Keys: the hash of their text.
    var next: UInt32

    /// Where it stands, as offsets.
    var range: Range<Int> { Int(self.start)..<Int(self.end) }
}
