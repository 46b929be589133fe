/// Whether a job leaves its primary, in the order in which design section 5.5 asks.
package struct SpilloverEvaluator: Sendable {
    /// What has to be known of the primary.
    package struct Primary: Sendable {
        /// Whether its data is older than the threshold.
        package var isStale: Bool
        /// Whether the cores are free there, with nothing queued ahead.
        package var canServe: Bool
        /// Its bucket.
        package var health: Health
        /// The wait there.
        package var wait: Seconds
        /// Round trip time in milliseconds, if known.
        package var rttMilliseconds: Double?

        /// A primary.
        package init(isStale: Bool, canServe: Bool, health: Health, wait: Seconds, rttMilliseconds: Double?) {
            self.isStale = isStale
            self.canServe = canServe
            self.health = health
            self.wait = wait
            self.rttMilliseconds = rttMilliseconds
        }
    }

    /// What has to be known of a fallback datacenter.
    package struct Fallback: Sendable {
        /// Whether the cores are free there, with nothing queued ahead.
        package var canServe: Bool
        /// Its bucket.
        package var health: Health
        /// The wait there.
        package var wait: Seconds
        /// Round trip time in milliseconds, if known.
        package var rttMilliseconds: Double?

        /// A fallback datacenter.
        package init(canServe: Bool, health: Health, wait: Seconds, rttMilliseconds: Double?) {
            self.canServe = canServe
            self.health = health
            self.wait = wait
            self.rttMilliseconds = rttMilliseconds
        }
    }

    /// Why a job stays although nothing better was looked for; `nil` where fallbacks have to be looked at.
    package static func reasonToStay(
        _ primary: Primary, isPanicking: Bool, _ settings: PlacementSettings
    ) -> DecisionReason? {
        if !settings.spilloverEnabled { return .spilloverDisabled }
        if primary.isStale { return .capacityStale }
        if primary.canServe { return .primaryHasCapacity }
        if isPanicking { return .capacityStale }
        if primary.wait <= settings.maxWaitSeconds { return .primaryWaitAcceptable }
        return nil
    }

    private let primary: Primary
    private let settings: PlacementSettings
    private var best: (index: Int, place: Int, score: Double, penalty: Double, wait: Seconds)?

    /// Looks for something better than a primary.
    package init(_ primary: Primary, _ settings: PlacementSettings) {
        self.primary = primary
        self.settings = settings
    }

    /// Considers a fallback datacenter. `place` is its place in the order of ids, which decides between equals.
    package mutating func consider(_ fallback: Fallback, index: Int, place: Int) {
        guard fallback.health <= self.primary.health else { return }
        guard let there = fallback.rttMilliseconds, let here = self.primary.rttMilliseconds else { return }
        let penalty = there - here
        guard penalty <= self.settings.maxLatencyPenaltyMilliseconds else { return }
        guard fallback.canServe || (self.settings.considersFutureCapacity && fallback.wait < .infinity) else { return }
        let wait = fallback.canServe ? 0 : fallback.wait
        let score = self.settings.considersFutureCapacity ? wait + penalty / 1000 : penalty
        if let best = self.best, (best.score, best.place) <= (score, place) { return }
        self.best = (index, place, score, penalty, wait)
    }

    /// What was found.
    package struct Answer: Equatable, Sendable {
        /// Why the job leaves its primary, or why not.
        package var reason: DecisionReason
        /// The best fallback, if any: where the job goes if it leaves, else what was not worth it.
        package var index: Int?
        /// The wait there.
        package var wait: Seconds = 0
        /// Round trip time there less that of the primary, in milliseconds.
        package var penaltyMilliseconds: Double = 0

        /// Whether the job leaves its primary.
        package var shouldSpillover: Bool { self.reason == .spilloverImprovesWaitTime }
    }

    /// What was found: the reason, and the best fallback, if there is any.
    package var answer: Answer {
        guard let best = self.best else { return Answer(reason: .noSpilloverWithCapacity) }
        let ratio = self.settings.minImprovementRatio
        // Nothing of an endless wait is no wait, not a number that isn't one.
        let limit = ratio == 0 ? 0 : self.primary.wait * ratio
        return Answer(
            reason: best.wait > limit ? .improvementInsufficient : .spilloverImprovesWaitTime, index: best.index,
            wait: best.wait, penaltyMilliseconds: best.penalty)
    }
}
