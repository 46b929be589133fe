import CYAML

/// Reads one YAML document into nodes that know their lines.
///
/// It reads libyaml's events rather than its documents: a document has already lost which node was an alias, and an alias
/// can be cyclic. What a settings file has no use for is refused: anchors and aliases, tags, a second document, a key twice,
/// more than 16 levels.
///
/// Safe because it owns both libyaml's parser and a copy of the text that this reads, neither of which ever moves, and
/// gives them back when it ends.
@safe struct YAMLParser: ~Copyable {
    /// Why a text could not be read.
    struct Failure: Error {
        var line: Int?
        var key = ""
        var reason: String
    }

    private static let mostLevels = 16

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let text: [UInt8]
    private var level = 0
    /// What is wrong but doesn't stop the reading.
    private(set) var failures: [Failure] = []

    private init(text: [UInt8]) throws(Failure) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw Failure(reason: "can't be read: no memory")
        }
        let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
        _ = unsafe input.initialize(from: text)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
        unsafe self.parser = parser
        unsafe self.input = input
        self.text = text
    }

    deinit {
        unsafe yaml_parser_delete(self.parser)
        unsafe self.parser.deallocate()
        unsafe self.input.deallocate()
    }

    /// Reads a text. The root is nil for an empty one and for one that can't be read.
    static func parse(_ text: [UInt8]) -> (root: SettingsNode?, failures: [Failure]) {
        guard String(validating: text, as: UTF8.self) != nil else {
            return (nil, [Failure(line: Self.lineOfInvalidUTF8(text), reason: "is not UTF-8")])
        }
        do throws(Failure) {
            var parser = try YAMLParser(text: text)
            return parser.read()
        } catch {
            return (nil, [error])
        }
    }

    private mutating func read() -> (root: SettingsNode?, failures: [Failure]) {
        do throws(Failure) {
            let root = try self.document()
            return (root, self.failures)
        } catch {
            return (nil, self.failures + [error])
        }
    }

    private mutating func document() throws(Failure) -> SettingsNode? {
        var root: SettingsNode?
        while true {
            let event = try self.next()
            switch event.kind {
            case .streamEnd: return root
            case .documentStart where root != nil:
                throw Failure(line: event.line, reason: "a second document begins here: one file is one document")
            case .streamStart, .documentStart, .documentEnd: continue
            default: root = try self.node(event, path: [])
            }
        }
    }

    private mutating func node(_ event: Event, path: [String]) throws(Failure) -> SettingsNode {
        let key = path.joined(separator: ".")
        if event.isAnchored {
            throw Failure(line: event.line, key: key, reason: "anchors and aliases are not taken: write the value out")
        }
        if event.isTagged { throw Failure(line: event.line, key: key, reason: "tags are not taken") }
        switch event.kind {
        case .scalar(let text, let style): return SettingsNode(.scalar(text, style), line: event.line)
        case .listStart: return SettingsNode(.list(try self.list(event, path: path)), line: event.line)
        case .mappingStart: return SettingsNode(.mapping(try self.mapping(event, path: path)), line: event.line)
        default: throw Failure(line: event.line, key: key, reason: "a value is missing")
        }
    }

    private mutating func list(_ start: Event, path: [String]) throws(Failure) -> [SettingsNode] {
        try self.enter(start, path: path)
        defer { self.level -= 1 }
        var elements: [SettingsNode] = []
        while true {
            let event = try self.next()
            if case .listEnd = event.kind { return elements }
            elements.append(try self.node(event, path: path))
        }
    }

    private mutating func mapping(_ start: Event, path: [String]) throws(Failure) -> [SettingsNode.Entry] {
        try self.enter(start, path: path)
        defer { self.level -= 1 }
        var entries: [SettingsNode.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try self.next()
            if case .mappingEnd = event.kind { return entries }
            guard case .scalar(let key, _) = try self.node(event, path: path).content else {
                throw Failure(line: event.line, key: path.joined(separator: "."), reason: "a key must be a word")
            }
            let value = try self.node(try self.next(), path: path + [key])
            if let first = lines[key] {
                let reason = "is here a second time, the first is in line \(first)"
                self.failures.append(
                    Failure(line: event.line, key: (path + [key]).joined(separator: "."), reason: reason))
            } else {
                lines[key] = event.line
                entries.append(SettingsNode.Entry(key: key, line: event.line, value: value))
            }
        }
    }

    private mutating func enter(_ event: Event, path: [String]) throws(Failure) {
        self.level += 1
        if self.level > Self.mostLevels {
            let reason = "is nested more than \(Self.mostLevels) levels deep"
            throw Failure(line: event.line, key: path.joined(separator: "."), reason: reason)
        }
    }

    /// An event as a value, copied so that libyaml's memory can be given back at once.
    private struct Event {
        enum Kind {
            case streamStart, streamEnd, documentStart, documentEnd, alias
            case listStart, listEnd, mappingStart, mappingEnd
            case scalar(String, SettingsNode.Style)
        }

        var kind: Kind
        var line: Int
        var isAnchored = false
        var isTagged = false
    }

    private mutating func next() throws(Failure) -> Event {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(self.parser, &event) == 1 else { throw self.syntaxFailure() }
        defer { unsafe yaml_event_delete(&event) }
        let line = unsafe Int(event.start_mark.line) + 1
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return Event(kind: .streamStart, line: line)
        case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, line: line)
        case YAML_DOCUMENT_END_EVENT: return Event(kind: .documentEnd, line: line)
        case YAML_ALIAS_EVENT: return Event(kind: .alias, line: line, isAnchored: true)
        case YAML_SEQUENCE_END_EVENT: return Event(kind: .listEnd, line: line)
        case YAML_MAPPING_END_EVENT: return Event(kind: .mappingEnd, line: line)
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return unsafe Event(
                kind: .listStart, line: line, isAnchored: start.anchor != nil, isTagged: start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return unsafe Event(
                kind: .mappingStart, line: line, isAnchored: start.anchor != nil, isTagged: start.tag != nil)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            let style: SettingsNode.Style = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted
            return unsafe Event(
                kind: .scalar(text, style), line: line, isAnchored: scalar.anchor != nil, isTagged: scalar.tag != nil)
        default: return Event(kind: .streamEnd, line: line)
        }
    }

    private func syntaxFailure() -> Failure {
        let problem = unsafe self.parser.pointee.problem.map { unsafe String(cString: $0) } ?? "can't be read"
        let isReaderError = unsafe self.parser.pointee.error == YAML_READER_ERROR
        let line =
            unsafe isReaderError
            ? self.lineOf(offset: Int(self.parser.pointee.problem_offset))
            : Int(self.parser.pointee.problem_mark.line) + 1
        let isIndentedByTab = self.bytes(ofLine: line).first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "\t")
        let reason = isIndentedByTab ? "a tab doesn't indent: use spaces" : problem
        return Failure(line: line, reason: reason)
    }

    private func bytes(ofLine line: Int) -> ArraySlice<UInt8> {
        let lines = self.text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.indices.contains(line - 1) ? lines[line - 1] : []
    }

    private func lineOf(offset: Int) -> Int {
        1 + self.text.prefix(offset).count { $0 == UInt8(ascii: "\n") }
    }

    private static func lineOfInvalidUTF8(_ text: [UInt8]) -> Int {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let broken = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        return 1 + (broken ?? 0)
    }
}
