import FoundationEssentials
import SpillwayCore
import SpillwayMessages
import Testing

@Suite struct DecisionTests {
    static var example: Decision {
        var placement = Placement()
        placement.action = .dispatch
        placement.worstHealth = .healthy
        placement.primary = ["dc-a"]
        placement.fallback = ["dc-b", "dc-c"]
        placement.chosen = "dc-b"
        placement.runtime = "shell"
        placement.spillover = SpilloverVerdict(
            shouldSpillover: true, reason: .spilloverImprovesWaitTime, primaryDC: "dc-a", spilloverDC: "dc-b",
            primaryWaitSeconds: 310, spilloverWaitSeconds: 0, latencyPenaltyMilliseconds: 12)
        placement.candidates = [
            Candidate(
                datacenterID: "dc-a", rank: 0, health: .healthy, totalCores: 64, availableCores: 2, reservedCores: 0,
                waitSeconds: 310, rttMilliseconds: 1, ageSeconds: 1.2, why: .preferred)
        ]
        placement.excluded = [Exclusion(datacenterID: "dc-d", why: .unhealthy)]
        placement.excludedCounts[ExclusionReason.unhealthy.rawValue] = 1
        placement.viewVersion = 8812
        return Decision(
            id: CauseID(partition: 5, offset: 1027, ordinal: 0), action: .dispatch, at: 1_795_229_700.75,
            jobID: "job-000001", workflowIDs: ["w1"], slot: 0, requiredCores: 4, placement: placement,
            reason: .spilloverImprovesWaitTime)
    }

    static let input = InputPosition(partition: 5, offset: 1027, timestamp: 1_795_229_700.75)

    static let exampleText =
        #"{"decision_id":"5.1027.0","kind":"place","action":"dispatch","at":1795229700.75,"input":{"topic":"spillway.events","partition":5,"offset":1027},"job_id":"job-000001","task_ids":["job-000001/0/w1"],"slot":0,"required_cores":4,"worst_health":"healthy","primary":["dc-a"],"fallback":["dc-b","dc-c"],"chosen":["dc-b"],"runtime":"shell","reason":"spillover_improves_wait_time","spillover":{"should_spillover":true,"reason":"spillover_improves_wait_time","primary_dc":"dc-a","spillover_dc":"dc-b","primary_wait_seconds":310.0,"spillover_wait_seconds":0.0,"latency_penalty_ms":12.0},"candidates":[{"datacenter":"dc-a","rank":0,"health":"healthy","total_cores":64,"available_cores":2,"reserved_cores":0,"wait_seconds":310.0,"rtt_ms":1.0,"age_seconds":1.2,"why":"preferred"}],"excluded":[{"datacenter":"dc-d","why":"unhealthy"}],"excluded_counts":{"unhealthy":1},"view_version":8812,"config_hash":"b1946ac9"}"#

    @Test func `The contract's example is written as it stands there, without the spaces`() {
        let text = written {
            $0.encode(Self.example, input: Self.input, topic: "spillway.events", configHash: "b1946ac9")
        }
        #expect(text == Self.exampleText)
    }

    @Test func `A decision on files has no input`() {
        let expected = Self.exampleText.replacing(
            #""input":{"topic":"spillway.events","partition":5,"offset":1027},"#, with: "")
        #expect(written { $0.encode(Self.example, input: nil, configHash: "b1946ac9") } == expected)
    }

    @Test func `A decision with nothing chosen, nothing known and endless waits is JSON with nulls`() throws {
        var decision = Self.example
        decision.kind = .evacuate
        decision.action = .hold
        decision.reason = .noUsableDatacenter
        decision.workflowIDs = ["a", "b\"c"]
        decision.placement = Placement()
        decision.placement.candidates = [
            Candidate(
                datacenterID: "dc-a", rank: 0, health: .degraded, totalCores: 0, availableCores: 0, reservedCores: 0,
                waitSeconds: .infinity, rttMilliseconds: nil, ageSeconds: .infinity, why: .expectedWait)
        ]
        decision.placement.spillover = SpilloverVerdict(
            shouldSpillover: false, reason: .capacityStale, primaryDC: "dc-a", primaryWaitSeconds: .infinity)
        let text = written { $0.encode(decision, input: Self.input, topic: "t", configHash: "h") }
        #expect(text.contains(#""task_ids":["job-000001/0/a","job-000001/0/b\"c"]"#))
        #expect(text.contains(#""chosen":[],"runtime":null,"#))
        #expect(text.contains(#""wait_seconds":null,"rtt_ms":null,"age_seconds":null,"#))
        #expect(
            text.contains(
                #""spillover_dc":null,"primary_wait_seconds":null,"spillover_wait_seconds":null,"latency_penalty_ms":null}"#
            ))
        #expect(text.contains(#""excluded":[],"excluded_counts":{},"#))
        _ = try JSONDecoder().decode(AnyObject.self, from: Data(text.utf8))
        decision.placement.spillover = nil
        #expect(written { $0.encode(decision, input: nil, configHash: "h") }.contains(#""spillover":null,"#))
    }

    @Test func `Counts are written for every reason that excluded something`() {
        var decision = Self.example
        decision.placement.excludedCounts = Array(1...ExclusionReason.allCases.count)
        #expect(
            written { $0.encode(decision, input: nil, configHash: "h") }.contains(
                #""excluded_counts":{"stale":1,"lost":2,"draining":3,"unhealthy":4,"too_small":5,"no_runtime":6,"no_topic":7,"circuit_open":8,"already_tried":9}"#
            ))
    }

    /// Any object: only its syntax matters.
    private struct AnyObject: Decodable {}
}
