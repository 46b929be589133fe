/// One datacenter's simulated managers: what they hold, and what they will say when.
///
/// It knows the records from the contract alone and has no clock. What a manager does with an attempt is its ``LifeManners``.
struct LifeSite {
    /// One thing that will be said of an attempt.
    struct Word {
        var at: Double
        var type: String
        var attempt: Int
        var token: String
        /// More fields of the body, each with a comma before it.
        var fields = ""
    }

    private struct Attempt {
        var dispatch: Wire.Dispatch
        var manager: Int
        var plan: LifeManners.Plan
        /// Whether its cores are busy. Not: it has gone, and only has something left to say.
        var isHeld = true
    }

    let datacenter: String
    var manners: LifeManners
    let heartbeatInterval: Double
    /// Whether nothing is heard of it and it hears nothing.
    private(set) var isSilent = false
    private(set) var heartbeats = 0
    private let coresOfEach: Int
    private let incarnation: Int
    private var free: [Int]
    private var attempts: [String: Attempt] = [:]
    private var seen: Set<String> = []
    private var inbox: [Input] = []
    private var nextHeartbeat = 0.0

    enum Input {
        case dispatch(Wire.Dispatch)
        case cancellation(LifeWire.Cancellation)
    }

    init(_ datacenter: String, cores: Int, manners: LifeManners, heartbeatInterval: Double = 1, managers: Int = 2) {
        self.datacenter = datacenter
        self.manners = manners
        self.heartbeatInterval = heartbeatInterval
        self.coresOfEach = cores / managers
        self.incarnation = 1
        self.free = Array(repeating: cores / managers, count: managers)
    }

    /// Attempts whose cores are busy.
    var held: Int { self.attempts.values.count { $0.isHeld } }

    // MARK: - Steering

    mutating func silence() { self.isSilent = true }

    /// It is back and remembers what it had. It may say so: of half that it is done, of the others that they failed.
    mutating func revive(now: Double, saying: Bool) {
        self.isSilent = false
        self.nextHeartbeat = 0
        for (key, attempt) in self.attempts where saying && attempt.isHeld {
            let dispatch = attempt.dispatch
            let type = dispatch.task_id.utf8.reduce(0) { $0 + Int($1) } % 2 == 0 ? "task.completed" : "task.failed"
            self.attempts[key]?.plan.isStubborn = true
            self.attempts[key]?.plan.words = [
                Word(at: now, type: "task.heartbeat", attempt: dispatch.attempt, token: dispatch.lease_token),
                LifeManners.end(type, of: dispatch, at: now),
            ]
        }
        let waiting = self.inbox
        self.inbox = []
        for input in waiting { self.take(input, now: now) }
    }

    /// Everything that runs is done.
    mutating func finish(now: Double, type: String = "task.completed") {
        for (key, attempt) in self.attempts where attempt.isHeld {
            self.attempts[key]?.plan.words = [LifeManners.end(type, of: attempt.dispatch, at: now)]
        }
    }

    // MARK: - What comes in

    mutating func take(_ input: Input, now: Double) {
        guard !self.isSilent else { return self.inbox.append(input) }
        switch input {
        case .dispatch(let dispatch): self.receive(dispatch, now: now)
        case .cancellation(let cancellation):
            let key = "\(cancellation.task_id)/\(cancellation.attempt)"
            self.seen.insert(key)
            guard let attempt = self.attempts[key] else { return }
            self.release(key)
            if !attempt.plan.isStubborn { self.attempts[key] = nil }
        }
    }

    private mutating func receive(_ dispatch: Wire.Dispatch, now: Double) {
        let key = "\(dispatch.task_id)/\(dispatch.attempt)"
        let manager = (self.free.indices).max { self.free[$0] < self.free[$1] } ?? 0
        var plan = self.manners.plan(for: dispatch, now: now)
        if !self.seen.insert(key).inserted {
            plan = .rejection(of: dispatch, reason: "duplicate", at: now)
        } else if self.free[manager] < dispatch.cores || now > dispatch.lease_until {
            plan = .rejection(of: dispatch, reason: "no_capacity", at: now)
        }
        var attempt = Attempt(dispatch: dispatch, manager: manager, plan: plan)
        attempt.isHeld = plan.holdsUntil > now
        if attempt.isHeld { self.free[manager] -= dispatch.cores }
        self.attempts[plan.isRefusal ? "\(key)/refused/\(self.seen.count)" : key] = attempt
    }

    private mutating func release(_ key: String) {
        guard let attempt = self.attempts[key], attempt.isHeld else { return }
        self.free[attempt.manager] += attempt.dispatch.cores
        self.attempts[key]?.isHeld = false
    }

    // MARK: - What goes out

    /// What is to be said by now: keys and bodies for `events`.
    mutating func advance(to now: Double) -> [LifeFeed.Item] {
        guard !self.isSilent else { return [] }
        var due: [(word: Word, attempt: Attempt)] = []
        for (key, attempt) in self.attempts
        where attempt.plan.holdsUntil <= now || attempt.plan.words.contains(where: { $0.at <= now }) {
            for word in attempt.plan.words where word.at <= now { due.append((word, attempt)) }
            self.attempts[key]?.plan.words.removeAll { $0.at <= now }
            if attempt.plan.holdsUntil <= now || (attempt.plan.words.last.map { $0.isEnd && $0.at <= now } ?? false) {
                self.release(key)
            }
            if self.attempts[key]?.isHeld == false, self.attempts[key]?.plan.words.isEmpty ?? false {
                self.attempts[key] = nil
            }
        }
        // In the order in which they were meant, whatever the table's.
        due.sort { ($0.word.at, $0.attempt.dispatch.task_id) < ($1.word.at, $1.attempt.dispatch.task_id) }
        return due.map { word, attempt in
            LifeFeed.Item(key: attempt.dispatch.routing_key, body: self.body(word, attempt, now))
        }
    }

    private func body(_ word: Word, _ attempt: Attempt, _ now: Double) -> String {
        """
        {"type":"\(word.type)","task_id":"\(attempt.dispatch.task_id)","attempt":\(word.attempt),\
        "lease_token":"\(word.token)","routing_key":"\(attempt.dispatch.routing_key)","datacenter":"\(self.datacenter)",\
        "manager_id":"m\(attempt.manager)","timestamp":\(now)\(word.fields)}
        """
    }

    /// The managers' heartbeats, where they are due.
    mutating func heartbeatsIfDue(now: Double) -> [LifeFeed.Item] {
        guard !self.isSilent, now >= self.nextHeartbeat else { return [] }
        let next = self.nextHeartbeat + self.heartbeatInterval
        self.nextHeartbeat = next > now ? next : now + self.heartbeatInterval
        self.heartbeats += 1
        return self.free.indices.map { manager in
            LifeFeed.Item(
                key: "\(self.datacenter)/m\(manager)",
                body: """
                    {"manager_id":"m\(manager)","datacenter_id":"\(self.datacenter)","incarnation":\(self.incarnation),\
                    "sequence":\(self.heartbeats),"worker_count":8,"healthy_worker_count":8,"total_cores":\(self.coresOfEach),\
                    "available_cores":\(self.free[manager]),"active_remaining_seconds":\(self.coresOfEach - self.free[manager])}
                    """)
        }
    }
}

extension LifeSite.Word {
    /// Whether the attempt is over with it.
    var isEnd: Bool { ["task.completed", "task.failed", "task.rejected"].contains(self.type) }
}
