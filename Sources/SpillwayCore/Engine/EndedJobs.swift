/// Ids of ended jobs in the order in which they ended, so that the oldest can be forgotten first.
struct EndedJobs {
    private var entries: [(jobID: String, at: UnixSeconds)] = []
    private var head = 0

    /// When the oldest ended. `nil`: there is none.
    var oldest: UnixSeconds? { self.head < self.entries.count ? self.entries[self.head].at : nil }

    var count: Int { self.entries.count - self.head }

    mutating func append(_ jobID: String, at time: UnixSeconds) {
        self.entries.append((jobID, time))
    }

    mutating func popOldest() -> String? {
        guard self.head < self.entries.count else { return nil }
        let jobID = self.entries[self.head].jobID
        self.entries[self.head].jobID = ""
        self.head += 1
        // Moving the rest down costs as much as what was taken out since the last time.
        if self.head > 1024, self.head * 2 > self.entries.count {
            self.entries.removeFirst(self.head)
            self.head = 0
        }
        return jobID
    }
}
