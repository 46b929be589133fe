/// The figures of all datacenters that a decision looks at, side by side, and the orders that it goes through. Kept up to
/// date with every change, so that a decision sorts nothing that hasn't changed.
struct CandidateTable: Sendable {
    /// What a decision has to know of one datacenter.
    struct Row: Sendable {
        /// Why it is no candidate for any job. `nil`: it is one for some.
        var exclusion: ExclusionReason?
        /// Whether it takes part at all.
        var isListed = false
        var health = Health.unhealthy
        var hasQueueAhead = false
        var profile = 0
        var totalCores = 0
        var freeCores = 0
        /// NaN if unknown.
        var roundTrip = Double.nan

        var isUsable: Bool { self.isListed && self.exclusion == nil }

        func canServe(_ cores: Int) -> Bool { self.freeCores >= cores && !self.hasQueueAhead }
    }

    private(set) var rows: [Row] = []
    /// The last answer of each datacenter to how long so many cores have to be waited for.
    var answers: [WaitAnswer] = []
    /// Busy and degraded ones by their waits.
    var orders = WaitOrders()
    /// Datacenters in the order of their ids, and each one's place there.
    private(set) var byID: [Int] = []
    private(set) var places: [Int] = []
    /// Usable healthy ones by free cores, most first, then by id.
    private(set) var healthy: [Int] = []
    /// Usable busy and degraded ones, by id.
    private(set) var busy: [Int] = []
    private(set) var degraded: [Int] = []
    /// Those with a known round trip time, nearest first, then by id.
    private(set) var nearest: [Int] = []
    private(set) var profiles: [RuntimeProfile] = []
    private var profileUses: [Int] = []

    // What is the same for every job, worked out again when it is asked for after a change.
    private(set) var excludedCounts = Array(repeating: 0, count: ExclusionReason.allCases.count)
    private(set) var excluded: [Exclusion] = []
    /// The least total of a usable datacenter.
    private(set) var leastTotal = 0
    /// The profile that all usable datacenters have, or -1 if they have several.
    private(set) var commonProfile = -1
    private var isSummaryDue = true

    /// Makes room for a datacenter. `isBefore` compares ids of datacenters.
    mutating func add(isBefore: (Int) -> Bool) {
        let index = self.rows.count
        self.rows.append(Row())
        self.answers.append(.none)
        self.useProfile(RuntimeProfile(), of: index, isFirst: true)
        self.places.append(0)
        self.orders.reset()
        self.link(index, isBefore: isBefore)
    }

    /// Gives a datacenter that was forgotten its place by its new id.
    mutating func move(_ index: Int, isBefore: (Int) -> Bool) {
        let row = self.rows[index]
        self.set(Row(profile: row.profile), of: index)
        self.byID.remove(at: self.places[index])
        self.orders.reset()
        self.link(index, isBefore: isBefore)
    }

    private mutating func link(_ index: Int, isBefore: (Int) -> Bool) {
        var low = 0
        var high = self.byID.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self.byID[middle]) { low = middle + 1 } else { high = middle }
        }
        self.byID.insert(index, at: low)
        for place in self.byID.indices { self.places[self.byID[place]] = place }
        self.isSummaryDue = true
    }

    /// Takes in a datacenter's figures.
    mutating func set(_ row: Row, of index: Int) {
        self.answers[index] = .none
        self.orders.note(index)
        let old = self.rows[index]
        let isMoved =
            old.isUsable != row.isUsable || old.health != row.health
            || (row.health == .healthy && old.freeCores != row.freeCores)
        let isFarther = old.roundTrip != row.roundTrip && !(old.roundTrip.isNaN && row.roundTrip.isNaN)
        if isMoved { self.unlist(index) }
        if isFarther { self.setDistance(index, to: row.roundTrip) }
        if old.exclusion != row.exclusion || old.isListed != row.isListed || old.totalCores != row.totalCores
            || old.profile != row.profile
        {
            self.isSummaryDue = true
        }
        self.rows[index] = row
        if isMoved { self.list(index) }
    }

    /// Takes in free cores and queue alone: what a reservation changes.
    mutating func set(freeCores: Int, hasQueueAhead: Bool, of index: Int) {
        self.answers[index] = .none
        self.orders.note(index)
        self.rows[index].hasQueueAhead = hasQueueAhead
        guard self.rows[index].freeCores != freeCores else { return }
        guard self.rows[index].isUsable, self.rows[index].health == .healthy else {
            self.rows[index].freeCores = freeCores
            return
        }
        self.unlist(index)
        self.rows[index].freeCores = freeCores
        self.list(index)
    }

    /// The number of a profile, which a datacenter has from now on.
    @discardableResult
    mutating func useProfile(_ profile: RuntimeProfile, of index: Int, isFirst: Bool = false) -> Int {
        let old = self.rows[index].profile
        if !isFirst {
            if self.profiles[old] == profile { return old }
            self.profileUses[old] -= 1
        }
        var found = -1
        for number in self.profiles.indices {
            if self.profileUses[number] > 0 {
                if self.profiles[number] == profile {
                    found = number
                    break
                }
            } else if found < 0 {
                found = number
            }
        }
        // A number that nobody uses any more is given again, unless the profile has one.
        if found >= 0, self.profileUses[found] > 0 {
            self.profileUses[found] += 1
        } else if found >= 0 {
            self.profiles[found] = profile
            self.profileUses[found] = 1
        } else {
            found = self.profiles.count
            self.profiles.append(profile)
            self.profileUses.append(1)
        }
        self.rows[index].profile = found
        self.isSummaryDue = true
        return found
    }

    /// Works out what is the same for every job, if anything has changed. `name` gives the ids.
    mutating func summarize(limit: Int, name: (Int) -> String) {
        guard self.isSummaryDue else { return }
        self.isSummaryDue = false
        for reason in self.excludedCounts.indices { self.excludedCounts[reason] = 0 }
        self.excluded.removeAll(keepingCapacity: true)
        self.leastTotal = .max
        self.commonProfile = -2
        for index in self.byID where self.rows[index].isListed {
            if let reason = self.rows[index].exclusion {
                self.excludedCounts[reason.rawValue] += 1
                if self.excluded.count < limit {
                    self.excluded.append(Exclusion(datacenterID: name(index), why: reason))
                }
                continue
            }
            self.leastTotal = min(self.leastTotal, self.rows[index].totalCores)
            let profile = self.rows[index].profile
            if self.commonProfile == -2 { self.commonProfile = profile }
            if self.commonProfile != profile { self.commonProfile = -1 }
        }
        // Without any usable one, any profile will do.
        if self.commonProfile == -2 { self.commonProfile = self.profiles.isEmpty ? -1 : 0 }
    }

    // MARK: - Orders

    private mutating func list(_ index: Int) {
        guard self.rows[index].isUsable else { return }
        switch self.rows[index].health {
        case .healthy: self.healthy.insert(index, at: self.healthyPlace(of: index))
        case .busy: self.busy.insert(index, at: self.place(of: index, in: self.busy))
        case .degraded: self.degraded.insert(index, at: self.place(of: index, in: self.degraded))
        case .unhealthy: break
        }
    }

    private mutating func unlist(_ index: Int) {
        guard self.rows[index].isUsable else { return }
        switch self.rows[index].health {
        case .healthy: self.healthy.remove(at: self.healthyPlace(of: index))
        case .busy: self.busy.remove(at: self.place(of: index, in: self.busy))
        case .degraded: self.degraded.remove(at: self.place(of: index, in: self.degraded))
        case .unhealthy: break
        }
    }

    private func healthyPlace(of index: Int) -> Int {
        let free = self.rows[index].freeCores
        let place = self.places[index]
        var low = 0
        var high = self.healthy.count
        while low < high {
            let middle = (low + high) / 2
            let other = self.healthy[middle]
            let otherFree = self.rows[other].freeCores
            if otherFree > free || (otherFree == free && self.places[other] < place) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func place(of index: Int, in list: [Int]) -> Int {
        let place = self.places[index]
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if self.places[list[middle]] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func setDistance(_ index: Int, to roundTrip: Double) {
        if !self.rows[index].roundTrip.isNaN { self.nearest.remove(at: self.distancePlace(of: index)) }
        self.rows[index].roundTrip = roundTrip
        if !roundTrip.isNaN { self.nearest.insert(index, at: self.distancePlace(of: index)) }
    }

    private func distancePlace(of index: Int) -> Int {
        let distance = self.rows[index].roundTrip
        let place = self.places[index]
        var low = 0
        var high = self.nearest.count
        while low < high {
            let middle = (low + high) / 2
            let other = self.nearest[middle]
            let otherDistance = self.rows[other].roundTrip
            if otherDistance < distance || (otherDistance == distance && self.places[other] < place) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
