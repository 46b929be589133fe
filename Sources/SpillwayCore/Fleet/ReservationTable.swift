/// The instance's reservations. Each is in the list of its partition and, if it was sent to queue, in that of its
/// datacenter's queue.
struct ReservationTable: Sendable {
    struct Slot: Sendable {
        var generation: UInt32 = 0
        var isLive = false
        var isQueued = false
        var datacenter: Int32 = -1
        var partition: Int32 = -1
        var cores = 0
        var durationSeconds: Seconds = 0
        var dispatchedAt: UnixSeconds = 0
        var next: Int32 = -1
        var previous: Int32 = -1
        var ownerNext: Int32 = -1
        var ownerPrevious: Int32 = -1
    }

    private(set) var slots: [Slot] = []
    private var free: [Int32] = []
    private var owners: [Int32: (head: Int32, tail: Int32)] = [:]

    var count: Int { self.slots.count - self.free.count }

    subscript(index: Int32) -> Slot { self.slots[Int(index)] }

    func isLive(_ id: ReservationID) -> Bool {
        id.index >= 0 && id.index < self.slots.count && self.slots[Int(id.index)].isLive
            && self.slots[Int(id.index)].generation == id.generation
    }

    func firstOwned(by partition: Int32) -> Int32 { self.owners[partition]?.head ?? -1 }

    mutating func insert(_ reservation: Reservation, datacenter: Int32, queue: inout ReservationQueue) -> ReservationID
    {
        let index: Int32
        if let reused = self.free.popLast() {
            index = reused
        } else {
            index = Int32(self.slots.count)
            self.slots.append(Slot())
        }
        var slot = Slot()
        slot.generation = self.slots[Int(index)].generation
        slot.isLive = true
        slot.isQueued = reservation.isQueued
        slot.datacenter = datacenter
        slot.partition = reservation.partition
        slot.cores = max(0, reservation.cores)
        slot.durationSeconds = max(0, reservation.durationSeconds)
        slot.dispatchedAt = reservation.dispatchedAt
        if reservation.isQueued {
            slot.previous = queue.tail
            if queue.tail >= 0 { self.slots[Int(queue.tail)].next = index } else { queue.head = index }
            queue.tail = index
            queue.count += 1
            queue.work += ReservationQueue.work(cores: slot.cores, seconds: slot.durationSeconds)
        }
        let owner = self.owners[reservation.partition]
        slot.ownerPrevious = owner?.tail ?? -1
        if let owner { self.slots[Int(owner.tail)].ownerNext = index }
        self.owners[reservation.partition] = (owner?.head ?? index, index)
        self.slots[Int(index)] = slot
        return ReservationID(index: index, generation: slot.generation)
    }

    mutating func remove(_ index: Int32, queue: inout ReservationQueue) {
        let slot = self.slots[Int(index)]
        if slot.isQueued {
            if slot.previous >= 0 { self.slots[Int(slot.previous)].next = slot.next } else { queue.head = slot.next }
            if slot.next >= 0 {
                self.slots[Int(slot.next)].previous = slot.previous
            } else {
                queue.tail = slot.previous
            }
            queue.count -= 1
            queue.work -= ReservationQueue.work(cores: slot.cores, seconds: slot.durationSeconds)
        }
        if var owner = self.owners[slot.partition] {
            if slot.ownerPrevious >= 0 {
                self.slots[Int(slot.ownerPrevious)].ownerNext = slot.ownerNext
            } else {
                owner.head = slot.ownerNext
            }
            if slot.ownerNext >= 0 {
                self.slots[Int(slot.ownerNext)].ownerPrevious = slot.ownerPrevious
            } else {
                owner.tail = slot.ownerPrevious
            }
            self.owners[slot.partition] = owner.head >= 0 ? owner : nil
        }
        self.slots[Int(index)].isLive = false
        self.slots[Int(index)].generation &+= 1
        self.free.append(index)
    }
}
