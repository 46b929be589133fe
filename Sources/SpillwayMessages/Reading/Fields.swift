/// One object whose fields a reader has found: where its table begins, and what the object is called.
struct Fields {
    /// Where its table begins.
    let base: Int
    /// What the object is called in refusals.
    let place: Place

    /// What an object is called in refusals.
    enum Place {
        case root
        case workflow(Int)
        case runtime(Int)
        case error
        case job
        case drained

        /// How deep it stands: objects that are looked at together have tables of their own.
        var level: Int {
            switch self {
            case .root: 0
            case .runtime, .error, .job, .drained: 1
            case .workflow: 2
            }
        }

        /// The name of a field in it.
        func name(_ field: WireField) -> String {
            switch self {
            case .root: field.spelling
            case .workflow(let index): "workflows[\(index)].\(field.spelling)"
            case .runtime(let index): "runtimes[\(index)].\(field.spelling)"
            case .error: "error.\(field.spelling)"
            case .job: "job.\(field.spelling)"
            case .drained: "drained.\(field.spelling)"
            }
        }
    }
}
