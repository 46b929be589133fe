extension Fleet {
    /// Entries of one datacenter in a share: beyond that, neighbours are merged.
    private static var shareLimit: Int { 256 }

    /// Takes in what another instance says of a partition that it owns. `nil`: nothing any more, or the partition is ours.
    package mutating func setRemote(_ view: ReservedView?, partition: Int32) {
        for index in self.datacenters.indices where !self.datacenters[index].remote.isEmpty {
            let place = self.datacenters[index].remote.firstIndex { $0.partition == partition }
            if let place { self.setRemote(nil, at: place, of: index) }
        }
        for share in view?.datacenters ?? [] {
            guard let index = self.indexIfRoom(of: share.datacenterID) else { continue }
            let remote = DatacenterView.RemoteShare(
                partition: partition, running: share.running, queued: share.queued)
            let place = self.datacenters[index].remote.firstIndex { $0.partition > partition }
            self.setRemote(remote, at: place ?? self.datacenters[index].remote.count, of: index)
        }
    }

    private mutating func setRemote(_ share: DatacenterView.RemoteShare?, at place: Int, of index: Int) {
        self.datacenters[index].changeRemote(share, at: place)
        self.refreshReserved(index)
        self.placementEpoch += 1
    }

    /// What the other instances have to know of a partition's reservations.
    package func share(of partition: Int32) -> ReservedView {
        var shares: [ReservedView.DatacenterShare] = []
        var places: [Int32: Int] = [:]
        var index = self.reservations.firstOwned(by: partition)
        while index >= 0 {
            let slot = self.reservations[index]
            let place = places[slot.datacenter] ?? shares.count
            if place == shares.count {
                places[slot.datacenter] = place
                shares.append(
                    .init(datacenterID: self.datacenters[Int(slot.datacenter)].id, running: [], queued: []))
            }
            if slot.isQueued {
                shares[place].queued.append(QueuedCores(cores: slot.cores, durationSeconds: slot.durationSeconds))
            } else {
                let until = Self.secondAfter(slot.dispatchedAt + slot.durationSeconds)
                shares[place].running.append(CoresUntil(until: until, cores: slot.cores))
            }
            index = slot.ownerNext
        }
        return ReservedView(
            partition: partition,
            datacenters: shares.map(Self.bounded).sorted { $0.datacenterID < $1.datacenterID })
    }

    /// The first whole second that isn't before a time. Beyond 2⁵³ every number is whole.
    private static func secondAfter(_ time: UnixSeconds) -> UnixSeconds {
        guard time.magnitude < 9_007_199_254_740_992 else { return time }
        let whole = Double(Int64(time))
        return whole < time ? whole + 1 : whole
    }

    /// Merges entries that end in the same second, and neighbours while there are too many: later ends, as if one ran
    /// until the last has ended; queued work with the same core-seconds.
    private static func bounded(_ share: ReservedView.DatacenterShare) -> ReservedView.DatacenterShare {
        var running: [CoresUntil] = []
        for entry in share.running.sorted(by: { $0.until < $1.until }) where entry.cores > 0 {
            if let last = running.last, last.until == entry.until {
                running[running.count - 1].cores += entry.cores
            } else {
                running.append(entry)
            }
        }
        while running.count > Self.shareLimit {
            running = stride(from: 0, to: running.count, by: 2).map { index in
                guard index + 1 < running.count else { return running[index] }
                return CoresUntil(
                    until: running[index + 1].until, cores: running[index].cores + running[index + 1].cores)
            }
        }
        var queued = share.queued
        while queued.count > Self.shareLimit {
            queued = stride(from: 0, to: queued.count, by: 2).map { index in
                guard index + 1 < queued.count else { return queued[index] }
                let (first, second) = (queued[index], queued[index + 1])
                let cores = max(first.cores, second.cores)
                guard cores > 0 else { return first }
                let work =
                    Double(first.cores) * first.durationSeconds + Double(second.cores) * second.durationSeconds
                return QueuedCores(cores: cores, durationSeconds: work / Double(cores))
            }
        }
        return .init(datacenterID: share.datacenterID, running: running, queued: queued)
    }
}

extension DatacenterView {
    /// Inserts a share at a place, or takes out the one that is there.
    fileprivate mutating func changeRemote(_ share: RemoteShare?, at place: Int) {
        self.forecast.invalidate()
        if let share {
            if self.base == nil, let first = share.running.first { self.base = first.until }
            self.count(share, sign: 1)
            self.remote.insert(share, at: place)
        } else {
            self.count(self.remote.remove(at: place), sign: -1)
        }
    }

    private mutating func count(_ share: RemoteShare, sign: Int) {
        self.remoteQueuedCount += sign * share.queued.count
        for entry in share.running where entry.cores > 0 {
            self.remoteReservedCores += sign * entry.cores
            let time = entry.until - (self.base ?? 0)
            if sign > 0 {
                self.freeing.insert(entry.cores, at: time)
            } else {
                self.freeing.remove(entry.cores, at: time)
            }
        }
    }
}
