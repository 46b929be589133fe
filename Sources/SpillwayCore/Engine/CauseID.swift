/// A name for something that an input caused: `<partition>.<offset>.<ordinal>` of the input at its home partition.
///
/// It is a pure function of the input and of how many names the job had before, so a replay gives the same ones.
package struct CauseID: Hashable, Sendable {
    /// The home partition of the input in `events`.
    package var partition: Int32
    /// The input's offset there.
    package var offset: Int64
    /// The how manieth name that the job was given, from 0.
    package var ordinal: Int

    /// Makes a name.
    package init(partition: Int32, offset: Int64, ordinal: Int) {
        self.partition = partition
        self.offset = offset
        self.ordinal = ordinal
    }

    /// The name as records have it.
    package var text: String { "\(self.partition).\(self.offset).\(self.ordinal)" }
}
