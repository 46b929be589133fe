import Testing

@testable import spillway_cli

@Suite struct BenchLoadTests {
    @Test func `The workload's submissions are the reference's, to the byte`() {
        var key: [UInt8] = []
        var value: [UInt8] = []
        BenchLoad.key(of: 17, into: &key)
        BenchLoad.value(of: 17, datacenters: 16, into: &value)
        #expect(String(decoding: key, as: UTF8.self) == "job-00000017")
        #expect(
            String(decoding: value, as: UTF8.self) == """
                {"type":"job.submitted","job_id":"job-00000017","tenant":"team-17","workflows":[{"workflow_id":"w1",\
                "cores":2,"duration":"1m","timeout":"30s","payload":{"argv":["/usr/bin/simulate","--seed","17"]}}],\
                "datacenters":["dc-01"],"datacenter_count":1,"runtimes":["shell"],"task_type":"batch",\
                "priority":"normal"}
                """)
    }

    @Test(arguments: [0, 9, 10, 99_999_999])
    func `A submission is found by its key, and by a key that begins with it`(index: Int) {
        var key: [UInt8] = []
        BenchLoad.key(of: index, into: &key)
        #expect(unsafe BenchLoad.index(ofKey: key.span.bytes) == index)
        key.append(contentsOf: "/0/w1".utf8)
        #expect(unsafe BenchLoad.index(ofKey: key.span.bytes) == index)
    }

    @Test(arguments: ["", "job-", "job-0000001x", "dc-00/m00000"])
    func `What is no job's key is none`(text: String) {
        let key = Array(text.utf8)
        #expect(unsafe BenchLoad.index(ofKey: key.span.bytes) == nil)
    }

    @Test(arguments: [(0.0, 0, "0"), (1.25, 1, "1.3"), (-0.004, 3, "-0.004"), (12_345.678, 2, "12345.68")])
    func `Numbers for people have as many decimals as asked for`(number: Double, decimals: Int, text: String) {
        #expect(number.text(decimals) == text)
    }
}
