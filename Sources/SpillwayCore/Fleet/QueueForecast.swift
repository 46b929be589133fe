/// When the queue of a datacenter will have started, first come first served (design section 4, "Wait for N cores").
///
/// Kept from one question to the next: work that joins the queue is played on from where the forecast ends. Times are
/// seconds after the datacenter's base.
struct QueueForecast: Sendable {
    /// What the forecast goes by, beside the timeline of cores that come free.
    struct Conditions {
        /// From when on.
        var now: Double
        /// Free cores, less reserved ones: may be below 0.
        var freeCores: Int
        var totalCores: Int
        /// Busy cores of which no schedule says when they come free, and when they do: `+∞` without any.
        var uncoveredCores: Int
        var uncoveredTime: Double
    }

    /// Busy cores that no schedule covers.
    struct Uncovered {
        var cores: Int
        /// When they come free.
        var time: Double
        /// What a busy core has left on the average.
        var average: Seconds
    }

    private struct Group {
        var time: Double
        var cores: Int
    }

    /// Whether nothing but the time has changed since it was made.
    private(set) var isMade = false
    private var conditions = Conditions(
        now: 0, freeCores: 0, totalCores: 0, uncoveredCores: 0, uncoveredTime: .infinity)
    /// When the first of the queue starts.
    private var firstStart = Double.infinity
    /// When all of the queue has started; `+∞` if never.
    private(set) var time = 0.0
    /// Cores that are free then, all that come free up to then included.
    private(set) var free = 0
    /// Whether the uncovered cores are among those.
    private(set) var hasUsedUncovered = false
    /// When cores that the queue takes come free again.
    private(set) var ends = CoresTimeline()
    /// Known dispatches that were played one by one.
    private(set) var played = 0
    private var cycling: [Group] = []

    /// Forgets the forecast, as something that it goes by has changed.
    mutating func invalidate() { self.isMade = false }

    /// Whether the forecast holds at a time. It does as long as the first of the queue still waits: then every start is a
    /// point in time. Once that one could have started, everything shifts with the time.
    func holds(at now: Double) -> Bool {
        guard self.isMade else { return false }
        if now == self.conditions.now { return true }
        return now <= self.firstStart && self.firstStart > self.conditions.now && now > self.conditions.now
            && !self.hasUsedUncovered
    }

    /// Until when an answer that was worked out from it is the same instant, unless it takes uncovered cores, which come
    /// free later as time goes on. `nil`: for no other time.
    var answersHoldUntil: Double? {
        guard self.isMade, !self.hasUsedUncovered else { return nil }
        return self.firstStart > self.conditions.now ? self.firstStart : nil
    }

    /// Begins a forecast with nothing in the queue.
    mutating func begin(_ conditions: Conditions, _ freeing: borrowing CoresTimeline) {
        self.isMade = true
        self.conditions = conditions
        self.firstStart = .infinity
        self.time = conditions.now
        self.hasUsedUncovered = false
        self.free = conditions.freeCores + freeing.cores(upTo: conditions.now)
        self.ends.removeAll()
        self.played = 0
        self.takeUncovered()
    }

    /// Plays so many workflows of one core each.
    mutating func startPending(_ count: Int, each duration: Seconds, _ freeing: borrowing CoresTimeline) {
        guard count > 0 else { return }
        // With no duration to speak of they need a core one after the other, all at the same instant.
        if self.time + duration <= self.time { return self.start(cores: 1, for: 0, freeing) }
        var left = count
        // Groups of cores that this queue occupies, in the order in which they come free: `shift` later than they say.
        self.cycling.removeAll(keepingCapacity: true)
        var head = 0
        var cyclingCores = 0
        var shift: Seconds = 0
        while true {
            if self.free > 0 {
                let started = min(self.free, left)
                self.firstStart = min(self.firstStart, self.time)
                self.free -= started
                left -= started
                self.cycling.append(Group(time: self.time + duration - shift, cores: started))
                cyclingCores += started
                if left == 0 { break }
            }
            if head == self.cycling.count {
                // None of this queue runs: until the first core is free, reserved ones and all.
                guard self.goOn(until: 1, freeing) else { return }
                continue
            }
            let foreign = min(freeing.first(after: self.time)?.time ?? .infinity, self.uncoveredTime)
            // While nothing but this queue frees cores, it goes round and round.
            if left > cyclingCores, duration < .infinity {
                let last = self.cycling[self.cycling.count - 1].time + shift
                let byTime = foreign == .infinity ? .infinity : (foreign - last) / duration
                let rounds = min(Double((left - 1) / cyclingCores), byTime)
                if rounds >= 1 {
                    let whole = Int(rounds)
                    shift += Double(whole) * duration
                    left -= whole * cyclingCores
                }
            }
            let next = min(foreign, self.cycling[head].time + shift)
            guard next < .infinity else {
                self.time = .infinity
                return
            }
            self.free += freeing.cores(after: self.time, upTo: next)
            self.time = max(self.time, next)
            self.takeUncovered()
            while head < self.cycling.count, self.cycling[head].time + shift <= next {
                self.free += self.cycling[head].cores
                cyclingCores -= self.cycling[head].cores
                head += 1
            }
        }
        while head < self.cycling.count {
            self.ends.insert(self.cycling[head].cores, at: self.cycling[head].time + shift)
            head += 1
        }
    }

    /// Plays a known dispatch: it starts as soon as all before it have started and its cores are free at once.
    mutating func play(cores: Int, for duration: Seconds, _ freeing: borrowing CoresTimeline) {
        self.played += 1
        self.start(cores: min(cores, self.conditions.totalCores), for: duration, freeing)
    }

    /// The first instant, once all in front have started, at which so many cores are free, as of a time. `+∞`: never.
    ///
    /// - Returns: the instant; whether it is that time and what uncovered cores have left on the average, so that it
    ///   shifts with the time; and until which time it says the same, as long as the forecast does.
    func firstInstant(
        with cores: Int, _ uncovered: Uncovered, at asked: Double, _ freeing: borrowing CoresTimeline
    ) -> (instant: Double, isAverage: Bool, until: Double) {
        let need = cores - self.free
        if need <= 0 || self.time == .infinity { return (self.time, false, .infinity) }
        let without = self.time(freeing: need, freeing)
        guard uncovered.cores > 0, !self.hasUsedUncovered else { return (without, false, .infinity) }
        let with = max(uncovered.time, self.time(freeing: need - uncovered.cores, freeing))
        // Uncovered cores come free later as time goes on, the others don't.
        if without <= with { return (without, false, .infinity) }
        if with > asked + uncovered.average { return (with, false, with - uncovered.average) }
        return (with, true, without - uncovered.average)
    }

    private func time(freeing cores: Int, _ freeing: borrowing CoresTimeline) -> Double {
        CoresTimeline.firstTime(freeing: cores, after: self.time, in: freeing, and: self.ends)?.time ?? .infinity
    }

    private var uncoveredTime: Double { self.hasUsedUncovered ? .infinity : self.conditions.uncoveredTime }

    private mutating func start(cores: Int, for duration: Seconds, _ freeing: borrowing CoresTimeline) {
        guard cores > 0, self.time < .infinity else { return }
        while self.free < cores {
            guard self.goOn(until: cores, freeing) else { return }
        }
        self.firstStart = min(self.firstStart, self.time)
        guard self.time + duration > self.time else { return }
        self.free -= cores
        self.ends.insert(cores, at: self.time + duration)
    }

    /// Goes on until so many cores are free, or the uncovered ones come free. Answers false, at no time, if nothing does.
    private mutating func goOn(until cores: Int, _ freeing: borrowing CoresTimeline) -> Bool {
        let next = CoresTimeline.firstTime(
            freeing: cores - self.free, after: self.time, in: freeing, and: self.ends)
        let uncovered = self.uncoveredTime
        if let next, next.time < uncovered, next.time < .infinity {
            self.time = next.time
            self.free += next.cores
        } else if uncovered < .infinity {
            self.free += freeing.cores(after: self.time, upTo: uncovered)
            self.free += self.ends.cores(after: self.time, upTo: uncovered)
            self.time = max(self.time, uncovered)
            self.takeUncovered()
        } else {
            self.time = .infinity
            return false
        }
        return true
    }

    private mutating func takeUncovered() {
        guard !self.hasUsedUncovered, self.conditions.uncoveredTime <= self.time else { return }
        self.hasUsedUncovered = true
        self.free += self.conditions.uncoveredCores
    }
}
