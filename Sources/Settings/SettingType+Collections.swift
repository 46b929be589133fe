extension SettingType where Value == [String] {
    /// A list of texts, each of which passes a rule, none twice.
    ///
    /// In the environment commas stand between them, and an empty text is an empty list.
    package static func words(
        mayBeEmpty: Bool, _ rule: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> SettingType {
        SettingType(
            shape: .words,
            read: { node, reading in
                guard case .list(let elements) = node.content else {
                    reading.refuse(node, "must be a list, is \(node.quoted)")
                    return nil
                }
                var words: [String] = []
                for element in elements {
                    guard let word = element.word else {
                        reading.refuse(element, "must be a list of texts, has \(element.quoted) in it")
                        return nil
                    }
                    words.append(word)
                }
                return words
            },
            check: { words, reading in
                if words.isEmpty, !mayBeEmpty { reading.refuse(nil, "must not be empty") }
                var seen: Set<String> = []
                for word in words {
                    if let reason = rule(word) {
                        reading.refuse(nil, "\(SettingsNode.shown(word)) \(reason)")
                    } else if !seen.insert(word).inserted {
                        reading.refuse(nil, "has \(SettingsNode.shown(word)) twice")
                    }
                }
            }, show: { .list($0.map(SettingsTree.text)) })
    }
}

extension SettingType {
    /// A mapping from names to values of another type. It is shown in the order of its names.
    package static func mapping<Element: Sendable>(
        of type: SettingType<Element>, name rule: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> SettingType where Value == [String: Element] {
        let check: @Sendable (Value, inout SettingsReading) -> Void = { values, reading in
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                if let reason = rule(name) { reading.refuse(nil, at: [name], reason) }
                reading.below(name) { type.check(value, &$0) }
            }
        }
        return SettingType(
            shape: .mapping,
            read: { node, reading in
                if node.isNull { return [:] }
                guard let entries = node.entries else {
                    reading.refuse(node, "must be a mapping")
                    return nil
                }
                var values: [String: Element] = [:]
                for entry in entries {
                    values[entry.key] = reading.below(entry.key) { type.read(entry.value, &$0) }
                }
                if values.count == entries.count { return values }
                // What is wrong with one entry doesn't hide what is wrong with the others.
                check(values, &reading)
                return nil
            }, check: check,
            show: { values in
                .mapping(values.sorted { $0.key < $1.key }.map { SettingsTree.Entry($0.key, type.show($0.value)) })
            })
    }

    /// A mapping with keys of its own, each of which sets a member.
    package static func record(_ defaults: Value, _ fields: [Setting<Value>]) -> SettingType {
        let check: @Sendable (Value, inout SettingsReading) -> Void = { value, reading in
            for field in fields { reading.below(field.key) { field.check(value, &$0) } }
        }
        return SettingType(
            shape: .mapping,
            read: { node, reading in
                if node.isNull { return defaults }
                guard let entries = node.entries else {
                    reading.refuse(node, "must be a mapping")
                    return nil
                }
                var value = defaults
                var isSound = true
                for entry in entries {
                    guard let field = fields.first(where: { $0.key == entry.key }) else {
                        let near = Similarity.nearest(to: entry.key, among: fields.map(\.key))
                        reading.refuse(entry, at: [entry.key], "is no setting" + (near.map { "; \($0) is one" } ?? ""))
                        isSound = false
                        continue
                    }
                    if let assign = reading.below(field.key, { field.read(entry.value, &$0) }) {
                        assign(&value)
                    } else {
                        isSound = false
                    }
                }
                return isSound ? value : nil
            }, check: check,
            show: { value in .mapping(fields.map { SettingsTree.Entry($0.key, $0.show(value)) }) })
    }

    /// A value that may be left out, or given as `null`.
    package static func optional<Wrapped: Sendable>(_ type: SettingType<Wrapped>) -> SettingType
    where Value == Wrapped? {
        SettingType(
            shape: type.shape,
            read: { node, reading in
                node.isNull ? .some(nil) : type.read(node, &reading).map { .some($0) }
            },
            check: { value, reading in
                if let value { type.check(value, &reading) }
            }, show: { $0.map(type.show) ?? .null })
    }
}

extension SettingsReading {
    /// Reads something below a key, and takes over what was refused there.
    package mutating func below<Result>(_ key: String, _ body: (inout SettingsReading) -> Result) -> Result {
        var inner = SettingsReading(environment: self.environment)
        let result = body(&inner)
        for refusal in inner.refusals {
            self.append(Refusal(path: [key] + refusal.path, line: refusal.line, reason: refusal.reason))
        }
        self.mention(inner.mentionedNames)
        return result
    }
}
