/// One setting: where it stands in the file, which member of the root it sets, and what it may be.
package struct Setting<Root: Sendable>: Sendable {
    /// Its path in the file: `a.b.c`.
    package let key: String
    /// A second name in the environment.
    package let otherName: String?
    /// Whether what the program decides depends on it.
    package let isDecisive: Bool

    let path: [String]
    let shape: SettingShape
    /// Reads a node and gives what assigns the value, or nil after it refused the node.
    let read: @Sendable (SettingsNode, inout SettingsReading) -> (@Sendable (inout Root) -> Void)?
    let check: @Sendable (Root, inout SettingsReading) -> Void
    let show: @Sendable (Root) -> SettingsTree

    /// Declares a setting.
    package init<Value: Sendable>(
        _ key: String, _ member: any WritableKeyPath<Root, Value> & Sendable, _ type: SettingType<Value>,
        otherName: String? = nil, decides: Bool = false
    ) {
        self.key = key
        self.otherName = otherName
        self.isDecisive = decides
        self.path = key.split(separator: ".").map(String.init)
        self.shape = type.shape
        self.read = { node, reading in
            guard let value = type.read(node, &reading) else { return nil }
            // Checked at once, so that what is wrong is refused where it stands and not where it is used.
            let before = reading.refusals.count
            type.check(value, &reading)
            guard reading.refusals.count == before else { return nil }
            return { (root: inout Root) in root[keyPath: member] = value }
        }
        self.check = { type.check($0[keyPath: member], &$1) }
        self.show = { type.show($0[keyPath: member]) }
    }

    /// Its name in the environment: the prefix and `A_B_C`.
    func environmentName(prefix: String) -> String {
        prefix + self.path.joined(separator: "_").uppercased()
    }
}
