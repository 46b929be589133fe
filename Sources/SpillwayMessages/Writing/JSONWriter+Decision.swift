package import SpillwayCore

/// Records of the ledger.
extension JSONWriter {
    /// Appends a decision.
    ///
    /// - Parameters:
    ///   - input: the record that caused it. `nil`: there is none, as in `decide`.
    ///   - topic: the name of the topic that the input stands in.
    ///   - configHash: names the settings that it was taken with.
    package mutating func encode(
        _ decision: Decision, input: InputPosition?, topic: String = "", configHash: String
    ) {
        self.write("{\"decision_id\":")
        self.write(decision.id)
        self.write(",\"kind\":")
        self.write(quoted: decision.kind.rawValue)
        self.write(",\"action\":")
        self.write(quoted: decision.action.rawValue)
        self.write(",\"at\":")
        self.write(decision.at)
        if let input {
            self.write(",\"input\":{\"topic\":")
            self.write(quoted: topic)
            self.write(",\"partition\":")
            self.write(Int64(input.partition))
            self.write(",\"offset\":")
            self.write(input.offset)
            self.write(UInt8(ascii: "}"))
        }
        self.write(",\"job_id\":")
        self.write(quoted: decision.jobID)
        self.write(",\"task_ids\":[")
        for index in decision.workflowIDs.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write(taskOf: decision.jobID, slot: decision.slot, workflowID: decision.workflowIDs[index])
        }
        self.write("],\"slot\":")
        self.write(decision.slot)
        self.write(",\"required_cores\":")
        self.write(decision.requiredCores)
        self.write(placement: decision.placement, reason: decision.reason)
        self.write(",\"view_version\":")
        self.write(Int64(clamping: decision.placement.viewVersion))
        self.write(",\"config_hash\":")
        self.write(quoted: configHash)
        self.write(UInt8(ascii: "}"))
    }

    private mutating func write(placement: Placement, reason: DecisionReason) {
        self.write(",\"worst_health\":")
        self.write(quoted: placement.worstHealth.word)
        self.write(",\"primary\":")
        self.write(list: placement.primary)
        self.write(",\"fallback\":")
        self.write(list: placement.fallback)
        self.write(",\"chosen\":[")
        if let chosen = placement.chosen { self.write(quoted: chosen) }
        self.write("],\"runtime\":")
        self.write(quoted: placement.runtime)
        self.write(",\"reason\":")
        self.write(quoted: reason.rawValue)
        self.write(",\"spillover\":")
        if let spillover = placement.spillover { self.write(spillover) } else { self.write("null") }
        self.write(",\"candidates\":[")
        for index in placement.candidates.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write(placement.candidates[index])
        }
        self.write("],\"excluded\":[")
        for index in placement.excluded.indices {
            if index > 0 { self.write(UInt8(ascii: ",")) }
            self.write("{\"datacenter\":")
            self.write(quoted: placement.excluded[index].datacenterID)
            self.write(",\"why\":")
            self.write(quoted: placement.excluded[index].why.word)
            self.write(UInt8(ascii: "}"))
        }
        self.write("],\"excluded_counts\":{")
        var isFirst = true
        for reason in ExclusionReason.allCases where reason.rawValue < placement.excludedCounts.count {
            let count = placement.excludedCounts[reason.rawValue]
            guard count > 0 else { continue }
            if !isFirst { self.write(UInt8(ascii: ",")) }
            isFirst = false
            self.write(quoted: reason.word)
            self.write(UInt8(ascii: ":"))
            self.write(count)
        }
        self.write(UInt8(ascii: "}"))
    }

    private mutating func write(_ verdict: SpilloverVerdict) {
        self.write("{\"should_spillover\":")
        self.write(verdict.shouldSpillover)
        self.write(",\"reason\":")
        self.write(quoted: verdict.reason.rawValue)
        self.write(",\"primary_dc\":")
        self.write(quoted: verdict.primaryDC)
        self.write(",\"spillover_dc\":")
        self.write(quoted: verdict.spilloverDC)
        self.write(",\"primary_wait_seconds\":")
        self.write(verdict.primaryWaitSeconds)
        self.write(",\"spillover_wait_seconds\":")
        self.write(verdict.spilloverWaitSeconds)
        self.write(",\"latency_penalty_ms\":")
        self.write(verdict.latencyPenaltyMilliseconds)
        self.write(UInt8(ascii: "}"))
    }

    private mutating func write(_ candidate: Candidate) {
        self.write("{\"datacenter\":")
        self.write(quoted: candidate.datacenterID)
        self.write(",\"rank\":")
        self.write(candidate.rank)
        self.write(",\"health\":")
        self.write(quoted: candidate.health.word)
        self.write(",\"total_cores\":")
        self.write(candidate.totalCores)
        self.write(",\"available_cores\":")
        self.write(candidate.availableCores)
        self.write(",\"reserved_cores\":")
        self.write(candidate.reservedCores)
        self.write(",\"wait_seconds\":")
        self.write(candidate.waitSeconds)
        self.write(",\"rtt_ms\":")
        self.write(candidate.rttMilliseconds)
        self.write(",\"age_seconds\":")
        self.write(millionths: candidate.ageSeconds)
        self.write(",\"why\":")
        self.write(quoted: candidate.why.rawValue)
        self.write(UInt8(ascii: "}"))
    }
}
