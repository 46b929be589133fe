import FoundationEssentials

/// What is read of a record of `decisions`, for counting and for people.
struct DecisionRecord: Decodable, Sendable {
    struct Candidate: Decodable, Sendable {
        var datacenter: String
        var rank: Int
        var health: String
        var total_cores: Int
        var available_cores: Int
        var reserved_cores: Int
        /// `nil`: endless.
        var wait_seconds: Double?
        var rtt_ms: Double?
        var age_seconds: Double?
        var why: String
    }

    struct Exclusion: Decodable, Sendable {
        var datacenter: String
        var why: String
    }

    var decision_id: String
    var kind: String
    var action: String
    var at: Double
    var job_id: String
    var task_ids: [String]
    var slot: Int
    var required_cores: Int
    var chosen: [String]
    var runtime: String?
    var reason: String
    var candidates: [Candidate]
    var excluded: [Exclusion]

    /// Reads a record. `nil` for what is none.
    static func read(_ bytes: [UInt8]) -> DecisionRecord? {
        try? JSONDecoder().decode(DecisionRecord.self, from: Data(bytes))
    }
}
