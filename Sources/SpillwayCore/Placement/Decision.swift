/// One decision with everything that it was taken on: a record of the ledger (contract/records.md, `decisions`).
package struct Decision: Equatable, Sendable {
    /// Its name.
    package var id: CauseID
    /// What it is about.
    package var kind: DecisionKind = .place
    /// What it does.
    package var action: DecisionAction
    /// The time that it was taken for, never before the input's own.
    package var at: UnixSeconds
    /// The job.
    package var jobID: String
    /// Workflows of the slot's tasks that it is about; their task ids follow from job, slot and workflow.
    package var workflowIDs: [String]
    /// The slot.
    package var slot: Int
    /// Cores that the slot needs.
    package var requiredCores: Int
    /// The placement that it follows from.
    package var placement: Placement
    /// Why.
    package var reason: DecisionReason

    /// A decision on a placement.
    package init(
        id: CauseID, kind: DecisionKind = .place, action: DecisionAction, at: UnixSeconds, jobID: String,
        workflowIDs: [String], slot: Int, requiredCores: Int, placement: Placement, reason: DecisionReason
    ) {
        self.id = id
        self.kind = kind
        self.action = action
        self.at = at
        self.jobID = jobID
        self.workflowIDs = workflowIDs
        self.slot = slot
        self.requiredCores = requiredCores
        self.placement = placement
        self.reason = reason
    }
}

/// Where one slot of a job goes, and everything that was weighed: the answer of ``Fleet``'s placement function.
package struct Placement: Equatable, Sendable {
    /// What to do.
    package var action: DecisionAction = .hold
    /// Why.
    package var reason: DecisionReason = .selected
    /// The chosen datacenter. `nil` on `hold` and `fail`.
    package var chosen: String?
    /// The runtime that it runs with there. `nil` on `hold` and `fail`.
    package var runtime: String?
    /// The wait that is expected at the chosen datacenter, `+∞` if endless.
    package var expectedWaitSeconds: Seconds = 0
    /// The best bucket present: the worst health that has to be accepted.
    package var worstHealth: Health = .unhealthy
    /// The first `datacenter_count` of the whole candidate list.
    package var primary: [String] = []
    /// The rest of the list, cut to the ledger's limit.
    package var fallback: [String] = []
    /// What the spillover evaluator said. `nil` where it wasn't asked.
    package var spillover: SpilloverVerdict?
    /// The first candidates with their figures, in order, cut to the ledger's limit.
    package var candidates: [Candidate] = []
    /// The first of those that are no candidates, by datacenter id, cut likewise.
    package var excluded: [Exclusion] = []
    /// How many are excluded for each reason, exact, indexed by ``ExclusionReason/rawValue``.
    package var excludedCounts: [Int] = Array(repeating: 0, count: ExclusionReason.allCases.count)
    /// Preferred datacenters that nobody knows, cut likewise.
    package var unknownPreferred: [String] = []
    /// How far `heartbeats` and `views` had been read.
    package var viewVersion: UInt64 = 0

    /// An answer with nothing in it yet.
    package init() {}
}

/// One place of the candidate list.
package struct Candidate: Equatable, Sendable {
    /// The datacenter.
    package var datacenterID: String
    /// Its place, from 0.
    package var rank: Int
    /// Its bucket.
    package var health: Health
    /// Its figures when the decision was taken. `available` is what the heartbeats say.
    package var totalCores: Int
    /// Before reservations come off.
    package var availableCores: Int
    /// Taken by decisions that no heartbeat knows.
    package var reservedCores: Int
    /// Wait for the slot's cores, `+∞` if endless.
    package var waitSeconds: Seconds
    /// Round trip time in milliseconds, if known.
    package var rttMilliseconds: Double?
    /// Age of its newest heartbeat.
    package var ageSeconds: Seconds
    /// Why it has this place.
    package var why: PlaceReason

    /// A candidate with all its figures.
    package init(
        datacenterID: String, rank: Int, health: Health, totalCores: Int, availableCores: Int, reservedCores: Int,
        waitSeconds: Seconds, rttMilliseconds: Double?, ageSeconds: Seconds, why: PlaceReason
    ) {
        self.datacenterID = datacenterID
        self.rank = rank
        self.health = health
        self.totalCores = totalCores
        self.availableCores = availableCores
        self.reservedCores = reservedCores
        self.waitSeconds = waitSeconds
        self.rttMilliseconds = rttMilliseconds
        self.ageSeconds = ageSeconds
        self.why = why
    }
}

/// Why a candidate has its place within its bucket.
package enum PlaceReason: String, Sendable {
    /// The job asked for it.
    case preferred
    /// By cores that are free after reservations (healthy).
    case availableCores = "available_cores"
    /// By the expected wait (busy, degraded).
    case expectedWait = "expected_wait"
}

/// A datacenter that is no candidate.
package struct Exclusion: Equatable, Sendable {
    /// The datacenter.
    package var datacenterID: String
    /// The first reason that fits.
    package var why: ExclusionReason

    /// An exclusion.
    package init(datacenterID: String, why: ExclusionReason) {
        self.datacenterID = datacenterID
        self.why = why
    }
}

/// What the spillover evaluator said (design section 5.5).
package struct SpilloverVerdict: Equatable, Sendable {
    /// Whether the job leaves its primary.
    package var shouldSpillover: Bool
    /// Why, or why not.
    package var reason: DecisionReason
    /// The datacenter that it was asked about.
    package var primaryDC: String
    /// Where it goes instead.
    package var spilloverDC: String?
    /// The wait at the primary, `+∞` if endless.
    package var primaryWaitSeconds: Seconds
    /// The wait where it goes instead.
    package var spilloverWaitSeconds: Seconds?
    /// Round trip time there less that of the primary, in milliseconds.
    package var latencyPenaltyMilliseconds: Double?

    /// A verdict.
    package init(
        shouldSpillover: Bool, reason: DecisionReason, primaryDC: String, spilloverDC: String? = nil,
        primaryWaitSeconds: Seconds = 0, spilloverWaitSeconds: Seconds? = nil,
        latencyPenaltyMilliseconds: Double? = nil
    ) {
        self.shouldSpillover = shouldSpillover
        self.reason = reason
        self.primaryDC = primaryDC
        self.spilloverDC = spilloverDC
        self.primaryWaitSeconds = primaryWaitSeconds
        self.spilloverWaitSeconds = spilloverWaitSeconds
        self.latencyPenaltyMilliseconds = latencyPenaltyMilliseconds
    }
}
