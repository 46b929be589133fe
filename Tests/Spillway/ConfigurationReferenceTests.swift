import FoundationEssentials
import Settings
import Testing

@testable import Spillway

/// The commented reference file and the code say the same.
@Suite struct ConfigurationReferenceTests {
    private let file: SettingsFile = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return SettingsFile(path: root.appending(path: "Deploy/spillway.yaml").path)
    }()

    @Test func `The reference file is the defaults`() throws {
        #expect(try Configuration.load(file: self.file) == Configuration())
    }

    @Test func `Every setting is in the reference file, in the same order, and written as it is shown`() throws {
        let root = try #require(self.file.root)
        #expect(Self.texts(root, below: "") == Self.texts(Configuration().effective, below: ""))
    }

    @Test func `Every member of the configuration is a setting`() {
        let members = Self.members(of: Configuration(), below: "").sorted()
        let keys = ConfigurationSchema.schema.settings.map { $0.key.filter { !"_.".contains($0) } }.sorted()
        #expect(members.map { $0.lowercased() } == keys.map(Self.asMember))
    }

    @Test func `Names in the environment are distinct`() {
        let settings = ConfigurationSchema.schema.settings
        let names = settings.map { "SPILLWAY_" + $0.key.uppercased() } + settings.compactMap(\.otherName)
        #expect(Set(names.map { $0.map { $0 == "." ? "_" : $0 } }).count == names.count)
    }

    private static func texts(_ node: SettingsNode, below key: String) -> [String] {
        switch node.content {
        case .mapping(let entries) where !entries.isEmpty:
            entries.flatMap { Self.texts($0.value, below: "\(key).\($0.key)") }
        case .mapping: ["\(key)={}"]
        case .list(let elements): ["\(key)=" + elements.compactMap(\.scalar).joined(separator: ",")]
        case .scalar(let text, _): ["\(key)=\(text)"]
        }
    }

    private static func texts(_ tree: SettingsTree, below key: String) -> [String] {
        switch tree {
        case .mapping(let entries) where !entries.isEmpty:
            entries.flatMap { Self.texts($0.value, below: "\(key).\($0.key)") }
        case .mapping: ["\(key)={}"]
        case .list(let elements):
            [
                "\(key)="
                    + elements.map { if case .text(let text) = $0 { text } else { "?" } }.joined(separator: ",")
            ]
        case .text(let text): ["\(key)=\(text)"]
        default: ["\(key)=\(tree.json)"]
        }
    }

    /// The stored members, down to those that are values.
    private static func members(of value: Any, below key: String) -> [String] {
        let mirror = Mirror(reflecting: value)
        let isSection =
            mirror.displayStyle == .struct && String(reflecting: type(of: value)).hasPrefix("Spillway.Configuration")
        guard isSection, !(value is Configuration.Address) else { return [key] }
        return mirror.children.flatMap { Self.members(of: $0.value, below: key + ($0.label ?? "")) }
    }

    /// The file says milliseconds as `ms`.
    private static func asMember(_ key: String) -> String {
        key.hasSuffix("penaltyms") ? key.dropLast(2) + "milliseconds" : key
    }
}
