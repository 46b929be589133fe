import Testing

@testable import Metrics

@Suite struct ProcessStatusTests {
    @Test func `The status is read although the process's name holds spaces and brackets`() throws {
        let stat =
            "42 (a b) c) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 7 0 12345 1000000 250 18446744073709551615 1"
        let status = try #require(ProcessStatus(stat: stat, ticksPerSecond: 100, pageSize: 4096))
        #expect(status.cpuSeconds == 2)
        #expect(status.threads == 7)
        #expect(status.startSeconds == 123.45)
        #expect(status.virtualBytes == 1_000_000)
        #expect(status.residentBytes == 250 * 4096)
    }

    @Test(arguments: ["", "42 (a", "42 (a) S 1 2 3"])
    func `What is cut short isn't read`(stat: String) {
        #expect(ProcessStatus(stat: stat, ticksPerSecond: 100, pageSize: 4096) == nil)
    }
}
