import FoundationEssentials

/// The records of a job's later life as their readers elsewhere would declare them, from the contract alone.
enum LifeWire {
    /// An outcome, a submission, a cancellation: whatever lies in `events`.
    struct Event: Decodable {
        struct Result: Decodable, Hashable {
            var token: String
            var isLie: Bool
        }

        var type: String
        var job_id: String?
        var task_id: String?
        var attempt: Int?
        var lease_token: String?
        var routing_key: String?
        var started: Bool?
        var reason: String?
        var result: Result?
    }

    struct Cancellation: Decodable {
        var type: String
        var task_id: String
        var attempt: Int
        var lease_token: String
        var reason: String
    }

    struct Result: Decodable {
        struct Step: Decodable {
            var attempt: Int?
            var datacenter: String?
            var runtime: String?
            var outcome: String
            var error: String?
            var at: Double
        }
        struct Task: Decodable {
            var task_id: String
            var status: String
            var datacenter: String?
            var runtime: String?
            var attempts: Int
            var result: Event.Result?
            var fallback_chain: [Step]
        }

        var job_id: String
        var final: Bool
        var revision: Int
        var status: String
        var success: Bool
        var reason: String
        var submitted_at: Double
        var finished_at: Double
        var total_attempts: Int
        var retries_consumed: Int
        var datacenters: [String: String]
        var tasks: [Task]
    }

    /// Where a record lies and what the broker stamped it with.
    struct Stamped<Body> {
        var body: Body
        var partition: Int32
        var offset: Int64
        var time: Double
    }
}
