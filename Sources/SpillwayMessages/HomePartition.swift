/// Finds the partition that owns a routing key.
///
/// The same function as the Java client's default partitioner and librdkafka's `murmur2`, so that a producer that uses
/// either sends records home at once.
package enum HomePartition {
    /// The home partition of a key, or 0 if there are no partitions.
    package static func of(key: String, partitions: Int32) -> Int32 {
        self.of(key: key.utf8.span, partitions: partitions)
    }

    /// The home partition of a key's bytes, or 0 if there are no partitions.
    package static func of(key: Span<UInt8>, partitions: Int32) -> Int32 {
        guard partitions > 0 else { return 0 }
        return (self.murmur2(key) & 0x7fff_ffff) % partitions
    }

    /// The 32-bit murmur2 hash with Kafka's seed, as Java's signed integer has it.
    package static func murmur2(_ key: Span<UInt8>) -> Int32 {
        let multiplier: UInt32 = 0x5bd1_e995
        let count = key.count
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: count)
        var at = 0
        while at + 4 <= count {
            var word =
                UInt32(key[at]) | UInt32(key[at + 1]) << 8 | UInt32(key[at + 2]) << 16 | UInt32(key[at + 3]) << 24
            word = word &* multiplier
            word ^= word >> 24
            word = word &* multiplier
            hash = hash &* multiplier
            hash ^= word
            at += 4
        }
        let left = count - at
        if left == 3 { hash ^= UInt32(key[at + 2]) << 16 }
        if left >= 2 { hash ^= UInt32(key[at + 1]) << 8 }
        if left >= 1 {
            hash ^= UInt32(key[at])
            hash = hash &* multiplier
        }
        hash ^= hash >> 13
        hash = hash &* multiplier
        hash ^= hash >> 15
        return Int32(bitPattern: hash)
    }
}
