/// Why a record was not taken (contract/records.md, the table at its head), in the order of that table.
///
/// The raw value is the word in headers and metrics' labels.
package enum RefusalReason: String, Sendable, CaseIterable {
    case empty
    case tooLarge = "too_large"
    case notUTF8 = "not_utf8"
    case notJSON = "not_json"
    case tooDeep = "too_deep"
    case notAnObject = "not_an_object"
    case duplicateKey = "duplicate_key"
    case unknownType = "unknown_type"
    case typeMismatch = "type_mismatch"
    case missingField = "missing_field"
    case wrongType = "wrong_type"
    case outOfRange = "out_of_range"
    case badName = "bad_name"

    /// Its place in the table: of all that is wrong with a record, the first is the one that counts.
    var rank: Int {
        switch self {
        case .empty: 0
        case .tooLarge: 1
        case .notUTF8: 2
        case .notJSON: 3
        case .tooDeep: 4
        case .notAnObject: 5
        case .duplicateKey: 6
        case .unknownType: 7
        case .typeMismatch: 8
        case .missingField: 9
        case .wrongType: 10
        case .outOfRange: 11
        case .badName: 12
        }
    }
}

/// A record that was not taken, and why.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first reason of the table that fits.
    package var reason: RefusalReason
    /// What is wrong, for people. Never longer than a few words and never the record's contents.
    package var message: String
    /// The field that is wrong, such as `workflows[2].cores`. `nil` where no single one is.
    package var field: String?

    /// A refusal.
    package init(_ reason: RefusalReason, _ message: String, field: String? = nil) {
        self.reason = reason
        self.message = message
        self.field = field
    }

    /// Reason and message in a line.
    package var description: String { "\(self.reason.rawValue): \(self.message)" }
}
