/// The search for keys that stand twice in one object.
extension JSONTape {
    /// Compares all keys of the object that is about to be closed, if they are too many to have been compared one by
    /// one. The time it takes grows with their number, not with its square.
    @inline(__always)
    mutating func checkManyKeys(_ bytes: Span<UInt8>, from first: Int) throws(Refusal) {
        if self.openKeyCount &- first > Self.linearKeys { try self.checkTable(bytes, from: first) }
    }

    private mutating func checkTable(_ bytes: Span<UInt8>, from first: Int) throws(Refusal) {
        let count = self.openKeyCount - first
        var size = 64
        while size < count * 2 { size *= 2 }
        self.slots.removeAll(keepingCapacity: true)
        self.slots.append(contentsOf: repeatElement(0, count: size))
        let mask = size - 1
        for index in first..<self.openKeyCount {
            let key = self.openKeys[index]
            var slot = Int(key.hash) & mask
            while self.slots[slot] != 0 {
                let other = self.openKeys[Int(self.slots[slot]) - 1]
                if other.hash == key.hash, self.isSame(bytes, other, key) { throw Self.duplicate(key) }
                slot = (slot + 1) & mask
            }
            self.slots[slot] = UInt32(index + 1)
        }
    }

    /// Whether two keys have the same text.
    func isSame(_ bytes: Span<UInt8>, _ left: OpenKey, _ right: OpenKey) -> Bool {
        let count = left.end - left.start
        guard count == right.end - right.start else { return false }
        for offset in 0..<count where self.byte(bytes, left, offset) != self.byte(bytes, right, offset) {
            return false
        }
        return true
    }

    private func byte(_ bytes: Span<UInt8>, _ key: OpenKey, _ offset: UInt32) -> UInt8 {
        let at = Int(key.start + offset)
        return key.isPlain ? bytes[at] : self.unescapedKeys[at]
    }
}
