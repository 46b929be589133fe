import CGetopt
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One flag of a command.
struct OptionSpec: Hashable, Sendable {
    /// Its name, without the hyphens.
    var name: String
    /// What stands for its value in the help, or nil for a flag that takes none.
    var value: String?
    /// What it does, as the help says it.
    var help: String
    /// Whether it may be given more than once.
    var mayRepeat = false

    init(_ name: String, _ value: String? = nil, _ help: String, mayRepeat: Bool = false) {
        self.name = name
        self.value = value
        self.help = help
        self.mayRepeat = mayRepeat
    }
}

/// A command line taken apart: flags with their values, and what is no flag.
struct OptionsReader {
    /// The command, for messages.
    let command: String
    private(set) var values: [String: [String]] = [:]
    private(set) var operands: [String] = []

    /// getopt_long keeps its place in globals.
    private static let lock = Mutex(())

    /// Takes a command line apart. Flags may stand before and after what is no flag; all behind `--` is none.
    ///
    /// - Throws: wrong usage, for a flag that isn't among those given, is abbreviated, repeated, or lacks its value.
    init(_ command: String, _ arguments: [String], _ specs: [OptionSpec]) throws(CommandFailure) {
        self.command = command
        try Self.lock.withLock { _ throws(CommandFailure) in try self.read(arguments, specs) }
    }

    /// Whether a flag without a value was given.
    func has(_ name: String) -> Bool {
        self.values[name] != nil
    }

    private mutating func read(_ arguments: [String], _ specs: [OptionSpec]) throws(CommandFailure) {
        // Safe: the copies live until the end of this function, and getopt_long keeps pointers to them no longer than that,
        // because the next reading begins with a reset.
        let words = unsafe ([self.command] + arguments).map { unsafe strdup($0) } + [nil]
        let names = unsafe specs.map { unsafe strdup($0.name) }
        defer {
            unsafe (words + names).forEach { unsafe free($0) }
        }
        var table = unsafe zip(specs, names).enumerated().map { index, option in
            unsafe cgetopt_option(
                name: option.1, has_argument: option.0.value == nil ? 0 : 1, code: Int32(Self.firstCode + index))
        }
        unsafe table.append(cgetopt_option(name: nil, has_argument: 0, code: 0))
        cgetopt_reset()
        var place = 1
        while true {
            let step = unsafe cgetopt_next(Int32(arguments.count + 1), words, table)
            let next = unsafe Int(step.index)
            let code = unsafe step.code
            let word = arguments.indices.contains(place - 1) ? arguments[place - 1] : ""
            if code == -1 {
                if next > place {
                    // It was "--".
                    self.operands += arguments.dropFirst(next - 1)
                    return
                }
                guard next <= arguments.count else { return }
                self.operands.append(arguments[next - 1])
                cgetopt_skip()
                place = next + 1
                continue
            }
            try self.check(word, code: code, specs)
            let value = unsafe step.argument.map { unsafe String(cString: $0) }
            try self.take(specs[Int(code) - Self.firstCode], value)
            place = next
        }
    }

    /// Above every character, so that no code is taken for `?` or `:`.
    private static let firstCode = 1000

    private func check(_ word: String, code: Int32, _ specs: [OptionSpec]) throws(CommandFailure) {
        let flag = String(word.prefix { $0 != "=" })
        let name = flag.hasPrefix("--") ? String(flag.dropFirst(2)) : ""
        let spec = specs.first { $0.name == name }
        if code == Int32(UInt8(ascii: ":")), spec != nil { throw self.wrong("\(flag) needs a value") }
        if code >= Int32(Self.firstCode), spec != nil { return }
        if let spec, spec.value == nil, word.contains("=") { throw self.wrong("\(flag) takes no value") }
        let whole = specs.filter { !name.isEmpty && $0.name.hasPrefix(name) }
        if let only = whole.first, whole.count == 1 {
            throw self.wrong("unknown flag \(flag): write --\(only.name)")
        }
        throw self.wrong("unknown flag \(flag)")
    }

    private mutating func take(_ spec: OptionSpec, _ value: String?) throws(CommandFailure) {
        if self.values[spec.name] != nil, !spec.mayRepeat { throw self.wrong("--\(spec.name) is given twice") }
        self.values[spec.name, default: []].append(value ?? "")
    }

    /// Wrong usage, with the command's name in front.
    func wrong(_ message: String) -> CommandFailure {
        .usage("\(self.command): \(message) (see: spillway \(self.command) --help)")
    }
}
