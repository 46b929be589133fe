/// Where a key is at home, written down once more so that the check doesn't believe what it checks.
enum Partitioning {
    static func home(of key: String, partitions: Int32) -> Int32 {
        (Int32(bitPattern: Self.murmur2(Array(key.utf8))) & 0x7fff_ffff) % partitions
    }

    private static func murmur2(_ data: [UInt8]) -> UInt32 {
        let multiplier: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(data.count)
        var index = 0
        while data.count - index >= 4 {
            var word =
                UInt32(data[index]) | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2]) << 16
                | UInt32(data[index + 3]) << 24
            word = word &* multiplier
            word ^= word >> 24
            word = word &* multiplier
            hash = hash &* multiplier
            hash ^= word
            index += 4
        }
        let rest = data.count - index
        if rest == 3 { hash ^= UInt32(data[index + 2]) << 16 }
        if rest >= 2 { hash ^= UInt32(data[index + 1]) << 8 }
        if rest >= 1 {
            hash ^= UInt32(data[index])
            hash = hash &* multiplier
        }
        hash ^= hash >> 13
        hash = hash &* multiplier
        hash ^= hash >> 15
        return hash
    }
}
