package import Settings

extension Configuration {
    /// Reads the settings: overrides win over the environment, the environment over the file, the file over the defaults.
    ///
    /// - Parameters:
    ///   - file: the path of the settings file, or nil for none.
    ///   - environment: all of the environment; names that begin with `SPILLWAY_` and are no setting are refused.
    ///   - overrides: values by key (`spillover.max_wait`), as texts.
    /// - Throws: a ``ConfigurationError`` with everything that is wrong. No setting has then taken effect.
    public static func load(
        file: String?, environment: [String: String], overrides: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        let flags = overrides.sorted { $0.key < $1.key }.map { SettingsFlag(name: $0.key, key: $0.key, text: $0.value) }
        return try Self.load(file: file.map { SettingsFile(path: $0) }, environment: environment, flags: flags)
    }

    /// Reads the settings from a file that was read already, and from flags.
    ///
    /// - Parameter propertyRule: what librdkafka says against a property and its value, if anything.
    package static func load(
        file: SettingsFile?, environment: [String: String] = [:], flags: [SettingsFlag] = [],
        propertyRule: (_ name: String, _ value: String) -> String? = { _, _ in nil }
    ) throws(ConfigurationError) -> Configuration {
        let loaded = ConfigurationSchema.schema.load(
            defaults: Configuration(), file: file, environment: environment, flags: flags)
        var problems = loaded.problems
        if let file { problems += Self.propertyProblems(loaded.root.kafka, file: file, rule: propertyRule) }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return loaded.root
    }

    /// Looks at values that were set in code.
    ///
    /// - Throws: a ``ConfigurationError`` with everything that can't be.
    public func validate() throws(ConfigurationError) {
        let problems = ConfigurationSchema.schema.problems(of: self)
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    }

    /// Whether a key is that of a setting.
    package static func hasSetting(_ key: String) -> Bool {
        ConfigurationSchema.schema.setting(key) != nil
    }

    private static func propertyProblems(
        _ kafka: Kafka, file: SettingsFile, rule: (_ name: String, _ value: String) -> String?
    ) -> [SettingsProblem] {
        func problem(_ section: String, _ name: String, _ reason: String) -> SettingsProblem {
            SettingsProblem(
                source: .file(file.path), line: file.root?.line(of: ["kafka", section, name]),
                key: "kafka.\(section).\(name)", reason: reason)
        }
        var problems: [SettingsProblem] = []
        for (name, value) in kafka.properties.sorted(by: { $0.key < $1.key }) {
            guard let reason = rule(name, value) else { continue }
            let isShown = !ClientProperty.isConfidential(name)
            problems.append(problem("properties", name, isShown ? reason : "librdkafka refuses it or its value"))
        }
        for (name, value) in kafka.secrets.sorted(by: { $0.key < $1.key }) where rule(name, value.reveal()) != nil {
            // librdkafka's own words may quote the value.
            problems.append(problem("secrets", name, "librdkafka refuses it or its value"))
        }
        return problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }
}
