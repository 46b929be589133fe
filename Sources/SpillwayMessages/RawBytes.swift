/// Bytes as the raw memory that the decoders take. The standard library calls this unsafe only because other elements
/// than bytes may have gaps between them.
extension Span where Element == UInt8 {
    /// The same bytes as raw memory.
    package var raw: RawSpan {
        @_lifetime(copy self)
        get {
            // Bytes have no gaps.
            unsafe self.bytes
        }
    }
}

extension Array where Element == UInt8 {
    /// The bytes as raw memory, lent.
    package var raw: RawSpan {
        @_lifetime(borrow self)
        get {
            // Bytes have no gaps.
            unsafe self.span.bytes
        }
    }
}
