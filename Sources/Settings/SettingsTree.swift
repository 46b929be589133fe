/// Settings as they are in effect, for people and programs to read. It holds no secret: where one was, it is ``hidden``.
package indirect enum SettingsTree: Hashable, Sendable {
    /// Nothing is set.
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([SettingsTree])
    /// Keys and values, in an order that is always the same.
    case mapping([Entry])
    /// Something that is set and not shown.
    case hidden

    /// A key and its value.
    package struct Entry: Hashable, Sendable {
        package let key: String
        package let value: SettingsTree

        package init(_ key: String, _ value: SettingsTree) {
            self.key = key
            self.value = value
        }
    }

    /// Puts a value where a path of keys leads, making the mappings on the way.
    package mutating func insert(_ value: SettingsTree, at path: some Collection<String>) {
        guard let key = path.first else {
            self = value
            return
        }
        var entries: [Entry] = []
        if case .mapping(let present) = self { entries = present }
        let position = entries.firstIndex { $0.key == key }
        var child = position.map { entries[$0].value } ?? .mapping([])
        child.insert(value, at: path.dropFirst())
        if let position {
            entries[position] = Entry(key, child)
        } else {
            entries.append(Entry(key, child))
        }
        self = .mapping(entries)
    }

    /// The value that a path of keys leads to.
    package subscript(path: String...) -> SettingsTree? {
        var node = self
        for key in path {
            guard case .mapping(let entries) = node, let entry = entries.first(where: { $0.key == key }) else {
                return nil
            }
            node = entry.value
        }
        return node
    }
}
