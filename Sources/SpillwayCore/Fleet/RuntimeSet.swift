/// A set of runtimes by their index in the fleet's table. The first 64, which the configured ones are, need no memory.
struct RuntimeSet: Equatable, Sendable {
    private(set) var low: UInt64 = 0
    private(set) var high: [UInt64] = []

    /// Every runtime that is or will be in the table.
    static let all = RuntimeSet(isAll: true)
    private(set) var isAll = false

    init() {}
    private init(isAll: Bool) { self.isAll = isAll }

    func contains(_ index: Int) -> Bool {
        if self.isAll { return true }
        if index < 64 { return self.low & (1 << UInt64(index)) != 0 }
        let word = index / 64 - 1
        return word < self.high.count && self.high[word] & (1 << UInt64(index % 64)) != 0
    }

    var isEmpty: Bool { !self.isAll && self.low == 0 && self.high.allSatisfy { $0 == 0 } }

    mutating func insert(_ index: Int) {
        if index < 64 {
            self.low |= 1 << UInt64(index)
            return
        }
        let word = index / 64 - 1
        while self.high.count <= word { self.high.append(0) }
        self.high[word] |= 1 << UInt64(index % 64)
    }

    mutating func remove(_ index: Int) {
        if index < 64 {
            self.low &= ~(1 << UInt64(index))
            return
        }
        let word = index / 64 - 1
        if word < self.high.count { self.high[word] &= ~(1 << UInt64(index % 64)) }
    }

    mutating func formUnion(_ other: RuntimeSet) {
        if other.isAll { self.isAll = true }
        self.low |= other.low
        while self.high.count < other.high.count { self.high.append(0) }
        for word in other.high.indices { self.high[word] |= other.high[word] }
    }
}
