/// How managers treat what they are sent.
enum LifeManners: Sendable {
    /// Each attempt by the dice of a seed: done, failed, refused, silent for good, too late, said twice, contradicted.
    case chaos(seed: UInt64)
    /// Accepted and kept until the site is told to finish.
    case keeps
    /// Done after so many seconds.
    case completes(after: Double)
    /// Failed, retryable, after so many seconds.
    case fails(after: Double)

    /// What becomes of one attempt.
    struct Plan {
        var words: [LifeSite.Word] = []
        /// Until when it has cores.
        var holdsUntil: Double
        /// Whether it goes on talking though it was cancelled.
        var isStubborn = false
        var isRefusal = false

        static func rejection(of dispatch: Wire.Dispatch, reason: String, at now: Double) -> Plan {
            let word = LifeSite.Word(
                at: now, type: "task.rejected", attempt: dispatch.attempt, token: dispatch.lease_token,
                fields: ",\"reason\":\"\(reason)\"")
            return Plan(words: [word], holdsUntil: now, isRefusal: true)
        }
    }

    func plan(for dispatch: Wire.Dispatch, now: Double) -> Plan {
        switch self {
        case .chaos(let seed):
            var dice = Dice(Self.hash(seed, dispatch.task_id, dispatch.attempt))
            return Self.chaos(dispatch, now, &dice)
        case .keeps: return Plan(words: [Self.accepted(dispatch, at: now)], holdsUntil: .infinity)
        case .completes(let seconds):
            return Plan(
                words: [Self.accepted(dispatch, at: now), Self.end("task.completed", of: dispatch, at: now + seconds)],
                holdsUntil: now + seconds)
        case .fails(let seconds):
            return Plan(
                words: [Self.accepted(dispatch, at: now), Self.end("task.failed", of: dispatch, at: now + seconds)],
                holdsUntil: now + seconds)
        }
    }

    // MARK: - Words

    static func accepted(_ dispatch: Wire.Dispatch, at time: Double, isStarted: Bool = true) -> LifeSite.Word {
        LifeSite.Word(
            at: time, type: "task.accepted", attempt: dispatch.attempt, token: dispatch.lease_token,
            fields: isStarted ? "" : ",\"started\":false")
    }

    static func end(_ type: String, of dispatch: Wire.Dispatch, at time: Double, isRetryable: Bool = true)
        -> LifeSite.Word
    {
        var word = LifeSite.Word(at: time, type: type, attempt: dispatch.attempt, token: dispatch.lease_token)
        switch type {
        case "task.completed": word.fields = ",\"result\":{\"token\":\"\(dispatch.lease_token)\",\"isLie\":false}"
        case "task.failed":
            word.fields = ",\"error\":{\"class\":\"exit\",\"message\":\"exit status 2\",\"retryable\":\(isRetryable)}"
        default: break
        }
        return word
    }

    private static func hash(_ seed: UInt64, _ task: String, _ attempt: Int) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in "\(task)/\(attempt)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    // MARK: - Chaos

    private static func chaos(_ dispatch: Wire.Dispatch, _ now: Double, _ dice: inout Dice) -> Plan {
        let kind = dice.unit()
        let run = 0.05 + 0.5 * dice.unit()
        let late = dispatch.lease_seconds + 0.1 + dice.unit()
        var plan = Plan(holdsUntil: now + run)
        let accepted = Self.accepted(dispatch, at: now)
        switch kind {
        case ..<0.50: plan.words = [accepted, Self.end("task.completed", of: dispatch, at: now + run)]
        case ..<0.62: plan.words = [accepted, Self.end("task.failed", of: dispatch, at: now + run)]
        case ..<0.63:
            plan.words = [accepted, Self.end("task.failed", of: dispatch, at: now + run, isRetryable: false)]
        case ..<0.68: plan = .rejection(of: dispatch, reason: "no_capacity", at: now)
        case ..<0.72:
            // Never answers.
            plan.holdsUntil = dispatch.lease_until
        case ..<0.76:
            // Begins, and is gone.
            plan.words = [accepted]
            plan.holdsUntil = dispatch.lease_until
        case ..<0.84:
            // Nothing is heard of it until it is too late. What it says then it says whatever it was told.
            plan.words = [Self.end("task.completed", of: dispatch, at: dispatch.lease_until + 0.05 + dice.unit())]
            plan.holdsUntil = dispatch.lease_until
            plan.isStubborn = true
        case ..<0.88:
            plan.words = [
                accepted, Self.heartbeat(dispatch, at: now + late),
                Self.end("task.completed", of: dispatch, at: now + late),
            ]
            plan.holdsUntil = now + late
            plan.isStubborn = true
        case ..<0.91:
            // Longer than a lease, which it renews.
            let beats = (1...4).map { Self.heartbeat(dispatch, at: now + Double($0) * dispatch.lease_seconds * 0.4) }
            let end = now + dispatch.lease_seconds * 1.8
            plan.words = [accepted] + beats + [Self.end("task.completed", of: dispatch, at: end)]
            plan.holdsUntil = end
        case ..<0.94:
            // Waits in the manager's queue first.
            plan.words = [
                Self.accepted(dispatch, at: now, isStarted: false), Self.accepted(dispatch, at: now + run / 2),
                Self.end("task.completed", of: dispatch, at: now + run),
            ]
        default:
            // Says one thing and then another.
            let first = dice.unit() < 0.5 ? "task.completed" : "task.failed"
            let other = first == "task.completed" ? "task.failed" : "task.rejected"
            plan.words = [
                accepted, Self.end(first, of: dispatch, at: now + run),
                Self.end(other, of: dispatch, at: now + run + 0.05),
            ]
        }
        Self.spoil(&plan, dispatch, now, &dice)
        plan.words.sort { $0.at < $1.at }
        return plan
    }

    private static func heartbeat(_ dispatch: Wire.Dispatch, at time: Double) -> LifeSite.Word {
        LifeSite.Word(at: time, type: "task.heartbeat", attempt: dispatch.attempt, token: dispatch.lease_token)
    }

    /// Repetitions and lies beside what is true.
    private static func spoil(_ plan: inout Plan, _ dispatch: Wire.Dispatch, _ now: Double, _ dice: inout Dice) {
        let (repeats, lies) = (dice.unit(), dice.unit())
        if repeats < 0.2 {
            // At once, or a while later, when much may have happened.
            for word in plan.words {
                var again = word
                again.at += repeats < 0.1 ? 0 : 1.5 * dice.unit()
                plan.words.append(again)
            }
            plan.isStubborn = true
        }
        guard lies < 0.15 else { return }
        let type = lies < 0.05 ? "task.failed" : lies < 0.1 ? "task.completed" : "task.rejected"
        var lie = Self.end(type, of: dispatch, at: now + 0.02)
        lie.fields =
            type == "task.completed" ? ",\"result\":{\"token\":\"\(dispatch.lease_token)\",\"isLie\":true}" : lie.fields
        // Another token, an attempt before, an attempt that nobody has made.
        switch Int(dice.next() % 3) {
        case 0: lie.token += "x"
        case 1: lie.attempt -= dispatch.attempt > 1 ? 1 : -1
        default: lie.attempt += 1
        }
        plan.words.append(lie)
    }
}

extension Dice {
    /// A number from 0 to below 1.
    mutating func unit() -> Double { Double(self.next() >> 11) * 0x1p-53 }
}
