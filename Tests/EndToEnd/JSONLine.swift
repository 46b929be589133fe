import FoundationEssentials

/// Reads a line of JSON.
enum JSONLine {
    static func decode<Value: Decodable>(_ line: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(line.utf8))
    }
}

/// The example files, wherever the tests are started.
enum Example {
    static func path(_ name: String) -> String {
        let here = #filePath
        let root = here.prefix(here.count - "Tests/EndToEnd/JSONLine.swift".count)
        return root + "Deploy/examples/" + name
    }
}
