import CRdKafka

/// The arguments of one `rd_kafka_produceva`, in memory that is used again and again.
@safe struct ArgumentList: ~Copyable {
    // Safe: `capacity` places, all initialized; the pointers in them are used only during the call that sets them.
    private(set) var values: UnsafeMutablePointer<rd_kafka_vu_t>
    private var capacity: Int
    private(set) var count = 0

    init() {
        self.capacity = 32
        unsafe self.values = .allocate(capacity: self.capacity)
        unsafe self.values.initialize(repeating: rd_kafka_vu_t(), count: self.capacity)
    }

    deinit { unsafe self.values.deallocate() }

    /// Forgets the arguments of the last call, and makes room for some.
    mutating func restart(_ needed: Int) {
        self.count = 0
        guard needed > self.capacity else { return }
        unsafe self.values.deallocate()
        self.capacity = needed * 2
        unsafe self.values = .allocate(capacity: self.capacity)
        unsafe self.values.initialize(repeating: rd_kafka_vu_t(), count: self.capacity)
    }

    /// The next place, marked with its kind.
    mutating func next(_ kind: rd_kafka_vtype_t) -> UnsafeMutablePointer<rd_kafka_vu_t> {
        let place = unsafe self.values + self.count
        unsafe place.pointee.vtype = kind
        self.count += 1
        return unsafe place
    }

    /// Bytes, where a null pointer stands for no bytes at all and an empty span doesn't.
    mutating func append(_ kind: rd_kafka_vtype_t, _ bytes: UnsafeRawBufferPointer?) {
        // An empty span may have no address, but any will do.
        let start = unsafe bytes.map { unsafe $0.baseAddress ?? UnsafeRawPointer(self.values) }
        unsafe self.append(kind, UnsafeMutableRawPointer(mutating: start), bytes?.count ?? 0)
    }

    /// The same by address and length.
    mutating func append(_ kind: rd_kafka_vtype_t, _ start: UnsafeMutableRawPointer?, _ count: Int) {
        let place = unsafe self.next(kind)
        unsafe place.pointee.u.mem.ptr = unsafe start
        unsafe place.pointee.u.mem.size = count
    }
}
