extension Fleet {
    /// Takes cores at a datacenter, or a place in its queue, at once.
    package mutating func reserve(_ reservation: Reservation) -> ReservationID {
        let index = self.index(of: reservation.datacenterID)
        let id = self.reservations.insert(
            reservation, datacenter: Int32(index), queue: &self.datacenters[index].queue)
        self.datacenters[index].liveReservations += 1
        if self.datacenters[index].base == nil { self.datacenters[index].base = reservation.dispatchedAt }
        if reservation.isQueued {
            self.datacenters[index].joinQueue(
                cores: max(0, reservation.cores), for: max(0, reservation.durationSeconds))
        } else {
            self.datacenters[index].forecast.invalidate()
            self.datacenters[index].ownReservedCores += max(0, reservation.cores)
            self.datacenters[index].freeing.insert(reservation.cores, at: self.end(of: id.index, in: index))
            if !reservation.isRestored {
                self.datacenters[index].overcommitRatio =
                    Double(self.datacenters[index].reservedCores)
                    / Double(max(1, self.datacenters[index].figures.availableCores))
            }
        }
        self.refreshReserved(index)
        if let acceptedAt = reservation.acceptedAt {
            self.accept(id, managerID: reservation.acceptedBy, at: acceptedAt)
        }
        return id
    }

    /// Gives cores back: the attempt was rejected, has ended, or its lease has. Harmless for one that was released.
    package mutating func release(_ id: ReservationID) {
        guard self.reservations.isLive(id) else { return }
        let slot = self.reservations[id.index]
        let index = Int(slot.datacenter)
        self.datacenters[index].forecast.invalidate()
        if !slot.isQueued {
            self.datacenters[index].ownReservedCores -= slot.cores
            self.datacenters[index].freeing.remove(slot.cores, at: self.end(of: id.index, in: index))
        }
        self.reservations.remove(id.index, queue: &self.datacenters[index].queue)
        self.datacenters[index].liveReservations -= 1
        self.refreshReserved(index)
        if !self.datacenters[index].isListed { self.drop(index) }
        self.placementEpoch += 1
    }

    /// A manager has accepted the attempt: the reservation ends with the first heartbeat of that manager that is newer,
    /// as that one counts it. Without a manager, with the first of the datacenter.
    package mutating func accept(_ id: ReservationID, managerID: String?, at time: UnixSeconds) {
        guard self.reservations.isLive(id) else { return }
        let index = Int(self.reservations[id.index].datacenter)
        self.sweepAccepted(in: index)
        if let managerID {
            let (place, isThere) = self.datacenters[index].place(of: managerID)
            if isThere, self.datacenters[index].managers[place].recordTimestamp > time { return self.release(id) }
            self.datacenters[index].acceptedBy[managerID, default: AcceptedReservations()].push(id, at: time)
        } else {
            if self.datacenters[index].newest > time { return self.release(id) }
            self.datacenters[index].acceptedByAnyone.push(id, at: time)
        }
    }

    /// Forgets accepted reservations that were released otherwise, of managers that may never be heard from again.
    private mutating func sweepAccepted(in index: Int) {
        self.datacenters[index].acceptedCount += 1
        guard self.datacenters[index].acceptedCount > self.datacenters[index].acceptedLimit else { return }
        let reservations = self.reservations
        self.datacenters[index].acceptedByAnyone.keep { reservations.isLive($0) }
        var count = self.datacenters[index].acceptedByAnyone.count
        for managerID in Array(self.datacenters[index].acceptedBy.keys) {
            self.datacenters[index].acceptedBy[managerID]?.keep { reservations.isLive($0) }
            let left = self.datacenters[index].acceptedBy[managerID]?.count ?? 0
            if left == 0 { self.datacenters[index].acceptedBy[managerID] = nil }
            count += left
        }
        self.datacenters[index].acceptedCount = count
        self.datacenters[index].acceptedLimit = max(64, 2 * count)
    }

    /// A heartbeat of a manager has come: what it had accepted before is in its figures.
    mutating func releaseAccepted(in index: Int, by managerID: String, before time: UnixSeconds) {
        while let id = self.datacenters[index].acceptedByAnyone.pop(before: time) {
            self.datacenters[index].acceptedCount -= 1
            self.release(id)
        }
        guard !self.datacenters[index].acceptedBy.isEmpty else { return }
        while let id = self.datacenters[index].acceptedBy[managerID]?.pop(before: time) {
            self.datacenters[index].acceptedCount -= 1
            self.release(id)
        }
        if self.datacenters[index].acceptedBy[managerID]?.isEmpty == true {
            self.datacenters[index].acceptedBy[managerID] = nil
        }
    }

    /// When a reservation's cores come free, in its datacenter's timeline.
    private func end(of index: Int32, in datacenter: Int) -> Seconds {
        let slot = self.reservations[index]
        return (slot.dispatchedAt - (self.datacenters[datacenter].base ?? slot.dispatchedAt)) + slot.durationSeconds
    }
}
