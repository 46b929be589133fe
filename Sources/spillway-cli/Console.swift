import Spillway

/// Standard output, for results, and standard error, for the rest.
enum Console {
    /// Prints a part of the result as it is.
    ///
    /// - Returns: 0, the exit code of a command that is done with that.
    /// - Throws: when standard output doesn't take it, as with a full disk.
    @discardableResult static func result(_ text: String) throws(CommandFailure) -> Int32 {
        guard DescriptorWriter.write(Array(text.utf8), to: 1) else {
            throw .failed("standard output can't be written")
        }
        return 0
    }

    /// Prints a remark as it is. Nobody may be there to read it.
    static func note(_ text: String) {
        _ = DescriptorWriter.write(Array(text.utf8), to: 2)
    }
}
