/// The orders by wait that decisions ask for: one for each bucket and number of cores, made when it is first asked for.
struct WaitOrders: Sendable {
    /// So many are kept.
    private static var limit: Int { 64 }

    /// From how many datacenters on an order is worth keeping.
    static var worthwhile: Int { 24 }

    var orders: [WaitOrder] = []
    private var questions: UInt64 = 0
    private var refused = 0

    // What has changed: each datacenter when it did, and the newest changes in order.
    private var counter: UInt64 = 0
    private var log: [Int32] = Array(repeating: 0, count: 1024)

    /// Something about a datacenter has changed that its waits depend on.
    mutating func note(_ datacenter: Int) {
        self.log[Int(self.counter % UInt64(self.log.count))] = Int32(datacenter)
        self.counter += 1
    }

    /// Forgets all orders: datacenters have other places now.
    mutating func reset() { self.orders.removeAll(keepingCapacity: true) }

    /// The number of an order. `nil`: there are too many, and none that gives way.
    mutating func find(_ health: Health, cores: Int, datacenters: Int) -> Int? {
        self.questions += 1
        var oldest = 0
        for number in self.orders.indices {
            if self.orders[number].cores == cores, self.orders[number].health == health {
                self.orders[number].lastUse = self.questions
                return number
            }
            if self.orders[number].lastUse < self.orders[oldest].lastUse { oldest = number }
        }
        if self.orders.count < Self.limit {
            self.orders.append(WaitOrder(health: health, cores: cores, datacenters: datacenters))
            self.orders[self.orders.count - 1].lastUse = self.questions
            return self.orders.count - 1
        }
        // Making one costs more than going without it once: with more sizes than this, few changes of place.
        self.refused += 1
        guard self.refused >= 1024 else { return nil }
        self.refused = 0
        self.orders[oldest].begin(health: health, cores: cores)
        self.orders[oldest].lastUse = self.questions
        return oldest
    }

    /// Names each datacenter that has changed since an order was last asked for, some more than once; all if it has missed
    /// any change.
    mutating func follow(_ number: Int, datacenters: Int, into changed: inout [Int]) {
        let followed = self.orders[number].followed
        self.orders[number].followed = self.counter
        if followed == .max || self.counter - followed > UInt64(self.log.count) {
            for datacenter in 0..<datacenters { changed.append(datacenter) }
            return
        }
        var next = followed
        while next < self.counter {
            changed.append(Int(self.log[Int(next % UInt64(self.log.count))]))
            next += 1
        }
    }
}
