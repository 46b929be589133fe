import SpillwayMessages
import Testing

@Suite struct HomePartitionTests {
    @Test(arguments: [
        ("21", Int32(-973_932_308)), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ])
    func `The hash is the Java client's`(key: String, hash: Int32) {
        #expect(HomePartition.murmur2(key.utf8.span) == hash)
        #expect(HomePartition.of(key: key, partitions: 12) == (hash & 0x7fff_ffff) % 12)
    }

    @Test func `Bytes above 127 hash as the Java client's do`() {
        // Each length of the tail, with bytes whose sign matters.
        for count in 0...9 {
            let key = Array(repeating: UInt8(0xff), count: count)
            #expect((0..<7).contains(HomePartition.of(key: key.span, partitions: 7)))
        }
    }

    @Test func `Without partitions the answer is 0`() {
        #expect(HomePartition.of(key: "a", partitions: 0) == 0)
    }
}
