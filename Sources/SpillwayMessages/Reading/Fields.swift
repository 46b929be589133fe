/// Where the fields of one object stand on a tape.
struct Fields {
    // 0 is the root, which is nobody's field: so it stands for "absent".
    private var tokens = InlineArray<96, UInt32>(repeating: 0)
    /// What the object is called in refusals.
    var place: Place

    /// What an object is called in refusals.
    enum Place {
        case root
        case workflow(Int)
        case runtime(Int)
        case error
        case job
        case entry(Int)

        /// The name of a field in it.
        func name(_ field: WireField) -> String {
            switch self {
            case .root: field.spelling
            case .workflow(let index): "workflows[\(index)].\(field.spelling)"
            case .runtime(let index): "runtimes[\(index)].\(field.spelling)"
            case .error: "error.\(field.spelling)"
            case .job: "job.\(field.spelling)"
            case .entry(let index): "[\(index)].\(field.spelling)"
            }
        }
    }

    init(place: Place) {
        self.place = place
    }

    /// The token of a field's value, or 0 if it is absent or null.
    subscript(field: WireField) -> Int {
        Int(self.tokens[field.rawValue])
    }

    @inline(__always)
    mutating func set(_ field: Int, _ token: Int) {
        self.tokens[field] = UInt32(truncatingIfNeeded: token)
    }
}
