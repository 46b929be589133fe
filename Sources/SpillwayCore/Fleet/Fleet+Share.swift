extension Fleet {
    /// Entries of one datacenter in a share: beyond that, neighbours are merged.
    private static var shareLimit: Int { 256 }

    /// Takes in what another instance says of a partition that it owns. `nil`: nothing any more, or the partition is ours.
    package mutating func setRemote(_ view: ReservedView?, partition: Int32) {
        for share in view?.datacenters ?? [] { _ = self.index(of: share.datacenterID) }
        for index in self.datacenters.indices {
            let share = view?.datacenters.first { $0.datacenterID == self.datacenters[index].id }
            let place = self.datacenters[index].remote.firstIndex { $0.partition >= partition }
            let isThere = place.map { self.datacenters[index].remote[$0].partition == partition } ?? false
            guard share != nil || isThere else { continue }
            if let place, isThere { self.datacenters[index].remote.remove(at: place) }
            if let share {
                let remote = DatacenterView.RemoteShare(
                    partition: partition, running: share.running, queued: share.queued)
                self.datacenters[index].remote.insert(remote, at: place ?? self.datacenters[index].remote.count)
            }
            self.datacenters[index].countRemote()
            self.placementEpoch += 1
        }
    }

    /// What the other instances have to know of a partition's reservations.
    package func share(of partition: Int32) -> ReservedView {
        var shares: [Int32: ReservedView.DatacenterShare] = [:]
        var index = self.reservations.firstOwned(by: partition)
        while index >= 0 {
            let slot = self.reservations[index]
            var share =
                shares[slot.datacenter]
                ?? .init(datacenterID: self.datacenters[Int(slot.datacenter)].id, running: [], queued: [])
            if slot.isQueued {
                share.queued.append(QueuedCores(cores: slot.cores, durationSeconds: slot.durationSeconds))
            } else {
                let until = Self.secondAfter(slot.dispatchedAt + slot.durationSeconds)
                share.running.append(CoresUntil(until: until, cores: slot.cores))
            }
            shares[slot.datacenter] = share
            index = slot.ownerNext
        }
        return ReservedView(
            partition: partition,
            datacenters: shares.values.map(Self.bounded).sorted { $0.datacenterID < $1.datacenterID })
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
    fileprivate mutating func countRemote() {
        self.remoteReservedCores = 0
        self.remoteQueuedCount = 0
        for share in self.remote {
            for entry in share.running { self.remoteReservedCores += entry.cores }
            self.remoteQueuedCount += share.queued.count
        }
    }
}
