import FoundationEssentials

/// Reads a file of cases with known answers.
func vectorCases<Case: Decodable>(in name: String, _ type: Case.Type) throws -> [Case] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
    let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
    return try JSONDecoder().decode(VectorFile<Case>.self, from: data).cases
}

/// A number of a case; infinity is the text `inf`.
struct Number: Decodable {
    let value: Double

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.value = text == "inf" ? .infinity : .nan
        } else {
            self.value = try container.decode(Double.self)
        }
    }
}

private struct VectorFile<Case: Decodable>: Decodable { let cases: [Case] }
