/// The records as their readers elsewhere would declare them, from the contract and not from the router's code.
enum Wire {
    struct Decision: Decodable {
        struct Input: Decodable, Hashable {
            var topic: String
            var partition: Int32
            var offset: Int64
        }
        struct Candidate: Decodable {
            var datacenter: String
            var rank: Int
            var health: String
            var total_cores: Int
            var available_cores: Int
            var reserved_cores: Int
            var why: String
        }
        struct Excluded: Decodable {
            var datacenter: String
            var why: String
        }

        var decision_id: String
        var kind: String
        var action: String
        var at: Double
        var input: Input
        var job_id: String
        var task_ids: [String]
        var slot: Int
        var required_cores: Int
        var worst_health: String?
        var primary: [String]
        var fallback: [String]
        var chosen: [String]
        var runtime: String?
        var reason: String
        var candidates: [Candidate]
        var excluded: [Excluded]
        var excluded_counts: [String: Int]
        var view_version: Int
        var config_hash: String
    }

    struct Dispatch: Decodable {
        struct Payload: Decodable { var n: Int }

        var type: String
        var task_id: String
        var job_id: String
        var workflow_id: String
        var slot: Int
        var attempt: Int
        var lease_token: String
        var lease_seconds: Double
        var lease_until: Double
        var routing_key: String
        var datacenter: String
        var runtime: String
        var cores: Int
        var idempotency_key: String
        var priority: String
        var reason: String
        var payload: Payload?
    }
}
