/// Remembers which attempts were seen, so that a dispatch that comes twice is run once. Bounded: the oldest go first.
struct SeenAttempts: Sendable {
    private let capacity: Int
    private var attempts: Set<AttemptKey> = []
    private var order: [AttemptKey] = []
    private var oldest = 0

    init(capacity: Int = 100_000) {
        self.capacity = max(1, capacity)
    }

    /// Remembers an attempt.
    ///
    /// - Returns: whether it is new.
    mutating func insert(_ key: AttemptKey) -> Bool {
        guard self.attempts.insert(key).inserted else { return false }
        if self.order.count < self.capacity {
            self.order.append(key)
        } else {
            self.attempts.remove(self.order[self.oldest])
            self.order[self.oldest] = key
            self.oldest = (self.oldest + 1) % self.capacity
        }
        return true
    }
}

/// Names one attempt of a task.
struct AttemptKey: Hashable, Sendable {
    var taskID: String
    var attempt: Int
}
