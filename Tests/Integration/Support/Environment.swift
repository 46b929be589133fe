import FoundationEssentials
import Glibc
import KafkaClient

/// What the tests are told by the environment. No broker named: what needs one is skipped.
enum Environment {
    static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// The real broker.
    static let bootstrap = Self.value("SPILLWAY_TEST_BOOTSTRAP")
    /// Where the scripts that freeze and kill its node are, and which cluster it is.
    static let scripts = Self.value("SPILLWAY_TEST_KAFKA_SCRIPTS")
    static let kafkaDirectory = Self.value("KAFKA_DIR")
    static let hasFaults = Self.bootstrap != nil && Self.scripts != nil && Self.kafkaDirectory != nil

    /// The same broker's listener with SASL, TLS and ACLs in force.
    static let secureBootstrap = Self.value("KAFKA_SECURE_BOOTSTRAP")
    static let secureAuthority = Self.value("KAFKA_SECURE_CA") ?? ""
    static let secureUser = Self.value("KAFKA_SECURE_USER") ?? ""
    static let securePassword = Self.value("KAFKA_SECURE_PASSWORD") ?? ""
    static let hasSecure = Self.secureBootstrap != nil && Self.bootstrap != nil && Self.scripts != nil

    /// 1: a tenth of the sizes that the project promises. 10: all of them.
    static let scale = Self.value("SPILLWAY_TEST_SCALE").flatMap { Int($0) } ?? 1
    static let submissions = 10_000 * Self.scale
    static let malformed = 1_000 * Self.scale

    /// The seed of a run, which every test prints: name it here to see the same again.
    static let seed = Self.value("SPILLWAY_TEST_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)

    /// Where the package's executables were built: beside the tests.
    static let buildDirectory: String = {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer -> Int in
            guard let start = buffer.baseAddress else { return -1 }
            return unsafe readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        let path = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }()

    static let executable = "\(Self.buildDirectory)/spillway"
}

/// Random numbers that come again with the same seed.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Why a test can't go on.
struct Trouble: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
