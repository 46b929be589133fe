import FoundationEssentials
import Testing

/// JSON of any shape.
enum JSONValue: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    subscript(key: String) -> JSONValue? {
        guard case .object(let fields) = self else { return nil }
        return fields[key]
    }

    var text: String? { if case .text(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var list: [JSONValue]? { if case .list(let value) = self { value } else { nil } }
    var texts: [String]? { self.list?.compactMap(\.text) }
    var fields: [String: JSONValue] { if case .object(let value) = self { value } else { [:] } }

    static func texts(_ values: [String]) -> JSONValue { .list(values.map { .text($0) }) }
    static func number(_ value: Int) -> JSONValue { .number(Double(value)) }
}

/// One of the acceptance scenarios (scenarios.json says at its head how they read).
struct Scenario: Decodable, CustomTestStringConvertible {
    let id: String
    let name: String
    let given: JSONValue
    let steps: [JSONValue]

    var testDescription: String { "\(self.id) \(self.name)" }

    static func all(_ prefixes: String...) throws -> [Scenario] {
        struct File: Decodable { let scenarios: [Scenario] }
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Vectors/scenarios.json"))
        return try JSONDecoder().decode(File.self, from: data).scenarios.filter { scenario in
            prefixes.contains { scenario.id.hasPrefix($0) }
        }
    }
}

/// Where a scenario's model differs from the design: what the design expects there instead, and the sentence that decides.
struct Difference {
    /// The step, from 0, and the field of its expectation.
    let step: Int
    let field: String
    /// `nil`: nothing is expected.
    let expected: JSONValue?
    let sentence: String
}
