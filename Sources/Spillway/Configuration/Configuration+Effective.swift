package import Settings

extension Configuration {
    /// What is in effect, nested like the file, with `***` for every secret.
    package var effective: SettingsTree {
        ConfigurationSchema.schema.tree(of: self)
    }

    /// What is in effect as one line of JSON, in the order of the file. It contains no secret.
    public var effectiveJSON: String { self.effective.json }

    /// What is in effect in the form of the file. It contains no secret.
    public var effectiveYAML: String { self.effective.yaml }

    /// Eight hexadecimal digits that change with the settings that decisions depend on, and with nothing else.
    ///
    /// They are the upper half of FNV-1a (64 bits) over `key=value` of each such setting, a line each, in the order of the
    /// reference file, the values as in ``effectiveJSON``. Secrets, addresses and the connection to Kafka have no part in it.
    public var configHash: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in ConfigurationSchema.schema.decisiveText(of: self).utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// The version of Spillway.
public enum SpillwayVersion {
    /// The version, as `spillway --version` prints it.
    public static let current = "0.1.0"
}
