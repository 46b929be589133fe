package import SpillwayCore

/// Records of `results`.
extension JSONWriter {
    /// A result's record stays below so many bytes.
    package static let maxResultBytes = 900_000

    /// What is left out of a result that is too large.
    private struct Cut {
        /// Tasks whose result is left out.
        var results: Set<Int> = []
        /// Entries that are kept of each chain, the newest.
        var chainEntries = Int.max
        /// Bytes that are kept of each error's text.
        var errorBytes = Int.max
    }

    /// Appends a job's result.
    ///
    /// Where it would not stay below ``maxResultBytes``, the results of tasks are left out, the largest first, then all
    /// but the newest entries of chains; if errors alone are too large, their texts are cut.
    package mutating func encode(_ result: JobResult) {
        let start = self.count
        var cut = Cut()
        self.write(result, cut)
        guard self.count - start >= Self.maxResultBytes else { return }

        var excess = self.count - start - Self.maxResultBytes + 1
        let sizes = result.tasks.indices.map { (index: $0, size: result.tasks[$0].result?.count ?? 0) }
        // `"result":…` gives way to `"result_truncated":true`, which is 13 bytes longer than its name alone.
        for (index, size) in sizes.sorted(by: { ($1.size, $0.index) < ($0.size, $1.index) }) {
            guard excess > 0, size > 14 else { break }
            cut.results.insert(index)
            excess -= size - 14
        }
        self.truncate(to: start)
        self.write(result, cut)

        var longest = result.tasks.reduce(0) { max($0, $1.chain.count) }
        while self.count - start >= Self.maxResultBytes, longest > 1 {
            longest = (longest + 1) / 2
            cut.chainEntries = longest
            self.truncate(to: start)
            self.write(result, cut)
        }
        var errorBytes = 4096
        while self.count - start >= Self.maxResultBytes, errorBytes > 0 {
            errorBytes /= 4
            cut.errorBytes = errorBytes
            self.truncate(to: start)
            self.write(result, cut)
        }
    }

    private mutating func write(_ result: JobResult, _ cut: Cut) {
        self.write("{\"job_id\":")
        self.write(quoted: result.jobID)
        self.write(",\"final\":")
        self.write(result.isFinal)
        self.write(",\"revision\":")
        self.write(result.revision)
        self.write(",\"status\":")
        self.write(quoted: result.status.rawValue)
        self.write(",\"success\":")
        self.write(result.isSuccess)
        self.write(",\"reason\":")
        self.write(quoted: result.reason)
        self.write(",\"submitted_at\":")
        self.write(result.submittedAt)
        self.write(",\"finished_at\":")
        self.write(result.finishedAt)
        self.write(",\"total_attempts\":")
        self.write(result.totalAttempts)
        self.write(",\"retries_consumed\":")
        self.write(result.retriesConsumed)
        self.write(",\"datacenters\":{")
        for index in result.datacenters.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write(quoted: result.datacenters[index].datacenterID)
            self.write(UInt8(ascii: ":"))
            self.write(quoted: result.datacenters[index].status.rawValue)
        }
        self.write("},\"tasks\":[")
        for index in result.tasks.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write(result.tasks[index], cut, hasResult: !cut.results.contains(index))
        }
        self.write("]}")
    }

    private mutating func write(_ task: TaskResult, _ cut: Cut, hasResult: Bool) {
        self.write("{\"task_id\":")
        self.write(task.task)
        self.write(",\"status\":")
        self.write(quoted: task.status.rawValue)
        self.write(",\"datacenter\":")
        self.write(quoted: task.datacenterID)
        self.write(",\"runtime\":")
        self.write(quoted: task.runtime)
        self.write(",\"attempts\":")
        self.write(task.attempts)
        if !hasResult {
            self.write(",\"result_truncated\":true")
        } else if let result = task.result {
            self.write(",\"result\":")
            self.write(result.span)
        }
        let chain = task.chain.suffix(cut.chainEntries)
        if chain.count < task.chain.count { self.write(",\"chain_truncated\":true") }
        self.write(",\"fallback_chain\":[")
        for index in chain.indices {
            if index > chain.startIndex { self.write(UInt8(ascii: ",")) }
            self.write(chain[index], errorBytes: cut.errorBytes)
        }
        self.write("]}")
    }

    private mutating func write(_ entry: ChainEntry, errorBytes: Int) {
        self.write(UInt8(ascii: "{"))
        if let attempt = entry.attempt {
            self.write("\"attempt\":")
            self.write(attempt)
            self.write(UInt8(ascii: ","))
        }
        self.write("\"datacenter\":")
        self.write(quoted: entry.datacenterID)
        self.write(UInt8(ascii: ","))
        self.write("\"runtime\":")
        self.write(quoted: entry.runtime)
        self.write(UInt8(ascii: ","))
        self.write("\"outcome\":")
        self.write(quoted: entry.outcome.rawValue)
        if let error = entry.error {
            self.write(",\"error\":")
            self.write(quoted: error.utf8.count <= errorBytes ? error : Self.head(of: error, bytes: errorBytes))
        }
        self.write(",\"at\":")
        self.write(entry.at)
        self.write(UInt8(ascii: "}"))
    }

    /// As many whole characters of a text as fit into so many bytes.
    private static func head(of text: String, bytes: Int) -> String {
        var head = ""
        for scalar in text.unicodeScalars {
            if head.utf8.count + UTF8.width(scalar) > bytes { break }
            head.unicodeScalars.append(scalar)
        }
        return head
    }
}
