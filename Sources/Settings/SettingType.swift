/// What the environment may say about a setting.
package enum SettingShape: Hashable, Sendable {
    /// One word or text.
    case word
    /// Words with commas between them.
    case words
    /// A mapping, which is set in the file alone.
    case mapping
}

/// How one kind of value is read, checked and shown.
package struct SettingType<Value: Sendable>: Sendable {
    package let shape: SettingShape
    /// Takes a value from a node, or refuses it and answers nil. It looks at the type only.
    package let read: @Sendable (SettingsNode, inout SettingsReading) -> Value?
    /// Refuses what can't be: a value out of its range, a name that is none. Also for values that were set in code.
    package let check: @Sendable (Value, inout SettingsReading) -> Void
    package let show: @Sendable (Value) -> SettingsTree

    package init(
        shape: SettingShape = .word,
        read: @escaping @Sendable (SettingsNode, inout SettingsReading) -> Value?,
        check: @escaping @Sendable (Value, inout SettingsReading) -> Void = { _, _ in },
        show: @escaping @Sendable (Value) -> SettingsTree
    ) {
        self.shape = shape
        self.read = read
        self.check = check
        self.show = show
    }

    /// A type whose values are checked by a rule that answers with what is wrong.
    package func checked(_ rule: @escaping @Sendable (Value) -> String?) -> SettingType {
        let check = self.check
        return SettingType(
            shape: self.shape, read: self.read,
            check: { value, reading in
                check(value, &reading)
                if let reason = rule(value) { reading.refuse(nil, reason) }
            }, show: self.show)
    }
}
